import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { deleteAccount } from '../../src/accounts/change-accounts.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { createToken } from '../../src/auth/tokens.ts';
import { issueEmbed } from '../../src/embeds/change-embeds.ts';
import { readEmbedStatus } from '../../src/embeds/embed-status.ts';
import {
  type EmbedPart,
  findEmbed,
  listEmbeds,
  revokeEmbed,
} from '../../src/embeds/embed-tokens.ts';
import { embedView } from '../../src/embeds/embed-view.ts';
import { statusAnswer } from '../../src/embeds/status-answer.ts';
import { latestBalances } from '../../src/history/balance-samples.ts';
import { forgetAccount } from '../../src/history/forget-account.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { translator } from '../../src/i18n/index.ts';
import { displayStep, toNano } from '../../src/money.ts';
import { accountId, syncOnce } from '../history/synced.ts';
import { plannedEvent } from '../planner/events.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { someoneWaits } from '../support/someone-waits.ts';
import { storeAccount } from '../support/stored-account.ts';
import { boothToken, embedToken, spentToday, startSynced } from './embeds.ts';

/** Of an evening in a week. */
const SOON = {
  start: Temporal.Instant.from('2026-03-15T00:00Z'),
  end: Temporal.Instant.from('2026-03-15T08:00Z'),
};

const PATHS = ['badge.svg', 'widget', 'status.json'] as const;
const format = createFormat('es');
const money = (nano: bigint | null) => (nano === null ? '' : format.money(nano, displayStep(nano)));

async function knownBalance({ services }: Panel): Promise<bigint> {
  const [latest] = (await latestBalances(services.store.db)).values();
  return latest?.known?.balance ?? 0n;
}

