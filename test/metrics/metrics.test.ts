import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import { SEVERITIES } from '../../src/alerts/rule.ts';
import { createApp } from '../../src/app.ts';
import { createToken } from '../../src/auth/tokens.ts';
import type { HistoryQuestion } from '../../src/history/answer.ts';
import { latestBalances } from '../../src/history/balance-samples.ts';
import { toNano } from '../../src/money.ts';
import { COMPARISONS, type ComparisonName } from '../../src/overview/comparisons.ts';
import { createCostsReader } from '../../src/overview/costs.ts';
import { remembered } from '../../src/overview/remembered.ts';
import { localSources, type OverviewSources } from '../../src/overview/sources.ts';
import { plantIncident } from '../alerts/planted-incident.ts';
import { syncOnce } from '../history/synced.ts';
import { type FakeRow, fakeHistory, fakeRow } from '../support/fake-history.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { plantAccount } from '../support/planted-history.ts';
import { storeAccount } from '../support/stored-account.ts';
import { type Scraped, scrape } from './scrape.ts';

const ZONE = 'America/Mexico_City';

/** A panel with an account that was read from the simulator. */
async function startSynced(engine: (typeof ENGINES)[number] = 'sqlite'): Promise<Panel> {
  const panel = await startPanel({}, { engine });
  const { services, fal } = panel;
  await storeAccount(services, { slug: 'booth', name: 'Booth', key: fal.keys.admin });
  await syncOnce(panel, 'booth');
  return panel;
}

async function bearer({ services }: Panel): Promise<string> {
  const token = {
    name: 'a program',
    role: 'viewer',
    createdBy: 'a test',
    expiresAt: null,
  } as const;
  return `Bearer ${await createToken(services.store.db, NOW, token)}`;
}

/** Every sample that says something of usage, credits or the balance of an account. */
function figuresOf(scraped: Scraped, account: string): string[] {
  const told = /^fal_(model_\w+|account_(spend|calls|failures|balance|runway|credits)\w*)$/;
  return [...scraped.types.keys()].filter(
    (name) => told.test(name) && scraped.all(name).some(({ labels }) => labels.account === account),
  );
}

describe.each(ENGINES)('of an account that was read, on %s', (engine) => {
  test('they are what the pages and the API say, to the nano-dollar', async () => {
    const panel = await startSynced(engine);
    const { services } = panel;
    const [account] = await listAccounts(services.store.db);
    if (!account) throw new Error('no account');
    const scraped = await scrape(panel);
    const labels = { account: 'booth' };

    const readCosts = createCostsReader(services.overviewSources, 0);
    const question = { now: NOW, timezone: ZONE, accountId: account.id, range: 'hours' } as const;
    const page = await readCosts(question);
    for (const { name, soFar } of page.compared) {
      const cost = scraped.value('fal_account_spend_usd', { ...labels, period: name });
      expect([name, cost === undefined ? null : toNano(cost)]).toEqual([name, soFar.value]);
    }

    const authorization = await bearer(panel);
    const asked: Record<ComparisonName, string> = {
      today: 'start=2026-03-07&end=2026-03-07&timeframe=hour',
      last_24h: 'start=2026-03-06T21:00:00&end=2026-03-07T22:00:00&timeframe=hour',
      month: 'start=2026-03-01&end=2026-03-07&timeframe=day',
    };
    for (const period of COMPARISONS) {
      const { body } = await panel.http
        .get(`/api/v1/usage?account=booth&timezone=${ZONE}&${asked[period]}`)
        .set('Authorization', authorization)
        .expect(200);
      const { usage } = body;
      expect(usage.groups.length).toBeGreaterThan(3);
      const own = { ...labels, period };
      expect(scraped.value('fal_account_spend_usd', own)).toBe(usage.total_cost);
      expect(scraped.value('fal_account_calls', own)).toBe(usage.total_requests);
      expect(scraped.value('fal_account_failures', own)).toBe(usage.failed_requests);
      expect(scraped.value('fal_account_usage_complete', own)).toBe(1);
      for (const { key, cost, count, failures } of usage.groups) {
        const ofModel = { ...own, model: key };
        expect(scraped.value('fal_model_spend_usd', ofModel)).toBe(cost);
        expect(scraped.value('fal_model_calls', ofModel)).toBe(count);
        expect(scraped.value('fal_model_failures', ofModel)).toBe(failures);
      }
      const parts = scraped
        .all('fal_model_spend_usd')
        .filter((each) => each.labels.period === period);
      const sum = parts.reduce((total, { value }) => total + toNano(value), 0n);
      expect(sum).toBe(toNano(usage.total_cost));
    }

    const { known } = (await latestBalances(services.store.db)).get(account.id) ?? {};
    if (!known) throw new Error('no balance');
    expect(toNano(scraped.value('fal_account_balance', { ...labels, currency: 'USD' }) ?? -1)).toBe(
      known.balance,
    );
    const read = 'fal_account_balance_read_timestamp_seconds';
    expect(scraped.value(read, labels)).toBe(known.asOf.epochMilliseconds / 1000);
    expect(scraped.value('fal_account_balance_readable', labels)).toBe(1);
    expect(scraped.value('fal_account_locked', labels)).toBe(0);
    expect(scraped.value('fal_account_sync_failing', labels)).toBe(0);
    expect(scraped.value('fal_account_sync_paused', labels)).toBe(0);
    const success = 'fal_account_sync_last_success_timestamp_seconds';
    expect(scraped.value(success, labels)).toBe(NOW.epochMilliseconds / 1000);

    const { body } = await panel.http
      .get('/api/v1/credits?account=booth')
      .set('Authorization', authorization)
      .expect(200);
    const { runway } = body.credits;
    const until = (at: string | null) =>
      NOW.until(at ?? runway.horizon.slice(0, 25)).total('seconds');
    expect(scraped.value('fal_account_runway_seconds', labels)).toBeCloseTo(until(runway.until), 3);
    const [earliest, latest] = ['earliest', 'latest'].map((bound) =>
      scraped.value(`fal_account_runway_${bound}_seconds`, labels),
    );
    expect(earliest).toBeCloseTo(until(runway.earliest), 3);
    expect(latest).toBeCloseTo(until(runway.latest), 3);
    expect(scraped.value('fal_account_credits_expiring_usd', labels)).toBe(0);
  });
});

