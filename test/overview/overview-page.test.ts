import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { type FalAccount, listAccounts } from '../../src/accounts/accounts.ts';
import type { Incident } from '../../src/alerts/incident.ts';
import { createApp } from '../../src/app.ts';
import type { CreditEntry } from '../../src/credits/ledger.ts';
import type { LatestBalance } from '../../src/history/balance-samples.ts';
import { takePrices } from '../../src/history/price-snapshot.ts';
import type { AccountDrift } from '../../src/history/reconciliations.ts';
import type { SyncStatus } from '../../src/history/sync-status.ts';
import { RequestError } from '../../src/http/failure.ts';
import type { CreditOutlook } from '../../src/overview/outlooks.ts';
import { localSources, type OverviewSources } from '../../src/overview/sources.ts';
import type { PlannedEvent } from '../../src/planner/planned-event.ts';
import type { Parts } from '../../src/services.ts';
import { anIncident } from '../alerts/an-incident.ts';
import { syncOnce } from '../history/synced.ts';
import { plannedEvent } from '../planner/events.ts';
import { NOW, type Panel, startPanel } from '../support/panel.ts';
import { freeLease } from '../support/planted-history.ts';
import { type SteadyHistoryOptions, steadyHistory } from '../support/steady-history.ts';
import { storeAccount } from '../support/stored-account.ts';

const ago = (duration: Temporal.DurationLike) => NOW.subtract(duration);
const DOLLAR = 1_000_000_000n;

function status(accountId: string, facts: Partial<SyncStatus> = {}): SyncStatus {
  return {
    accountId,
    state: 'idle',
    progress: null,
    lastSuccessAt: ago({ minutes: 3 }),
    lastError: null,
    nextRunAt: null,
    ...facts,
  };
}

function balance(asOf = ago({ minutes: 3 }), amount = 124_503_000_000n): LatestBalance {
  return { known: { balance: amount, currency: 'USD', asOf }, away: null };
}

function neverRead(reason: string): LatestBalance {
  return { known: null, away: { reason, since: ago({ hours: 2 }) } };
}

function drift(
  account: FalAccount | undefined,
  day: string,
  localCost: bigint,
  falCost: bigint,
): AccountDrift {
  return {
    ...{ accountId: account?.id ?? '', day, localCost, falCost },
    checkedAt: NOW,
    events: { cost: null, reason: null },
    cause: 'unknown',
    repairedAt: null,
  };
}

/** What is known of each account, by its slug. */
interface Known {
  history?: Partial<SteadyHistoryOptions>;
  usage?: OverviewSources['usage'];
  balances?: Record<string, LatestBalance>;
  syncs?: Record<string, Partial<SyncStatus>>;
  drifts?: (accounts: FalAccount[]) => AccountDrift[];
  outlooks?: Record<string, Partial<CreditOutlook>>;
  events?: (accounts: FalAccount[]) => PlannedEvent[];
  incidents?: (accounts: FalAccount[]) => Incident[];
}

const NO_OUTLOOK: CreditOutlook = {
  runway: 'history_too_short',
  expiring: [],
  proposals: [],
  check: null,
};

