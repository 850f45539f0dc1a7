import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filteredUsageOf, longUsageOf, usageOf } from '../../src/alerts/account-usage.ts';
import { createRound } from '../../src/alerts/round.ts';
import { SlotSums } from '../../src/alerts/slot-sums.ts';
import { type HistoryQuestion, isWhole } from '../../src/history/answer.ts';
import { utcDayOf } from '../../src/history/slots.ts';
import { sumNano } from '../../src/money.ts';
import { toText } from '../../src/store/values.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, startPanel } from '../support/panel.ts';
import { plantReadAccount, plantUsage } from './planted-usage.ts';

const NOW = Temporal.Instant.from('2026-03-11T18:20:00Z');

test('a span of slots adds up to what is in it', () => {
  const row = fc.record({
    slot: fc.nat(500),
    cost: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
    calls: fc.nat(1_000),
  });
  const rows = fc.uniqueArray(row, { selector: ({ slot }) => slot });
  fc.assert(
    fc.property(rows, fc.nat(510), fc.nat(510), (all, from, to) => {
      const sorted = all.toSorted((a, b) => a.slot - b.slot);
      const text = sorted.map(({ slot, cost, calls }) => `${slot} ${cost} ${calls} 1`).join(',');
      const own = sorted.filter(({ slot }) => slot >= from && slot < to);
      if (to < from) return;
      expect(new SlotSums(text).between(from, to)).toEqual({
        cost: sumNano(own.map(({ cost }) => cost)),
        calls: own.reduce((sum, { calls }) => sum + calls, 0),
        failures: own.length,
      });
    }),
  );
});

describe.each(ENGINES)('%s', (engine) => {
  test('what is of a model or a key is read again only where something was synced', async () => {
    const clock = stoppedClock(NOW);
    const { services } = await startPanel({}, { engine, parts: { now: clock.now } });
    const account = await plantReadAccount(services, 'one');
    const ofModel = (hours: number) => ({
      ...{ at: Temporal.Instant.from('2026-03-11T18:00Z').subtract({ hours }), cost: 7n },
      endpointId: 'fal-ai/1',
    });
    await plantUsage(services, 'one', [ofModel(1), ofModel(70)]);
    const { reader } = services.store;
    const { snapshot } = reader;
    let snapshots = 0;
    reader.snapshot = (read) => {
      snapshots += 1;
      return snapshot(read);
    };
    /** @returns what is known of the model, and what was read for it beside all that is read. */
    async function look() {
      const round = createRound(services);
      await usageOf(round, account);
      const before = snapshots;
      const filter = { endpointId: 'fal-ai/1', apiKeyId: null };
      const cost: bigint[] = [];
      for (const days of [2, 63]) {
        const since = round.now.subtract({ hours: days * 24 });
        const usage = await filteredUsageOf(round, account, filter, since);
        cost.push(usage.used(since, round.now).cost);
      }
      clock.forward({ minutes: 1 });
      return { cost, reads: snapshots - before };
    }
    expect(await look()).toEqual({ cost: [7n, 14n], reads: 2 });
    for (let minute = 0; minute < 5; minute += 1) {
      expect(await look()).toEqual({ cost: [7n, 14n], reads: 0 });
    }
    const changed_at = toText(clock.now());
    const change = (day: string) =>
      services.store.db
        .updateTable('sync_windows')
        .set({ changed_at })
        .where('day', '=', utcDayOf(Temporal.Instant.from(day)))
        .execute();
    await plantUsage(services, 'one', [ofModel(0)]);
    await change('2026-03-11T00:00Z');
    expect(await look()).toEqual({ cost: [14n, 21n], reads: 2 });
    await plantUsage(services, 'one', [ofModel(24 * 30)]);
    await change('2026-02-09T00:00Z');
    expect(await look()).toEqual({ cost: [14n, 28n], reads: 2 });
    expect((await look()).reads).toBe(0);
  });

  test('rules add up what the pages do, also of a model or a key', async () => {
    const { now } = stoppedClock(NOW);
    const { services } = await startPanel({}, { engine, parts: { now } });
    const timezone = 'America/Mexico_City';
    const account = await plantReadAccount(services, 'one', { timezone, days: 50 });
    const other = await plantReadAccount(services, 'other', { timezone });
    const hours = Array.from({ length: 600 }, (_, index) => ({
      at: Temporal.Instant.from('2026-03-11T18:00:00Z').subtract({ hours: index * 2 }),
      cost: BigInt(index * 7 + 1),
      calls: index % 5,
      failures: index % 2 && index % 5 ? 1 : 0,
      endpointId: `fal-ai/${index % 3}`,
      apiKeyId: `key-${index % 2}`,
    }));
    await plantUsage(services, 'one', hours);
    await plantUsage(services, 'other', hours.slice(0, 10));

    const round = createRound(services, NOW);
    const since = NOW.subtract({ hours: 24 * 40 });
    const filter = { endpointId: 'fal-ai/1', apiKeyId: 'key-0' };
    const all = await usageOf(round, account);
    const filtered = await filteredUsageOf(round, account, filter, since);
    const long = await longUsageOf(round, account, since);
    for (const [from, length] of [
      [1, 1],
      [30, 7],
      [90, 60],
      [700, 650],
      [1_400, 1_399],
    ] as const) {
      const start = Temporal.Instant.from('2026-03-11T18:00:00Z').subtract({ hours: from });
      const end = start.add({ hours: length });
      const question: HistoryQuestion = {
        ...{ start, end, timezone, resolution: 'hour', groupBy: 'endpoint' },
        ...{ accountId: account.id, endpointIds: [], apiKeyIds: [] },
      };
      const { total, series } = await services.history.usage(question);
      const { count, failures, cost } = total;
      expect(all.used(start, end)).toEqual({ cost, calls: count ?? 0, failures: failures ?? 0 });
      expect(all.isWhole(start, end)).toBe(series.every(isWhole));
      if (from > 24 * 39) continue;
      expect(long.used(start, end)).toEqual(all.used(start, end));
      const part = await services.history.usage({
        ...question,
        endpointIds: [filter.endpointId],
        apiKeyIds: [filter.apiKeyId],
      });
      expect(filtered.used(start, end).cost).toBe(part.total.cost);
    }
    const few = (await usageOf(round, other)).used(since, NOW);
    expect(few.cost).toBe(sumNano(hours.slice(0, 10).map(({ cost }) => cost)));
  });
});