test('every name begins with fal_ and nothing in them is a key', async () => {
  const panel = await startSynced();
  const { text, types } = await scrape(panel);
  expect([...types.keys()].filter((name) => !name.startsWith('fal_'))).toEqual([]);
  const { keyHint } = (await listAccounts(panel.services.store.db))[0] ?? {};
  for (const part of [...panel.fal.keys.admin.split(':'), keyHint]) {
    expect(part?.length).toBeGreaterThan(3);
    expect(text).not.toContain(part);
  }
});

describe('who asks without a right to', () => {
  test.each(['', 'Bearer fup_nonsense', 'Basic dXNlcjpwYXNz'])(
    'with "%s" is refused',
    async (given) => {
      const { http } = await startPanel();
      const { status, body } = await http.get('/metrics').set('Authorization', given);
      expect([status, body.code]).toEqual([401, 'not_signed_in']);
    },
  );

  test('a token that has expired is refused', async () => {
    const panel = await startPanel();
    const token = await createToken(panel.services.store.db, NOW, {
      ...{ name: 'old', role: 'admin', createdBy: 'a test' },
      expiresAt: NOW.subtract({ seconds: 1 }),
    });
    await panel.http.get('/metrics').set('Authorization', `Bearer ${token}`).expect(401);
  });

  test('a token in the address counts for nothing', async () => {
    const panel = await startPanel();
    const token = (await bearer(panel)).slice('Bearer '.length);
    await panel.http.get(`/metrics?token=${token}`).expect(401);
  });
});

test('what is unknown is left out, not told as zero', async () => {
  const panel = await startPanel();
  const { services, fal } = panel;
  await storeAccount(services, { slug: 'new', name: 'Nueva', key: fal.keys.admin });
  const scraped = await scrape(panel);
  expect(figuresOf(scraped, 'new')).toEqual([]);
  expect(scraped.all('fal_account_sync_last_success_timestamp_seconds')).toEqual([]);
  expect(scraped.all('fal_account_usage_complete').map(({ value }) => value)).toEqual([0, 0, 0]);
  expect(scraped.value('fal_accounts')).toBe(1);
});

test('a panel without accounts says so', async () => {
  const panel = await startPanel();
  const scraped = await scrape(panel);
  expect(scraped.value('fal_accounts')).toBe(0);
  expect(scraped.value('fal_accounts_left_out')).toBe(0);
  expect(scraped.value('fal_process_resident_memory_bytes')).toBeGreaterThan(1e6);
  expect(scraped.types.get('fal_process_cpu_seconds_total')).toBe('counter');
});

test('names with every awkward character arrive as they are', async () => {
  const panel = await startPanel();
  const name = 'Bodas "XV" \\ & \u{1F4F8}';
  await storeAccount(panel.services, { slug: 'bodas', name, key: 'a:b' });
  const { text } = await scrape(panel);
  expect(text).toContain('name="Bodas \\"XV\\" \\\\ & \u{1F4F8}"');
});