/** A panel with two accounts, of which that is known, and the questions its page asks. */
async function startOverview(
  {
    history = {},
    usage,
    balances = {},
    syncs,
    drifts,
    outlooks = {},
    events,
    incidents,
  }: Known = {},
  env: Record<string, string> = {},
) {
  const copy = steadyHistory({ now: () => NOW, ...history });
  const stored = (): Promise<FalAccount[]> => listAccounts(panel.services.store.db);
  const outlook: OverviewSources['outlook'] = async ({ account: { slug } }) => {
    return { ...NO_OUTLOOK, ...outlooks[slug] };
  };
  const overviewSources: OverviewSources = {
    usage: usage ?? copy.usage,
    cacheMs: 0,
    balances: async () => {
      const known = (await stored()).map(({ id, slug }) => [id, balances[slug]] as const);
      return new Map(known.flatMap(([id, each]) => (each ? [[id, each]] : [])));
    },
    syncs: async () => (await stored()).map(({ id, slug }) => status(id, syncs?.[slug])),
    drifts: async () => drifts?.(await stored()) ?? [],
    incidents: async () => incidents?.(await stored()) ?? [],
    outlook,
    outlookAhead: outlook,
    events: async () => events?.(await stored()) ?? [],
    written: async () => new Map(),
  };
  const panel: Panel = await startPanel(env, { parts: { overviewSources } });
  const { admin, empty } = panel.fal.keys;
  await storeAccount(panel.services, { slug: 'uno', name: 'Uno', key: admin, isDefault: true });
  await storeAccount(panel.services, { slug: 'dos', name: 'Dos & Co', key: empty, color: 2 });
  return { panel, asked: copy.asked, viewer: await panel.as('viewer') };
}

/** Twelve accounts more: `cuenta-1` has a balance of $1, `cuenta-12` of $12. */
async function startWithMany(): Promise<Awaited<ReturnType<typeof startOverview>>> {
  const slugs = Array.from({ length: 12 }, (_, index) => `cuenta-${index + 1}`);
  const started = await startOverview({
    balances: Object.fromEntries(
      slugs.map((slug, index) => [slug, balance(undefined, BigInt(index + 1) * DOLLAR)]),
    ),
    syncs: {
      dos: { lastSuccessAt: ago({ minutes: 9 }) },
      'cuenta-12': { state: 'paused' },
      'cuenta-9': { state: 'failing' },
    },
  });
  const { services, fal } = started.panel;
  for (const slug of slugs) await storeAccount(services, { slug, name: slug, key: fal.keys.admin });
  return started;
}

/** Names in a list of the page, in their order. */
function namesIn(html: string, labelledby: string): string[] {
  const part = html.match(new RegExp(`<section[^>]*labelledby="${labelledby}"[^]*?\n</section>`));
  const names = part?.[0].matchAll(/aria-hidden="true"><\/span>([^<]*)<\/span>/g) ?? [];
  return [...names].map(([, name]) => name ?? '');
}

