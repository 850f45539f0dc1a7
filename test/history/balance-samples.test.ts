import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BalanceSample,
  type LatestBalance,
  lastBalancesIn,
  latestBalance,
  latestBalances,
  recordBalance,
} from '../../src/history/balance-samples.ts';
import { ENGINES } from '../support/panel.ts';
import { plantAccount } from '../support/planted-history.ts';
import { emptyPlace, openAt } from '../support/stores.ts';
import { balanceSpans } from './balance-spans.ts';

const START = Temporal.Instant.from('2026-03-01T00:00:00Z');
const minute = (count: number) => START.add({ minutes: count });

const sample: fc.Arbitrary<BalanceSample> = fc.oneof(
  fc.record({
    balance: fc.constantFrom(0n, 1n, 9_007_199_254_740_993n, -5n),
    currency: fc.constantFrom('USD', 'EUR'),
  }),
  fc.record({ reason: fc.constantFrom('not_stated', 'fal_unavailable') }),
);
const timeline = fc.uniqueArray(fc.record({ at: fc.nat(500), sample }), {
  selector: ({ at }) => at,
  maxLength: 25,
});

const nothing = { balance: null, currency: null, reason: null };

describe.each(ENGINES)('balances, on %s', (engine) => {
  test('are given back exactly as they were sampled, in no more rows than there were changes', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    let accounts = 0;
    await fc.assert(
      fc.asyncProperty(timeline, async (unsorted) => {
        const samples = unsorted.toSorted((a, b) => a.at - b.at);
        accounts += 1;
        const id = `a${accounts}`;
        await plantAccount(db, id);
        for (const { at, sample } of samples) {
          await db.transaction().execute((trx) => recordBalance(trx, id, minute(at), sample));
        }
        const spans = await balanceSpans(db, id);
        for (const { at, sample } of samples) {
          const then = minute(at).epochMilliseconds;
          const covering = spans.filter(
            ({ from, until }) => from.epochMilliseconds <= then && then <= until.epochMilliseconds,
          );
          expect(covering).toEqual([expect.objectContaining({ ...nothing, ...sample })]);
        }
        const changes = samples.filter(
          ({ sample }, index) =>
            index === 0 || text(sample) !== text(samples[index - 1]?.sample as BalanceSample),
        );
        expect(spans.map(({ from }) => from.toString())).toEqual(
          changes.map(({ at }) => minute(at).toString()),
        );
        const latest = latestOf(samples);
        expect((await latestBalances(db)).get(id)).toEqual(latest);
        expect(await latestBalance(db, id)).toEqual(latest ?? null);
      }),
      { numRuns: engine === 'sqlite' ? 60 : 20 },
    );
  });

  test('are not changed by a sample that comes late or twice', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    await plantAccount(db, 'a');
    const dollars = { balance: 5n, currency: 'USD' };
    await recordBalance(db, 'a', minute(10), dollars);
    await recordBalance(db, 'a', minute(20), dollars);
    const before = await balanceSpans(db, 'a');
    await recordBalance(db, 'a', minute(20), { reason: 'fal_timeout' });
    await recordBalance(db, 'a', minute(15), { balance: 7n, currency: 'USD' });
    await recordBalance(db, 'a', minute(5), dollars);
    expect(await balanceSpans(db, 'a')).toEqual(before);
    expect(before).toEqual([{ from: minute(10), until: minute(20), ...nothing, ...dollars }]);
  });

  test('that were sampled while the clock was ahead give way to those sampled since', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    await plantAccount(db, 'a');
    const dollars = (balance: bigint) => ({ balance, currency: 'USD' });
    await recordBalance(db, 'a', minute(0), dollars(9n));
    await recordBalance(db, 'a', minute(500), dollars(9n));
    await recordBalance(db, 'a', minute(600), dollars(4n));
    await recordBalance(db, 'a', minute(20), dollars(7n));
    expect(await balanceSpans(db, 'a')).toMatchObject([
      { from: minute(0), until: minute(0), balance: 9n },
      { from: minute(20), until: minute(20), balance: 7n },
    ]);
  });

  test('of one account say nothing about another’s', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    for (const id of ['a', 'b', 'c']) await plantAccount(db, id);
    await recordBalance(db, 'a', minute(0), { balance: 1n, currency: 'USD' });
    await recordBalance(db, 'a', minute(10), { balance: 1n, currency: 'USD' });
    await recordBalance(db, 'a', minute(20), { balance: 2n, currency: 'USD' });
    await recordBalance(db, 'b', minute(5), { reason: 'invalid_api_key' });
    expect((await balanceSpans(db, 'a')).map(({ balance }) => balance)).toEqual([1n, 2n]);
    const latest = await latestBalances(db);
    expect([...latest.keys()].toSorted()).toEqual(['a', 'b']);
    expect(latest.get('b')).toEqual({
      known: null,
      away: { reason: 'invalid_api_key', since: minute(5) },
    });
  });

  test('of each period are the last that could be read in it', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    for (const id of ['a', 'b']) await plantAccount(db, id);
    const dollars = (balance: bigint) => ({ balance, currency: 'USD' });
    await recordBalance(db, 'b', minute(25), dollars(1n));
    await recordBalance(db, 'a', minute(5), dollars(9n));
    await recordBalance(db, 'a', minute(12), dollars(8n));
    await recordBalance(db, 'a', minute(15), { reason: 'fal_timeout' });
    await recordBalance(db, 'a', minute(35), dollars(7n));
    await recordBalance(db, 'a', minute(55), dollars(7n));
    const tens = [0, 10, 20, 30, 40, 50, 60].map((from) => ({
      start: minute(from),
      end: minute(from + 10),
    }));
    const read = await lastBalancesIn(db, engine, 'a', tens);
    expect(read.map((one) => one?.balance ?? null)).toEqual([9n, 8n, null, 7n, 7n, 7n, null]);
  });
});

/** What is to be said of the samples, told anew from one to the next. */
function latestOf(samples: readonly { at: number; sample: BalanceSample }[]) {
  let latest: LatestBalance | undefined;
  for (const { at, sample } of samples) {
    const since = latest?.away?.since ?? minute(at);
    latest =
      'reason' in sample
        ? { known: latest?.known ?? null, away: { reason: sample.reason, since } }
        : { known: { ...sample, asOf: minute(at) }, away: null };
  }
  return latest;
}

function text(sample: BalanceSample): string {
  return 'reason' in sample ? sample.reason : `${sample.balance} ${sample.currency}`;
}