/** A panel whose local copy is made up. */
async function startWith(sources: (panel: Panel) => Partial<OverviewSources>): Promise<Panel> {
  const overviewSources = { cacheMs: 0 } as OverviewSources;
  const panel = await startPanel({}, { parts: { overviewSources } });
  Object.assign(overviewSources, localSources(panel.services, 0), sources(panel));
  return panel;
}

/** As many models in the last hour; the first one costs most. */
function manyModels(count: number): FakeRow[] {
  return Array.from({ length: count }, (_, index) =>
    fakeRow('2026-03-08T02:00:00Z', {
      endpointId: `fal-ai/model-${String(index).padStart(3, '0')}`,
      cost: BigInt(count - index) * 1_000_001n,
    }),
  );
}

describe('with 500 models', () => {
  const copy = fakeHistory(manyModels(500), { now: () => NOW });
  const usage = remembered(
    (question: HistoryQuestion) => copy.usage({ ...question, accountId: null }),
    ({ start }) => String(start),
    60_000,
  );

  test('the 20 that cost most are told apart, and the others together', async () => {
    const panel = await startWith(() => ({ usage }));
    await storeAccount(panel.services, { slug: 'booth', name: 'Booth', key: 'a:b' });
    const scraped = await scrape(panel);
    const spend = scraped
      .all('fal_model_spend_usd')
      .filter(({ labels }) => labels.period === 'month');
    expect(spend.map(({ labels }) => labels.model)).toEqual([
      ...Array.from({ length: 20 }, (_, index) => `fal-ai/model-${String(index).padStart(3, '0')}`),
      'other',
    ]);
    const total = scraped.value('fal_account_spend_usd', { account: 'booth', period: 'month' });
    const sum = spend.reduce((all, { value }) => all + toNano(value), 0n);
    expect(sum).toBe(toNano(total ?? -1));
    expect(
      scraped.value('fal_model_calls', { account: 'booth', model: 'other', period: 'month' }),
    ).toBe(480 * 3);
  });

  test('many accounts share the models that are told apart, and too many are left out', async () => {
    const panel = await startWith(() => ({
      usage,
      outlook: async () => ({
        ...{ runway: 'history_too_short', expiring: [], proposals: [], check: null },
      }),
    }));
    const { db } = panel.services.store;
    for (let index = 0; index < 510; index += 1) await plantAccount(db, `cuenta-${index}`);
    const scraped = await scrape(panel);
    const ofMonth = scraped
      .all('fal_model_spend_usd')
      .filter(({ labels }) => labels.period === 'month');
    expect(ofMonth).toHaveLength(500 * 3);
    expect(ofMonth.filter(({ labels }) => labels.model !== 'other')).toHaveLength(1_000);
    expect(scraped.value('fal_accounts')).toBe(510);
    expect(scraped.value('fal_accounts_left_out')).toBe(10);
    expect(scraped.text.match(/^fal_/gm)?.length).toBeLessThan(28_000);
  });
});

test('the same models are told apart in every period, with zero where they were not used', async () => {
  const rows = [
    fakeRow('2026-03-02T18:00:00Z', { endpointId: 'fal-ai/early', cost: 5n }),
    fakeRow('2026-03-08T02:00:00Z', { endpointId: 'fal-ai/late', cost: 3n }),
  ];
  const copy = fakeHistory(rows, { now: () => NOW });
  const panel = await startWith(() => ({
    usage: (question) => copy.usage({ ...question, accountId: null }),
  }));
  await storeAccount(panel.services, { slug: 'booth', name: 'Booth', key: 'a:b' });
  const { value } = await scrape(panel);
  const spend = (model: string, period: string) =>
    value('fal_model_spend_usd', { account: 'booth', model, period });
  expect(COMPARISONS.map((period) => spend('fal-ai/early', period))).toEqual([0, 0, 5e-9]);
  expect(COMPARISONS.map((period) => spend('fal-ai/late', period))).toEqual([3e-9, 3e-9, 3e-9]);
  expect(spend('other', 'month')).toBeUndefined();
});