describe.each(ENGINES)('of an account that was read, on %s', (engine) => {
  test('the badge, the widget and the JSON say what the overview says', async () => {
    const panel = await startSynced({ engine });
    const token = await boothToken(panel);
    const [balance, spent] = [await knownBalance(panel), await spentToday(panel)];
    expect([balance > 0n, (spent ?? 0n) > 0n]).toEqual([true, true]);

    const badge = await panel.http.get(`/embed/${token}/badge.svg`).buffer(true);
    expect([badge.status, badge.type]).toEqual([200, 'image/svg+xml']);
    const svg = badge.body.toString();
    expect(svg).toContain('role="img"');
    expect(svg).toContain(`Bien · ${money(balance)} · `);
    expect(svg).toContain('Cabina &lt;b&gt;&amp; Co&lt;/b&gt;');

    const widget = await panel.http.get(`/embed/${token}/widget`);
    expect([widget.status, widget.type]).toEqual([200, 'text/html']);
    expect(widget.text).toContain(`<strong>${money(balance)}</strong>`);
    expect(widget.text).toContain(`<strong>${money(spent)}</strong>`);
    expect(widget.text).toContain('No hay eventos planeados.');
    expect(widget.text).toContain('href="https://fal.ai/dashboard/billing"');
    expect(widget.text).toContain('Cabina &lt;b&gt;&amp; Co&lt;/b&gt;');

    const { body } = await panel.http.get(`/embed/${token}/status.json`);
    expect(body).toMatchObject({ ok: true, message: 'Estado obtenido' });
    const { status } = body;
    expect(status).toMatchObject({ account: 'booth', state: 'ok', reasons: [], next_event: null });
    expect([toNano(status.spent_today.amount), toNano(status.balance.amount)]).toEqual([
      spent,
      balance,
    ]);
    expect(status.as_of).toBe('2026-03-07T21:20:30.5-06:00');
  });

  test('a token that expired, was revoked or never was shows nothing, in each form', async () => {
    const { now, forward } = stoppedClock();
    const panel = await startSynced({ engine, parts: { now } });
    const { store } = panel.services;
    const expiring = await boothToken(panel, { expiresAt: NOW.add({ hours: 1 }) });
    const revoked = await boothToken(panel, { id: 'r1' });
    expect(await revokeEmbed(store.db, NOW, 'r1')).toBe('Intranet');
    expect(await revokeEmbed(store.db, NOW, 'r1')).toBe(null);
    expect((await panel.http.get(`/embed/${expiring}/status.json`)).status).toBe(200);
    forward({ hours: 1 });
    for (const token of [expiring, revoked, `fue_${'A'.repeat(43)}`, 'x']) {
      const answers = await Promise.all(
        PATHS.map((path) => panel.http.get(`/embed/${token}/${path}`).buffer(true)),
      );
      const [badge, widget, status] = answers;
      expect(answers.map((answer) => answer.status)).toEqual([404, 404, 404]);
      expect(answers.map(({ headers }) => headers['cache-control'])).toEqual(
        PATHS.map(() => 'no-store'),
      );
      expect([badge?.type, badge?.body.toString()]).toEqual([
        'image/svg+xml',
        expect.stringContaining('Insignia desconocida'),
      ]);
      expect(widget?.text).toContain('Este widget ya no muestra nada');
      expect(widget?.headers['content-security-policy']).toContain('frame-ancestors *');
      expect(status?.body).toMatchObject({ ok: false, code: 'not_found' });
    }
  });

  test('its last use is written down, at most once a minute, and only a hash is kept', async () => {
    const { now, forward } = stoppedClock();
    const panel = await startSynced({ engine, parts: { now } });
    const { db } = panel.services.store;
    const token = await boothToken(panel, { id: 'one' });
    const lastUse = async () => String((await listEmbeds(db))[0]?.lastUsedAt);
    expect(await lastUse()).toBe('null');
    await findEmbed(db, now(), token);
    forward({ seconds: 59 });
    await findEmbed(db, now(), token);
    expect(await lastUse()).toBe('2026-03-08T03:20:30.5Z');
    forward({ seconds: 1 });
    await findEmbed(db, now(), token);
    expect(await lastUse()).toBe('2026-03-08T03:21:30.5Z');
    const rows = await db.selectFrom('embed_tokens').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token.slice(4, 40));
  });

  test('a deleted account takes its tokens along, and no others', async () => {
    const panel = await startSynced({ engine });
    const { services } = panel;
    const token = await boothToken(panel, { id: 'own' });
    await embedToken(panel, { id: 'all' });
    const { store } = services;
    const account = await store.db.selectFrom('fal_accounts').selectAll().executeTakeFirstOrThrow();
    await deleteAccount(services, COMMAND_LINE, account);
    expect((await listEmbeds(store.db)).map(({ id }) => id)).toEqual(['all']);
    expect((await panel.http.get(`/embed/${token}/status.json`)).status).toBe(404);
  });
});

