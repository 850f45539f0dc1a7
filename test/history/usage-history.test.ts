import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FalAccount } from '../../src/accounts/accounts.ts';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import { bucketStart, RESOLUTIONS, type Resolution } from '../../src/buckets.ts';
import type { UsageRow } from '../../src/fal/usage.ts';
import { GROUPINGS, type GroupBy } from '../../src/history/answer.ts';
import { utcDayOf, utcDayStart } from '../../src/history/slots.ts';
import { storeWindow } from '../../src/history/store-window.ts';
import { createUsageHistory } from '../../src/history/usage-history.ts';
import { sumNano } from '../../src/money.ts';
import type { Services } from '../../src/services.ts';
import { ENGINES, startPanel } from '../support/panel.ts';
import { calls, DAY, panelWithAccounts, reading, row } from './read-windows.ts';

// Mexico's clocks do not change, Madrid's change on 29 March 2026, Lord Howe's by half an hour on 5 April.
const ZONES = [
  'America/Mexico_City',
  'Europe/Madrid',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'UTC',
];
const FIRST = utcDayOf(Temporal.Instant.from('2026-03-24T00:00Z'));
const DAYS = 14;
const NOW = utcDayStart(FIRST + DAYS).add({ hours: 100 });

interface Charge {
  account: number;
  /** Quarters of an hour after the first day. */
  quarter: number;
  endpoint: number;
  key: number;
  unit: number;
  price: number;
  cost: bigint;
  calls: number;
}

const charge: fc.Arbitrary<Charge> = fc.record({
  account: fc.nat({ max: 1 }),
  quarter: fc.nat({ max: DAYS * 96 - 1 }),
  endpoint: fc.nat({ max: 3 }),
  key: fc.nat({ max: 2 }),
  unit: fc.nat({ max: 1 }),
  price: fc.integer({ min: 1, max: 2 }),
  cost: fc.bigInt({ min: 0n, max: 10_000_000_000_000_000n }),
  calls: fc.nat({ max: 5 }),
});

interface Asked {
  /** Hours after the first day. */
  from: number;
  hours: number;
  timezone: string;
  resolution: Resolution;
  groupBy: GroupBy;
  account: number | null;
  endpoints: number[];
  keys: number[];
  groupsApart: number | null;
}

const question: fc.Arbitrary<Asked> = fc.record({
  from: fc.nat({ max: DAYS * 24 - 1 }),
  hours: fc.integer({ min: 1, max: DAYS * 24 }),
  timezone: fc.constantFrom(...ZONES),
  resolution: fc.constantFrom(...RESOLUTIONS),
  groupBy: fc.constantFrom(...GROUPINGS),
  account: fc.constantFrom<(number | null)[]>(null, 0, 1),
  endpoints: fc.subarray([0, 1, 2, 3]),
  keys: fc.oneof(fc.constant<number[]>([]), fc.subarray([0, 1, 2])),
  groupsApart: fc.constantFrom<(number | null)[]>(null, 0, 1, 2),
});

const ACTOR = { kind: 'server', name: '', address: null } as never;
const at = (quarter: number) => utcDayStart(FIRST).add({ minutes: quarter * 15 });
const KEYS = [
  { detail: 'Cabina 1', apiKeyId: 'key-1', username: null },
  { detail: 'ana', apiKeyId: null, username: 'ana' },
  { detail: 'User token', apiKeyId: null, username: null },
];
const KEY_NAMES = ['key-1', 'ana', 'User token'];
const UNITS = ['images', 'seconds'];
const endpointOf = ({ endpoint }: Charge) => `fal-ai/model-${endpoint}`;

function toRow(each: Charge): UsageRow {
  return {
    bucket: at(each.quarter),
    endpointId: endpointOf(each),
    unit: UNITS[each.unit] ?? '',
    quantity: 1_000_000_000n,
    unitPrice: BigInt(each.price),
    percentDiscount: null,
    cost: each.cost,
    currency: 'USD',
    auth: KEYS[each.key] ?? null,
  };
}

function toCalls(each: Charge) {
  return {
    bucket: at(each.quarter),
    endpointId: endpointOf(each),
    metrics: {
      request_count: each.calls,
      success_count: each.calls,
      user_error_count: 0,
      error_count: 0,
    },
  };
}

/** Two new accounts, and nothing of any before. */
async function startOver(services: Services, round: number): Promise<FalAccount[]> {
  const { db } = services.store;
  for (const table of [
    'usage_slots',
    'usage_days',
    'sync_windows',
    'usage_series',
    'account_syncs',
    'fal_accounts',
  ] as const) {
    await db.deleteFrom(table).execute();
  }
  const accounts: FalAccount[] = [];
  for (const name of ['a', 'b']) {
    const fields = { name: `${name} ${round}`, note: '', timezone: 'UTC', color: 1 };
    accounts.push(await createAccount(services, ACTOR, fields, `${name}${round}:secret-key`));
  }
  return accounts;
}