/** The text of a part of the page, without tags and repeated blanks. */
function textOf(html: string, labelledby: string): string {
  const part = html.match(new RegExp(`<section[^>]*labelledby="${labelledby}"[^]*?\n</section>`));
  return (part?.[0] ?? '').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

/** Five cents an hour, five times as much from Friday to Sunday. */
const WEEKENDS = (hour: Temporal.ZonedDateTime) => (hour.dayOfWeek >= 5 ? 5 : 1);

describe('the overview', () => {
  test('says calmly that there is nothing to do', async () => {
    const { viewer } = await startOverview();
    const { text } = await viewer.get('/admin');
    expect(textOf(text, 'attention')).toContain('Nada por ahora');
    expect(text).not.toContain('data-attention');
  });

  test('asks fal nothing, and the local copy at most four questions', async () => {
    const { viewer, panel, asked } = await startOverview();
    await viewer.get('/admin');
    expect(panel.fal.received).toEqual([]);
    expect(asked.map(({ resolution, groupsApart }) => `${resolution} ${groupsApart}`)).toEqual([
      ...['hour 0', 'day 0', 'hour 7', 'hour 0'],
    ]);
    expect(asked.every(({ accountId }) => accountId === null)).toBe(true);
  });

  test('compares whole hours with the same part of the period before', async () => {
    const { viewer } = await startOverview({ history: { busy: WEEKENDS } });
    const costs = textOf((await viewer.get('/admin')).text, 'costs');
    // 70 cents an hour, five times that on Saturday and on Friday; it is 21:20 on Saturday.
    expect(costs).toContain('Hoy $77.00');
    expect(costs).toContain('= igual frente a ayer hasta las 21:00');
    expect(costs).toContain('Últimas 24 horas $87.50');
    expect(costs).toMatch(/▲ \+\d+% frente a las 24 h anteriores/);
    expect(costs).toContain('frente al mes pasado hasta el 7 feb, 21:00');
    expect(costs).toMatch(/Pronóstico del mes ≈ \$1,\d{3} entre \$1,\d{3} y \$1,\d{3}/);
  });

  test('shows what each model cost, the others together, and which calls failed', async () => {
    const { viewer } = await startOverview();
    const { text } = await viewer.get('/admin');
    const spend = textOf(text, 'spend');
    expect(text).toMatch(/role="img" aria-label="Costo por hora/);
    expect(spend).toContain('fal-ai/ gemini-3-pro-image-preview/ edit 75 0 $11.25');
    expect(spend).toContain('Total 525 50 $17.50 100%');
    expect(spend).toContain('Fallos Fallos 50 De las llamadas 10%');
    expect(spend).toContain('al 7 mar 2026, 21:20, hora de America/Mexico_City');
    expect(spend).toContain('fast-sdxl 50 de 250 llamadas (20%)');
  });

  test('draws what each hour cost stacked of its models, and which may still change', async () => {
    const { viewer } = await startOverview();
    const { text } = await viewer.get('/admin');
    const layers = [...text.matchAll(/data-layer="([^"]*)"/g)].map(([, layer]) => layer);
    expect(layers).toEqual(['gemini-3-pro-image-preview/edit', 'flux/dev', 'fast-sdxl']);
    expect(text).toContain('flux/dev: $0.20');
    expect(textOf(text, 'spend')).toContain('todavía puede cambiar');
  });

  test('draws thirty days where that is asked for, and keeps them in its switches', async () => {
    const { viewer } = await startOverview();
    const { text } = await viewer.get('/admin?range=days');
    expect(text).toMatch(/role="img" aria-label="Costo por día/);
    expect(text).toContain('hx-get="/admin?range=days"');
    expect(text).toContain('/admin?range=days&amp;lang=en');
    const other = await viewer.get('/admin?range=%3Cscript%3E');
    expect(other.text).toContain('aria-label="Costo por hora');
  });

  test('has each balance, as of when, and the sum of those that are known', async () => {
    const { viewer } = await startOverview({
      balances: { uno: balance(), dos: neverRead('x') },
    });
    const balances = textOf((await viewer.get('/admin')).text, 'balances');
    expect(balances).toContain('$124.50 En 1 cuenta');
    expect(balances).toContain('Uno $124.50 Leído hace 3 min');
    expect(balances).toContain('fal no respondió a la pregunta por el saldo.');
    expect(balances).not.toContain('$0');
  });

  test('has the last balance that was read while fal gives none, how old it is, and since when', async () => {
    const asOf = ago({ hours: 3 });
    const away = { reason: 'fal_unavailable', since: ago({ hours: 2 }) };
    const { viewer } = await startOverview({ balances: { uno: { ...balance(asOf), away } } });
    const balances = textOf((await viewer.get('/admin')).text, 'balances');
    expect(balances).toContain('Uno $124.50 Leído hace 3 h · 7 mar 2026, 18:20');
    expect(balances).toContain(
      'fal no respondió a la pregunta por el saldo. Así desde el 7 mar 2026, 19:20.',
    );
  });

  test('says what is wrong with an account, the gravest first, and what to do', async () => {
    const { viewer, panel } = await startOverview({
      balances: { dos: neverRead('account_locked') },
      syncs: {
        uno: {
          state: 'failing',
          lastSuccessAt: ago({ hours: 5 }),
          lastError: { code: 'invalid_api_key', at: ago({ minutes: 1 }) },
        },
      },
      drifts: ([first]) => [
        drift(first, '2026-03-01', 9n * DOLLAR, 9n * DOLLAR),
        drift(first, '2026-03-05', 31n * DOLLAR, 32n * DOLLAR),
      ],
    });
    const { text } = await viewer.get('/admin');
    const kinds = [...text.matchAll(/data-attention="(\w+)"/g)].map(([, kind]) => kind);
    expect(kinds).toEqual(['locked', 'failing', 'drift']);
    const attention = textOf(text, 'attention');
    expect(attention).toContain('Dos &amp; Co: fal bloqueó esta cuenta.');
    expect(attention).toContain('Uno: No se puede leer su uso: fal no reconoce esta clave.');
    expect(attention).toContain('La última lectura fue hace 5 h.');
    expect(attention).toContain(
      '2 días no suman lo mismo que en fal. El último, 5 mar: $31.00 aquí, $32.00 en fal.',
    );
    expect(text).not.toContain('/admin/accounts/uno/key');
    const admin = await (await panel.as('admin')).get('/admin');
    expect(admin.text).toContain('href="/admin/accounts/uno/key"');
  });

  test('says what was found first, and once what an incident says as well', async () => {
    const { viewer } = await startOverview({
      balances: { uno: balance(), dos: neverRead('account_locked') },
      syncs: { uno: { state: 'paused' } },
      incidents: ([uno, dos]) => [
        anIncident({ id: 'i1', accountId: uno?.id ?? '', kind: 'spend_above' }),
        anIncident({
          ...{ id: 'i2', accountId: dos?.id ?? '', kind: 'account_trouble', severity: 'critical' },
          ...{ state: 'acknowledged', acknowledgedBy: 'ana@example.com' },
        }),
        anIncident({ id: 'i3', accountId: dos?.id ?? '', severity: 'critical' }),
        anIncident({ id: 'i4', accountId: 'another' }),
      ],
    });
    const { text } = await viewer.get('/admin');
    const links = [...text.matchAll(/href="\/admin\/alerts\/(\w+)"/g)].map(([, id]) => id);
    expect(links).toEqual(['i3', 'i1', 'i2']);
    const kinds = [...text.matchAll(/data-attention="(\w+)"/g)].map(([, kind]) => kind);
    expect(kinds).toEqual(['incident', 'incident', 'incident', 'paused']);
    expect(textOf(text, 'attention')).toContain('Se ocupa ana@example.com.');
  });

  test('leaves what is only good to know to the page of alerts', async () => {
    const { viewer } = await startOverview({
      balances: { uno: neverRead('account_locked') },
      incidents: ([uno]) => [
        anIncident({ accountId: uno?.id ?? '', kind: 'account_trouble', severity: 'info' }),
      ],
    });
    const { text } = await viewer.get('/admin');
    const kinds = [...text.matchAll(/data-attention="(\w+)"/g)].map(([, kind]) => kind);
    expect(kinds).toEqual(['locked']);
  });

  test('counts incidents beyond eight', async () => {
    const { viewer } = await startOverview({
      incidents: ([uno]) =>
        Array.from({ length: 20 }, (_, n) => anIncident({ id: `i${n}`, accountId: uno?.id ?? '' })),
    });
    const { text } = await viewer.get('/admin');
    expect(text.match(/data-attention="incident"/g)).toHaveLength(8);
    expect(textOf(text, 'attention')).toContain('Hay 12 alertas más. Ver todos');
    expect(text).toContain('href="/admin/alerts"');
  });

  test('says that reading is paused, or that nothing was read for long', async () => {
    const { viewer } = await startOverview({
      syncs: { uno: { state: 'paused' }, dos: { lastSuccessAt: ago({ hours: 3 }) } },
    });
    const { text } = await viewer.get('/admin');
    expect(textOf(text, 'attention')).toMatch(
      /La última lectura de su uso fue hace 3 h\..*La lectura de su uso está en pausa/,
    );
    expect(textOf(text, 'sync')).toMatch(
      /Uno en pausa Última lectura hace 3 min Dos &amp; Co al día Última lectura hace 3 h/,
    );
  });
});

test('does not call stale what is to be read only every few hours', async () => {
  const syncs = { uno: { lastSuccessAt: ago({ hours: 4 }) } };
  const { viewer } = await startOverview({ syncs }, { SYNC_INTERVAL_SECONDS: '14400' });
  expect((await viewer.get('/admin')).text).not.toContain('data-attention');
});

describe('before anything was read', () => {
  const UNREAD = { history: { since: NOW.add({ hours: 1 }) } };
  const reading = {
    state: 'running',
    progress: { done: 9, total: 90, percent: 10, rows: 1_234, secondsLeft: 130 },
    lastSuccessAt: null,
  } as const;

  test('the overview shows how far the first reading is, and no zero', async () => {
    const { viewer } = await startOverview({
      ...UNREAD,
      syncs: { uno: reading, dos: { state: 'waiting', lastSuccessAt: null } },
    });
    const { text } = await viewer.get('/admin');
    expect(textOf(text, 'first-sync')).toContain('Uno 10% · 1,234 filas · faltan 3 minutos');
    expect(textOf(text, 'first-sync')).toContain('Empieza en unos segundos.');
    expect(text).toMatch(/<progress value="10" max="100"/);
    expect(text).not.toMatch(/\$0|id="costs"|id="spend"/);
    expect(text).toContain('hx-trigger="every 5s"');
  });

  test('figures come as they are read, and what is not read yet is a dash', async () => {
    const { viewer } = await startOverview({
      history: { since: ago({ hours: 30 }) },
      syncs: { uno: reading, dos: reading },
    });
    const { text } = await viewer.get('/admin');
    const costs = textOf(text, 'costs');
    expect(costs).toContain('Hoy $15.40');
    expect(costs).toContain('No se puede comparar: falta leer una parte.');
    expect(costs).toContain('Este mes al menos $21.');
    expect(costs).toContain('Hacen falta al menos 7 días leídos.');
    expect(text).not.toContain('data-attention');
  });
});

test('an account whose first reading fails is not said to be on its way', async () => {
  const lastError = { code: 'invalid_api_key', at: ago({ minutes: 1 }) };
  const { viewer } = await startOverview({
    history: { since: NOW.add({ hours: 1 }) },
    syncs: { uno: { state: 'failing', lastSuccessAt: null, lastError } },
  });
  const { text } = await viewer.get('/admin');
  expect(textOf(text, 'attention')).toContain('Todavía no se ha leído nunca.');
  expect(text).not.toMatch(/id="first-sync"|id="costs"|\$0/);
  expect(text).toContain('hx-trigger="every 60s"');
});

test('costs in another currency are named, and not added up', async () => {
  const { usage } = steadyHistory({ now: () => NOW });
  const { viewer } = await startOverview({
    usage: async (question) => ({
      ...(await usage(question)),
      otherCurrencies: [{ currency: 'EUR', cost: DOLLAR }],
    }),
  });
  const { text } = await viewer.get('/admin');
  expect(text).toContain('También hay costos en EUR, que aquí no se suman.');
});

test('one account’s overview is of that account alone, in its zone', async () => {
  const { viewer, asked } = await startOverview();
  const cookies = (await viewer.get('/admin')).request.get('Cookie');
  asked.length = 0;
  const { text } = await viewer.get('/admin').set('Cookie', `${cookies}; account=dos`);
  expect(textOf(text, 'balances')).not.toContain('Uno');
  expect(new Set(asked.map(({ accountId }) => accountId)).size).toBe(1);
  expect(asked[0]?.accountId).not.toBe(null);
  expect(asked[0]?.timezone).toBe('America/Mexico_City');
});

test('a copy that can’t be cut as asked spoils the figures, and nothing else', async () => {
  const { viewer } = await startOverview({
    usage: async () => {
      throw new RequestError('invalid_request');
    },
    balances: { uno: balance() },
  });
  const { status, text } = await viewer.get('/admin');
  expect(status).toBe(200);
  expect(text).toContain('data-problem="invalid_request"');
  expect(text).toContain('$124.50');
});

test('a refresh brings the figures alone, as often as the settings say', async () => {
  const { viewer, panel } = await startOverview();
  const refreshed = await viewer.get('/admin').set('HX-Request', 'true');
  expect(refreshed.text).toMatch(/^\s*<div id="overview"/);
  expect(refreshed.text).not.toContain('<html');
  expect((await viewer.get('/admin')).text).toContain('hx-trigger="every 60s"');
  const row = { name: 'refresh_seconds', value: '0', updated_at: '' };
  await panel.services.store.db.insertInto('settings').values(row).execute();
  await panel.services.settings.refresh();
  expect((await viewer.get('/admin')).text).not.toContain('hx-trigger');
});

test('the overview is in English, too', async () => {
  const { viewer } = await startOverview({ balances: { uno: balance() } });
  const { text } = await viewer.get('/admin').set('Accept-Language', 'en');
  expect(textOf(text, 'attention')).toContain('Nothing right now');
  expect(textOf(text, 'costs')).toContain('against yesterday until 21:00');
  expect(textOf(text, 'sync')).toContain('Uno up to date');
  expect(text).toMatch(/aria-label="Cost by hour/);
});

/** Credits that last so many hours. */
function lasting(hours: number): Partial<CreditOutlook> {
  const at = (count: number) => NOW.add({ hours: count });
  const [until, earliest, latest] = [at(hours), at(Math.ceil(hours / 2)), null];
  return { runway: { until, earliest, latest, horizon: at(9_600), driver: null } };
}

describe('what is ahead', () => {
  test('is how long the credits of each account last, and why that may not be known', async () => {
    const { viewer } = await startOverview({ outlooks: { uno: lasting(24 * 6) } });
    const { text } = await viewer.get('/admin');
    expect(textOf(text, 'balances')).toContain(
      'Alcanza hasta cerca del vie 13 de mar, 21:00. Dos &amp; Co',
    );
    expect(text).toMatch(/title="[^"]*entre mar 10 de mar, 21:00 y más de 400 días\."/);
    expect(textOf(text, 'balances')).toContain('hacen falta al menos 7 días leídos');
    expect(text).not.toContain('data-attention');
  });

  test('is to be done something about when credits end, expire unused, or seem to have come', async () => {
    const topUp = { after: ago({ hours: 5 }), until: ago({ hours: 4 }), amount: 50n * DOLLAR };
    const expiresAt = NOW.add({ hours: 24 * 9 });
    const entry = { currency: 'USD' } as CreditEntry;
    const { viewer } = await startOverview({
      balances: { dos: neverRead('account_locked') },
      outlooks: {
        uno: {
          ...lasting(48),
          expiring: [{ entry, amount: 12n * DOLLAR, expiresAt }],
          proposals: [{ ...topUp, low: topUp.amount, high: topUp.amount }],
        },
        dos: lasting(1),
      },
    });
    const { text } = await viewer.get('/admin');
    const kinds = [...text.matchAll(/data-attention="(\w+)"/g)].map(([, kind]) => kind);
    expect(kinds).toEqual(['locked', 'short_runway', 'expiring', 'top_up']);
    const attention = textOf(text, 'attention');
    expect(attention).toContain('alcanzan solo hasta cerca del lun 9 de mar, 21:00.');
    expect(attention).toContain('$12.00 de créditos vencen sin usarse el 16 mar 2026.');
    expect(attention).toContain(
      'Parece que hubo una recarga de $50.00 entre el 7 mar 2026, 16:20 y el 7 mar 2026, 17:20: confírmala.',
    );
  });

  test('is the next planned event, where it takes place and whose it is', async () => {
    const start = NOW.add({ hours: 24 * 7 });
    const { viewer } = await startOverview({
      events: ([first]) => [
        {
          ...{ id: 'e1', accountId: first?.id ?? '', name: 'Boda & XV', venue: 'Hacienda' },
          ...{ start, end: start.add({ hours: 5 }), timezone: 'America/Bogota', client: '' },
          ...{ participants: 100 },
        } as PlannedEvent,
      ],
      outlooks: { uno: { check: { missing: 'no_price', endpointId: 'fal-ai/new' } } },
    });
    const { text } = await viewer.get('/admin');
    const balances = textOf(text, 'balances');
    expect(balances).toContain(
      'Próximo evento Boda &amp; XV Sin veredicto sáb 14 de mar, 22:20 Hacienda · Uno',
    );
    expect(balances).toContain('fal-ai/new');
    expect(text).toContain('href="/admin/events/e1"');
  });

  test('is read of the accounts that are listed alone, and its failure spoils nothing', async () => {
    const { viewer, panel } = await startWithMany();
    const asked: string[] = [];
    panel.services.overviewSources.outlook = async ({ account }) => {
      asked.push(account.slug);
      throw new RequestError('invalid_request');
    };
    const app = supertest(createApp(panel.services));
    const { status } = await app.get('/admin?accounts=all').set('Cookie', viewer.header);
    expect(status).toBe(200);
    expect(asked).toHaveLength(10);
    expect(asked).toContain('cuenta-1');
    expect(asked).not.toContain('cuenta-11');
  });

  test('is read of the account of the next event, too', async () => {
    const { viewer, panel } = await startWithMany();
    await plannedEvent(panel.services, 'cuenta-11', {
      ...{ start: NOW.add({ hours: 5 }), end: NOW.add({ hours: 9 }), name: 'Fiesta' },
    });
    const asked: string[] = [];
    const sources = panel.services.overviewSources;
    const { events } = localSources(panel.services, 0);
    panel.services.overviewSources = {
      ...sources,
      events,
      async outlook(question) {
        asked.push(question.account.slug);
        return sources.outlook(question);
      },
    };
    const app = supertest(createApp(panel.services));
    const { text } = await app.get('/admin').set('Cookie', viewer.header);
    expect(textOf(text, 'balances')).toContain('Fiesta');
    expect(asked).toHaveLength(11);
    expect(asked).toContain('cuenta-11');
  });

  test('comes from the local copy', async () => {
    const panel = await startPanel({ BACKFILL_DAYS: '12' });
    const key = panel.fal.keys.admin;
    panel.fal.quirks.balance = 5_000;
    await storeAccount(panel.services, { slug: 'uno', name: 'Uno', key, isDefault: true });
    await syncOnce(panel, 'uno');
    panel.fal.received.length = 0;
    const { text } = await (await panel.as('viewer')).get('/admin');
    expect(textOf(text, 'balances')).toMatch(/\$5,000\.00 .*Alcanza /);
    expect(panel.fal.received).toEqual([]);
  });
});

describe('an event that is planned', () => {
  /** Ten thousand guests in two days who leave an account short of what it has. */
  async function startBeforeEvent(model: string, parts: Parts = {}) {
    const panel = await startPanel({ BACKFILL_DAYS: '12' }, { parts });
    const { services, fal } = panel;
    fal.quirks.balance = 700;
    const account = { slug: 'uno', name: 'Uno', key: fal.keys.admin, isDefault: true };
    await storeAccount(services, account);
    await syncOnce(panel, 'uno');
    const ONE = 1_000_000_000n;
    const { id } = await plannedEvent(services, 'uno', {
      ...{ name: 'Feria', participants: 10_000 },
      ...{ start: NOW.add({ hours: 48 }), end: NOW.add({ hours: 60 }) },
      models: [{ endpointId: model, share: 100n * ONE, unitsPerOutput: ONE }],
    });
    const [viewer, admin] = [await panel.as('viewer'), await panel.as('admin')];
    const open = async (path: string) => {
      fal.received.length = 0;
      const { text } = await viewer.get(path);
      const plain = text.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
      const lasts = plain.match(/Alcanza hasta cerca del [^.]*\./)?.[0];
      return { text, plain, lasts, asked: fal.received.length };
    };
    return { panel, id, admin, open };
  }

  test('shortens how long credits last as on the page of credits, with its verdict', async () => {
    const { id, open, panel } = await startBeforeEvent('fal-ai/flux-pro/kontext');
    const { store, seal, now, fal } = panel.services;
    const pricing = { db: store.db, fal, seal, now, timeoutMs: 5_000 };
    await takePrices(pricing, freeLease('prices'));
    const overview = await open('/admin');
    expect(overview.asked).toBe(0);
    const credits = await open('/admin/credits');
    expect(overview.lasts).toBe('Alcanza hasta cerca del mar 10 de mar, 06:00.');
    expect(credits.plain).toContain('Alcanza hasta cerca del martes 10 de marzo, 06:00.');
    expect(credits.plain).toContain('Lo que más lo cambia son los eventos planeados');
    const balances = textOf(overview.text, 'balances');
    expect(balances).toMatch(/Feria Recarga lun 9 de mar, 21:20 Hacienda .* Recarga \$\d/);
    expect(overview.text).toContain(`href="/admin/events/${id}"`);
    expect(overview.text).toMatch(
      /data-attention="short_runway"[\s\S]*?href="\/admin\/credits#account-uno"/,
    );
    expect((await open('/admin/events')).plain).toContain('Recarga');
  });

  test('is judged by what fal said lately of a model that the local copy lacks, without asking it', async () => {
    const schnell = 'fal-ai/flux/schnell';
    const { id, open, panel } = await startBeforeEvent(schnell, { cacheMs: 10_000 });
    const unknown = await open('/admin');
    expect(unknown.asked).toBe(0);
    expect(textOf(unknown.text, 'balances')).toMatch(/Feria Sin veredicto .*flux\/schnell/);
    // Whoever plans an event is shown it, and its price is asked for then.
    await plannedEvent(panel.services, 'uno', {
      ...{ name: 'Otra', participants: 10 },
      ...{ start: NOW.add({ hours: 72 }), end: NOW.add({ hours: 80 }) },
    });
    expect((await open(`/admin/events/${id}`)).asked).toBeGreaterThan(0);
    const known = await open('/admin');
    expect(known.asked).toBe(0);
    expect(textOf(known.text, 'balances')).toMatch(/Feria Alcanza|Feria Justo|Feria Recarga/);
  });
});

describe('with many accounts', () => {
  test('lists those with the least balance, and first those that are not up to date', async () => {
    const { viewer } = await startWithMany();
    const { text } = await viewer.get('/admin');
    expect(namesIn(text, 'balances')).toEqual(
      Array.from({ length: 10 }, (_, index) => `cuenta-${index + 1}`),
    );
    expect(textOf(text, 'balances')).toContain('$78.00');
    expect(textOf(text, 'balances')).toContain('Las 10 con menos saldo, de 14.');
    expect(namesIn(text, 'sync').slice(0, 3)).toEqual(['cuenta-9', 'cuenta-12', 'Dos &amp; Co']);
    expect(namesIn(text, 'sync')).toHaveLength(10);
    expect(text).toContain('href="/admin?accounts=all#balances"');
  });

  test('lists all of them for whoever asks, also after a refresh and in another range', async () => {
    const { viewer } = await startWithMany();
    const { text } = await viewer.get('/admin?range=days&accounts=all');
    expect(namesIn(text, 'balances')).toHaveLength(14);
    expect(namesIn(text, 'sync')).toHaveLength(14);
    expect(text).toContain('hx-get="/admin?range=days&amp;accounts=all"');
    expect(text).toContain('href="/admin?range=hours&amp;accounts=all#spend"');
    expect(text).toContain('href="/admin?range=days#sync"');
  });
});