test('a token for an account that is deleted at the same moment is refused', async () => {
  const panel = await startSynced({ engine: 'postgres' });
  const { services } = panel;
  const { db, engine } = services.store;
  const id = await accountId(panel, 'booth');
  const [gone, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const deleting = db.transaction().execute(async (trx) => {
    await forgetAccount(trx, engine, id);
    await trx.deleteFrom('fal_accounts').where('id', '=', id).execute();
    gone.resolve();
    await end.promise;
  });
  await gone.promise;
  const issuing = issueEmbed(services, COMMAND_LINE, {
    ...{ id: 'late', name: 'Intranet', accountId: id, shows: [], frameOrigins: null },
    ...{ locale: 'es', expiresAt: null },
  }).catch((error) => error);
  await someoneWaits(db, 1);
  end.resolve();
  await deleting;
  expect(await issuing).toMatchObject({ code: 'not_found' });
});

describe('what a token shows', () => {
  test('is only how it is doing where nothing else was chosen', async () => {
    const panel = await startSynced();
    await plannedEvent(panel.services, 'booth', SOON);
    const token = await boothToken(panel, { shows: [] });
    const answers = await Promise.all(
      PATHS.map((path) => panel.http.get(`/embed/${token}/${path}`).buffer(true)),
    );
    const texts = answers.map(({ text, body }) => text ?? body.toString()).join('');
    expect(texts).toContain('Bien');
    expect(texts).not.toMatch(/\$|días|Ana/);
    expect(Object.keys(answers[2]?.body.status)).toEqual([
      ...['account', 'name', 'accounts', 'state', 'reasons', 'timezone', 'as_of'],
    ]);
  });

  test('without amounts has none of them, also where an event needs a top-up', async () => {
    const panel = await startSynced();
    await plannedEvent(panel.services, 'booth', {
      ...{ ...SOON, name: 'Festival', participants: 500_000 },
    });
    const token = await boothToken(panel, { shows: ['runway', 'event'] });
    const { text } = await panel.http.get(`/embed/${token}/widget`);
    expect(text).toContain('Festival');
    expect(text).toContain('<b class="danger">Recarga</b>');
    expect(text).toContain('El saldo no alcanza para el próximo evento.');
    expect(text).not.toContain('$');
    const { body } = await panel.http.get(`/embed/${token}/status.json`);
    expect(body.status).toMatchObject({ state: 'attention', reasons: ['event_short'] });
    expect(body.status.next_event).toMatchObject({ name: 'Festival', verdict: 'top_up' });
    expect(JSON.stringify(body)).not.toMatch(/amount|balance/);

    const all = await boothToken(panel);
    const whole = await panel.http.get(`/embed/${all}/status.json`);
    expect(whole.body.status.next_event.top_up_amount).toBeGreaterThan(1_000);
  });

  test.each([
    [[], []],
    [['amounts'], ['no_credits', 'expiring']],
    [['runway'], ['no_credits', 'short_runway', 'expiring']],
    [['event'], ['event_short']],
  ] as [EmbedPart[], string[]][])(
    'of why it is not well is nothing else than of %j: %j',
    async (shows, told) => {
      const panel = await startSynced();
      const credits = ['no_credits', 'short_runway', 'expiring', 'event_short'] as const;
      const status = await readEmbedStatus(panel.services, null);
      if (!status) throw new Error('no status');
      const sad = {
        ...status,
        state: 'attention' as const,
        reasons: ['paused' as const, ...credits],
      };
      expect(statusAnswer(sad, { shows })).toMatchObject({
        ...{ state: 'attention', reasons: ['paused', ...told] },
      });
      const words = { t: translator('en'), format: createFormat('en'), now: NOW };
      expect(embedView(sad, { shows }, words).why).toHaveLength(1 + told.length);
    },
  );

  test('is in the token’s language, whoever looks', async () => {
    const panel = await startSynced();
    const token = await boothToken(panel, { locale: 'en' });
    const { text } = await panel.http.get(`/embed/${token}/widget`).set('Accept-Language', 'es');
    expect(text).toContain('<html lang="en">');
    expect(text).toContain('No events are planned.');
  });
});

describe('what is not known', () => {
  test('is said to be unknown, never zero', async () => {
    const panel = await startPanel();
    await storeAccount(panel.services, { slug: 'booth', name: 'Nueva', key: 'a:b' });
    const token = await boothToken(panel);
    const badge = await panel.http.get(`/embed/${token}/badge.svg`).buffer(true);
    expect(badge.body.toString()).toContain('Faltan datos · saldo desconocido · sin pronóstico');
    const { text } = await panel.http.get(`/embed/${token}/widget`);
    expect(text).toContain('Todavía no se ha leído lo de hoy.');
    expect(text).toContain('Todavía no se ha leído de fal');
    // Nor as large as an amount.
    expect(text).not.toContain('<strong>');
    expect(text + badge.body.toString()).not.toContain('$0');
    const { body } = await panel.http.get(`/embed/${token}/status.json`);
    expect(body.status).toMatchObject({
      ...{ state: 'unknown', reasons: ['unknown'], as_of: null, balance: null, runway: null },
      spent_today: { amount: null, at_least: true },
    });
  });

  test('a panel without accounts has nothing to say of all of them', async () => {
    const panel = await startPanel();
    const token = await embedToken(panel);
    const { body } = await panel.http.get(`/embed/${token}/status.json`);
    expect(body.status).toMatchObject({ state: 'unknown', accounts: 0, balance: null });
  });

  test('a locked account is said to be locked', async () => {
    const panel = await startSynced();
    const { services, fal } = panel;
    await storeAccount(services, { slug: 'locked', name: 'Cerrada', key: fal.keys.locked });
    await syncOnce(panel, 'locked').catch(() => {});
    const token = await embedToken(panel, { accountId: await accountId(panel, 'locked') });
    const { body } = await panel.http.get(`/embed/${token}/status.json`);
    expect([body.status.state, body.status.reasons[0]]).toEqual(['locked', 'locked']);
    const all = await panel.http.get(`/embed/${await embedToken(panel)}/status.json`);
    expect(all.body.status).toMatchObject({ state: 'locked', account: null, accounts: 2 });
    expect(all.body.status.balance.accounts).toBe(1);
    const badge = await panel.http.get(`/embed/${await embedToken(panel)}/badge.svg`).buffer(true);
    expect(badge.body.toString()).toMatch(/Bloqueada · \$[\d.,]+ en 1 de 2 cuentas/);
  });
});

describe('who may show it', () => {
  const HOME = 'https://intranet.example.com';

  test('are pages of the origins that the token names, in frames and in scripts', async () => {
    const panel = await startSynced();
    const frameOrigins = [HOME, 'http://localhost:8080'];
    const token = await boothToken(panel, { frameOrigins });
    const { headers } = await panel.http.get(`/embed/${token}/widget`);
    const policy = String(headers['content-security-policy']);
    expect(policy.match(/frame-ancestors ([^;]*)/)?.[1]).toBe(`${HOME} http://localhost:8080`);
    expect(headers['x-frame-options']).toBe(undefined);
    const allowed = async (origin: string) => {
      const answer = await panel.http.get(`/embed/${token}/status.json`).set('Origin', origin);
      return answer.headers['access-control-allow-origin'];
    };
    expect(await allowed(HOME)).toBe(HOME);
    expect(await allowed('https://evil.example.com')).toBe(undefined);
  });

  test('are all pages where it names none', async () => {
    const panel = await startSynced();
    const token = await boothToken(panel);
    const { headers } = await panel.http.get(`/embed/${token}/widget`);
    expect(headers['content-security-policy']).toMatch(/frame-ancestors \*$/);
    const status = await panel.http.get(`/embed/${token}/status.json`).set('Origin', HOME);
    expect(status.headers['access-control-allow-origin']).toBe('*');
  });

  test('no answer sends the address on, and each may be shown by other sites', async () => {
    const panel = await startSynced();
    const token = await boothToken(panel);
    for (const path of PATHS) {
      const { headers } = await panel.http.get(`/embed/${token}/${path}`);
      expect(headers['referrer-policy'], path).toBe('no-referrer');
      expect(headers['cross-origin-resource-policy'], path).toBe('cross-origin');
      expect(headers['set-cookie'], path).toBe(undefined);
      const kept = path === 'badge.svg' ? 'private, max-age=60' : 'no-store';
      expect(headers['cache-control'], path).toBe(kept);
    }
  });
});

test('a token of one kind opens nothing of the other', async () => {
  const panel = await startSynced();
  const [embed, api] = [
    await boothToken(panel),
    await createToken(panel.services.store.db, NOW, {
      ...{ name: 'a program', role: 'admin', createdBy: 'a test', expiresAt: null },
    }),
  ];
  for (const path of ['/metrics', '/api/v1/usage', '/api/v1/balance', '/api/v1/credits']) {
    const answer = await panel.http.get(path).set('Authorization', `Bearer ${embed}`);
    expect([path, answer.status]).toEqual([path, 401]);
  }
  for (const path of PATHS) {
    expect((await panel.http.get(`/embed/${api}/${path}`)).status).toBe(404);
    const answer = await panel.http.get(`/embed/x/${path}`).set('Authorization', `Bearer ${api}`);
    expect(answer.status).toBe(404);
  }
});

test('the token is in no line of the log, however the address is written', async () => {
  const panel = await startSynced({}, { BASE_PATH: '/futurelab_ai' });
  const token = await boothToken(panel);
  const secret = token.slice(4);
  for (const path of [
    ...PATHS.map((name) => `/embed/${token}/${name}`),
    `/futurelab_ai/embed/${token}/widget`,
    `/EMBED/${token}/badge.svg`,
    `/embed/%66ue_${secret}/badge.svg`,
    `/embed/${token}`,
    `/embed/${token}/nothing`,
    `/admin/${token}`,
    `/metrics/${token}?token=${token}`,
  ]) {
    await panel.http.get(path);
  }
  expect(panel.logged()).toContain('"path":"/futurelab_ai/embed/…/widget"');
  expect(panel.logged()).not.toContain(secret);
});

test('fal is never asked, and a page that many look at is read once', async () => {
  const panel = await startSynced({ parts: { cacheMs: 60_000 } });
  const token = await boothToken(panel);
  const { overviewSources } = panel.services;
  const { balances } = overviewSources;
  let read = 0;
  overviewSources.balances = () => {
    read += 1;
    return balances();
  };
  panel.fal.fault(/./, { kind: 'hang' });
  const asked = Array.from({ length: 5 }, () => PATHS).flat();
  const answers = await Promise.all(asked.map((path) => panel.http.get(`/embed/${token}/${path}`)));
  expect(answers.map(({ status }) => status)).toEqual(asked.map(() => 200));
  expect(read).toBe(1);
});

test('what is known of all accounts is read once, however many of them are looked at', async () => {
  const panel = await startSynced({ parts: { cacheMs: 60_000 } });
  const { services, http } = panel;
  const tokens = [await embedToken(panel), await boothToken(panel)];
  for (const slug of ['studio', 'museum']) {
    await storeAccount(services, { slug, name: slug, key: 'a:b' });
    tokens.push(await embedToken(panel, { accountId: await accountId(panel, slug) }));
  }
  const read: string[] = [];
  const { overviewSources: sources } = services;
  for (const name of ['balances', 'syncs', 'events'] as const) {
    const question = sources[name] as (...given: unknown[]) => Promise<never>;
    sources[name] = (...given: unknown[]) => {
      read.push(name);
      return question(...given);
    };
  }
  for (const token of tokens) await http.get(`/embed/${token}/status.json`).expect(200);
  expect(read.toSorted()).toEqual(['balances', 'events', 'syncs']);
});

test('a database that can only be read still answers', async () => {
  const panel = await startSynced();
  const token = await boothToken(panel);
  await sql`pragma query_only = 1`.execute(panel.services.store.db);
  expect((await panel.http.get(`/embed/${token}/status.json`)).status).toBe(200);
  await sql`pragma query_only = 0`.execute(panel.services.store.db);
  const [row] = await listEmbeds(panel.services.store.db);
  expect(row?.lastUsedAt).toBe(null);
});

test('a client that asks too often is told so, in the form it asked for', async () => {
  const panel = await startSynced({}, { RATE_LIMIT_PER_MINUTE: '1' });
  const token = await boothToken(panel);
  for (let asked = 0; asked < 10; asked += 1) {
    expect((await panel.http.get(`/embed/${token}/status.json`)).status).toBe(200);
  }
  const [badge, widget, status] = await Promise.all(
    PATHS.map((path) => panel.http.get(`/embed/${token}/${path}`).buffer(true)),
  );
  expect([badge?.status, widget?.status, status?.status]).toEqual([429, 429, 429]);
  expect(badge?.body.toString()).toContain('Demasiadas consultas');
  expect(widget?.text).toContain('Se intentará otra vez en un minuto.');
  expect(status?.body.code).toBe('rate_limited');
  // A script of whatever page has to be able to read that, or it is a network error to it.
  expect(status?.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': expect.stringContaining('Retry-After'),
    'retry-after': expect.stringMatching(/^\d+$/),
  });
});

test('what goes wrong in the database is said without a word of it', async () => {
  const panel = await startSynced();
  const token = await boothToken(panel);
  panel.services.overviewSources.balances = () => Promise.reject(new Error('secret cause'));
  const badge = await panel.http.get(`/embed/${token}/badge.svg`).buffer(true);
  const widget = await panel.http.get(`/embed/${token}/widget`);
  expect([badge.status, widget.status]).toEqual([500, 500]);
  expect(badge.body.toString()).toContain('No disponible');
  expect(badge.body.toString() + widget.text).not.toContain('secret cause');
});