async function storeAll(
  { store }: Services,
  accounts: readonly FalAccount[],
  charges: readonly Charge[],
  zones: readonly string[],
): Promise<void> {
  for (let day = FIRST; day < FIRST + DAYS; day += 1) {
    for (const [index, { id }] of accounts.entries()) {
      const isOfDay = ({ account, quarter }: Charge) =>
        account === index && utcDayOf(at(quarter)) === day;
      const ofDay = charges.filter(isOfDay);
      await storeWindow(store.db, store.engine, {
        accountId: id,
        day,
        slotMinutes: 15,
        readAt: NOW,
        usage: ofDay.map(toRow),
        calls: ofDay.map(toCalls),
        isComplete: true,
        uncounted: [],
        zones,
        settleHours: 72,
      });
    }
  }
}

const costOf = (charges: readonly Charge[]) => sumNano(charges.map(({ cost }) => cost));

describe.each(ENGINES)('on %s', (engine) => {
  test('hours that began within a minute, as they once did in some zones, can be asked for', async () => {
    const { services } = await startPanel({}, { engine });
    const asked = {
      start: Temporal.Instant.from('1971-12-01T00:44:30Z'),
      end: Temporal.Instant.from('1971-12-03T00:44:30Z'),
      timezone: 'Africa/Monrovia',
      accountId: null,
      endpointIds: [],
      apiKeyIds: [],
    };
    for (const resolution of RESOLUTIONS) {
      const answer = await services.history.usage({ ...asked, resolution, groupBy: 'endpoint' });
      expect(answer.state).toBe('unknown');
    }
    expect(await Array.fromAsync(services.history.rows(asked))).toEqual([]);
  });

  test('every sum equals what was stored, for any zone, resolution, grouping and filter', async () => {
    const { services } = await startPanel({}, { engine });
    const { reader } = services.store;
    const history = createUsageHistory({ engine, reader, now: () => NOW });
    let round = 0;

    async function check(
      asked: Asked,
      charges: readonly Charge[],
      accounts: readonly FalAccount[],
    ): Promise<void> {
      const { timezone, resolution, groupBy, account, endpoints, keys, groupsApart } = asked;
      const start = bucketStart(at(asked.from * 4), 'hour', timezone).toInstant();
      const everything = {
        start,
        end: start.add({ hours: asked.hours }),
        timezone,
        resolution,
        groupBy,
        accountId: account === null ? null : (accounts[account]?.id ?? null),
        endpointIds: [],
        apiKeyIds: [],
      };
      const answer = await history.usage({
        ...everything,
        endpointIds: endpoints.map((endpoint) => `fal-ai/model-${endpoint}`),
        apiKeyIds: keys.map((key) => KEY_NAMES[key] ?? ''),
        ...(groupsApart !== null && { groupsApart }),
        isRanked: true,
      });
      const all = await history.usage(everything);
      expect(answer.ranking).toEqual(all.groups.map(({ key }) => key));
      const [from, to] = [answer.question.start, answer.question.end].map(
        ({ epochMilliseconds }) => epochMilliseconds,
      ) as [number, number];
      const wanted = charges.filter((each) => {
        const ms = at(each.quarter).epochMilliseconds;
        return (
          ms >= from &&
          ms < to &&
          (account === null || each.account === account) &&
          (endpoints.length === 0 || endpoints.includes(each.endpoint)) &&
          (keys.length === 0 || keys.includes(each.key))
        );
      });
      const keyOf = (each: Charge) =>
        ({
          endpoint: endpointOf(each),
          api_key: KEY_NAMES[each.key],
          unit: UNITS[each.unit],
          account: accounts[each.account]?.slug,
        })[groupBy];
      const total = costOf(wanted);
      const calls = wanted.reduce((sum, each) => sum + each.calls, 0);

      expect(answer.total.cost).toBe(total);
      expect(sumNano(answer.groups.map(({ cost }) => cost))).toBe(total);
      expect(sumNano(answer.series.map(({ cost }) => cost ?? 0n))).toBe(total);
      if (keys.length > 0) expect(answer.total.count).toBeNull();
      else if (calls > 0 || total === 0n) expect(answer.total.count).toBe(calls);
      for (const { key } of keys.length > 0 ? wanted : []) {
        expect(answer.keyNames?.get(KEY_NAMES[key] ?? '')).toBe(KEYS[key]?.detail);
      }
      for (const group of answer.groups) {
        expect(group.cost).toBe(costOf(wanted.filter((each) => keyOf(each) === group.key)));
      }
      for (const bucket of answer.series) {
        const inside = wanted.filter(({ quarter }) =>
          bucketStart(at(quarter), resolution, timezone).equals(bucket.start),
        );
        expect(bucket.cost ?? 0n).toBe(costOf(inside));
        const apart = sumNano(bucket.parts.map(({ cost }) => cost));
        expect(apart + (bucket.others?.cost ?? 0n)).toBe(bucket.cost ?? 0n);
        for (const part of bucket.parts) {
          const key = answer.groups[part.group]?.key;
          expect(part.cost).toBe(costOf(inside.filter((each) => keyOf(each) === key)));
        }
      }
    }

    await fc.assert(
      fc.asyncProperty(
        fc.array(charge, { minLength: 1, maxLength: 60 }),
        fc.array(question, { minLength: 1, maxLength: 12 }),
        fc.subarray(ZONES),
        async (charges, questions, zones) => {
          round += 1;
          const accounts = await startOver(services, round);
          await storeAll(services, accounts, charges, zones);
          for (const asked of questions) await check(asked, charges, accounts);
        },
      ),
      { numRuns: engine === 'sqlite' ? 40 : 8 },
    );
  }, 60_000);
});