test.each(['partial', 'unknown'] as const)(
  'where an hour is %s there are lower bounds, and no zeros',
  async (state) => {
    const rows = [
      fakeRow('2026-03-08T02:00:00Z', { endpointId: 'fal-ai/late', failures: 0 }),
      fakeRow('2026-03-02T18:00:00Z', { endpointId: 'fal-ai/early' }),
    ];
    const gap = Temporal.Instant.from('2026-03-07T07:00:00Z').epochMilliseconds;
    const copy = fakeHistory(rows, {
      now: () => NOW,
      stateOf: (start, end) =>
        start.epochMilliseconds <= gap && gap < end.epochMilliseconds ? state : 'final',
    });
    const panel = await startWith(() => ({
      usage: (question) => copy.usage({ ...question, accountId: null }),
    }));
    await storeAccount(panel.services, { slug: 'booth', name: 'Booth', key: 'a:b' });
    const { value } = await scrape(panel);
    const today = { account: 'booth', period: 'today' };
    expect(value('fal_account_usage_complete', today)).toBe(0);
    expect(value('fal_account_spend_usd', today)).toBe(0.0625);
    expect(value('fal_account_calls', today)).toBe(3);
    expect(value('fal_account_failures', today)).toBeUndefined();
    const late = { ...today, model: 'fal-ai/late' };
    expect(value('fal_model_spend_usd', late)).toBe(0.0625);
    expect(value('fal_model_failures', late)).toBeUndefined();
    const early = { ...today, model: 'fal-ai/early' };
    expect(value('fal_model_spend_usd', early)).toBeUndefined();
    expect(value('fal_model_calls', early)).toBeUndefined();
  },
);

test('one account that can not be read hides no other', async () => {
  const panel = await startWith(({ services }) => {
    const { usage, outlook } = localSources(services, 0);
    const refuse = async (id: string | null) => {
      const accounts = await listAccounts(services.store.db);
      if (accounts.find((each) => each.id === id)?.slug === 'bad') throw new Error('unreadable');
    };
    return {
      usage: async (question) => {
        await refuse(question.accountId);
        return usage(question);
      },
      outlook: async (question) => {
        await refuse(question.account.id);
        return outlook(question);
      },
    };
  });
  const { services, fal } = panel;
  await storeAccount(services, { slug: 'good', name: 'Good', key: fal.keys.admin });
  await storeAccount(services, { slug: 'bad', name: 'Bad', key: fal.keys.admin });
  await syncOnce(panel, 'good');
  await syncOnce(panel, 'bad');
  const scraped = await scrape(panel);
  expect(scraped.value('fal_metrics_failed_readings')).toBe(2);
  expect(figuresOf(scraped, 'good')).toContain('fal_account_spend_usd');
  expect(figuresOf(scraped, 'bad').filter((name) => !name.includes('balance'))).toEqual([]);
  expect(scraped.value('fal_account_sync_failing', { account: 'bad' })).toBe(0);
});

test('a locked account and a failing one say so', async () => {
  const panel = await startPanel();
  const { services, fal } = panel;
  await storeAccount(services, { slug: 'locked', name: 'Locked', key: fal.keys.locked });
  await syncOnce(panel, 'locked').catch(() => {});
  const { value } = await scrape(panel);
  expect(value('fal_account_locked', { account: 'locked' })).toBe(1);
  expect(value('fal_account_sync_failing', { account: 'locked' })).toBe(1);
});

test.each(ENGINES)('alerts that are not resolved are counted, on %s', async (engine) => {
  const panel = await startPanel({}, { engine });
  const { services } = panel;
  await storeAccount(services, { slug: 'booth', name: 'Booth', key: 'a:b' });
  await storeAccount(services, { slug: 'calm', name: 'Calm', key: 'a:b' });
  const account = 'booth';
  await plantIncident(services, { account });
  await plantIncident(services, { account, state: 'acknowledged' });
  await plantIncident(services, { account, severity: 'critical' });
  await plantIncident(services, { account, severity: 'critical', state: 'resolved' });
  const { value } = await scrape(panel);
  const open = (account: string) =>
    SEVERITIES.map((severity) => value('fal_account_open_incidents', { account, severity }));
  expect([open('booth'), open('calm')]).toEqual([
    [0, 2, 1],
    [0, 0, 0],
  ]);
});

test('scrapes at the same time, and soon after, read once', async () => {
  const copy = fakeHistory([], { now: () => NOW });
  const panel = await startWith(() => ({ usage: copy.usage, cacheMs: 10_000 }));
  const { services } = panel;
  // It is said when the app is made how long things are kept.
  const http = supertest(createApp(services));
  await storeAccount(services, { slug: 'booth', name: 'Booth', key: 'a:b' });
  const ask = () => scrape({ services, http });
  await Promise.all([ask(), ask(), ask()]);
  await ask();
  expect(copy.asked).toHaveLength(3);
});