describe('where hours begin at half past for a part of the year only', () => {
  const timezone = 'Australia/Lord_Howe';

  /** What each of some UTC days is said to be, when all of them are kept. */
  async function statesOf(days: readonly { day: string; slotMinutes: 60 | 15 }[]) {
    const { services } = await startPanel();
    const { engine, db, reader } = services.store;
    const [account] = await startOver(services, 0);
    await services.store.db
      .deleteFrom('fal_accounts')
      .where('id', '!=', account?.id ?? '')
      .execute();
    const starts = days.map(({ day }) => Temporal.Instant.from(`${day}T00:00Z`));
    for (const [index, { slotMinutes }] of days.entries()) {
      await storeWindow(db, engine, {
        accountId: account?.id ?? '',
        day: utcDayOf(starts[index] ?? NOW),
        slotMinutes,
        readAt: Temporal.Instant.from('2026-12-01T00:00Z'),
        usage: [],
        calls: [],
        isComplete: true,
        uncounted: [],
        zones: [],
        settleHours: 72,
      });
    }
    const history = createUsageHistory({ engine, reader, now: () => utcDayStart(21_000) });
    const { series } = await history.usage({
      start: starts[0] ?? NOW,
      end: (starts.at(-1) ?? NOW).add({ hours: 24 }),
      timezone,
      resolution: 'hour',
      groupBy: 'endpoint',
      accountId: null,
      endpointIds: [],
      apiKeyIds: [],
    });
    return Object.fromEntries(
      starts.map((start, index) => [
        days[index]?.day,
        series.find(
          (bucket) => Temporal.Instant.compare(bucket.start, start.add({ hours: 12 })) >= 0,
        )?.state,
      ]),
    );
  }

  test('days are cut from hours in that part of the year in which they begin with UTC’s', async () => {
    // The clocks are put back on 4 April at 15:00 UTC, by half an hour.
    expect(
      await statesOf([
        { day: '2026-04-02', slotMinutes: 60 },
        { day: '2026-04-03', slotMinutes: 60 },
        { day: '2026-04-04', slotMinutes: 15 },
        { day: '2026-04-05', slotMinutes: 15 },
      ]),
    ).toEqual({
      '2026-04-02': 'final',
      '2026-04-03': 'final',
      '2026-04-04': 'final',
      '2026-04-05': 'final',
    });
  });

  test('days in the other part count as not read, also between two of the first', async () => {
    expect(
      await statesOf([
        { day: '2026-04-03', slotMinutes: 60 },
        { day: '2026-06-01', slotMinutes: 60 },
        { day: '2026-06-02', slotMinutes: 15 },
        { day: '2026-10-06', slotMinutes: 60 },
      ]),
    ).toEqual({
      '2026-04-03': 'final',
      '2026-06-01': 'unknown',
      '2026-06-02': 'final',
      '2026-10-06': 'final',
    });
  });
});

test.each([...GROUPINGS])(
  'by %s, what was billed in two currencies has no average',
  async (groupBy) => {
    const { panel, accounts } = await panelWithAccounts('sqlite', 'a');
    const [{ id }] = accounts;
    const { engine, db, reader } = panel.services.store;
    const model = (endpointId: string, currency: string) => ({
      usage: row(1, { endpointId, currency }),
      calls: { ...calls(1, 2), endpointId },
    });
    const models = [model('fal-ai/a', 'USD'), model('fal-ai/b', 'USD'), model('fal-ai/b', 'EUR')];
    await storeWindow(
      db,
      engine,
      reading(id, {
        usage: models.map(({ usage }) => usage),
        calls: models.slice(0, 2).map((each) => each.calls),
      }),
    );
    const start = utcDayStart(DAY);
    const history = createUsageHistory({ engine, reader, now: () => start.add({ hours: 100 }) });
    const { groups } = await history.usage({
      ...{ start, end: start.add({ hours: 24 }), timezone: 'America/Mexico_City' },
      ...{ resolution: 'day', groupBy, accountId: null, endpointIds: [], apiKeyIds: [] },
    });
    const averages = groups.map(({ key, averageCost }) => [key, averageCost]);
    expect(averages).toEqual(
      {
        endpoint: [
          ['fal-ai/a', 5_000_000n],
          ['fal-ai/b', null],
        ],
        account: [[expect.any(String), null]],
        api_key: [['key-1', null]],
        unit: [['images', null]],
      }[groupBy],
    );
  },
);
