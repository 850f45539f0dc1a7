import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { UsageRow } from '../../src/fal/usage.ts';
import { type SlotMinutes, slotStart, utcDayOf, utcDayStart } from '../../src/history/slots.ts';
import { storeWindow } from '../../src/history/store-window.ts';
import { sumNano } from '../../src/money.ts';
import type { Services } from '../../src/services.ts';
import { startPanel } from '../support/panel.ts';
import { plantAccount } from '../support/planted-history.ts';
import { ZONES } from '../support/zones.ts';

// Clocks shift in this time in Madrid, Santiago and on Lord Howe Island.
const FIRST = utcDayOf(Temporal.Instant.from('2026-03-27T00:00Z'));
const DAYS = 12;
const READ_AT = utcDayStart(FIRST + DAYS).add({ hours: 100 });
const FILTERS = { accountId: null, endpointIds: [], apiKeyIds: [] };

function charge(day: number, minutes: number): UsageRow {
  return {
    bucket: utcDayStart(day).add({ minutes }),
    endpointId: 'fal-ai/flux/dev',
    unit: 'images',
    quantity: 1_000_000_000n,
    unitPrice: 1n,
    percentDiscount: null,
    // No two of them cost the same.
    cost: BigInt(day * 1_440 + minutes),
    currency: 'USD',
    auth: null,
  };
}

/** A charge in every slot of every day. */
async function storeDays(
  { store }: Services,
  slotMinutesOf: (day: number) => SlotMinutes,
): Promise<void> {
  await plantAccount(store.db, 'main');
  for (let day = FIRST; day < FIRST + DAYS; day += 1) {
    const slotMinutes = slotMinutesOf(day);
    const slots = Array.from({ length: 1_440 / slotMinutes }, (_, slot) => slot * slotMinutes);
    await storeWindow(store.db, store.engine, {
      accountId: 'main',
      day,
      slotMinutes,
      readAt: READ_AT,
      usage: slots.map((minutes) => charge(day, minutes)),
      calls: [],
      isComplete: true,
      uncounted: [],
      zones: ['UTC'],
      settleHours: 72,
    });
  }
}

test('files of one day after the other add up to what the page shows of all of them', async () => {
  const { services } = await startPanel();
  const { history } = services;
  await storeDays(services, () => 15);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ZONES),
      fc.uniqueArray(fc.integer({ min: 96, max: (DAYS - 1) * 96 }), { minLength: 2, maxLength: 5 }),
      async (timezone, quarters) => {
        const edges = quarters
          .sort((a, b) => a - b)
          .map((quarter) => slotStart(FIRST * 1_440 + quarter * 15))
          .map((edge) => edge.toZonedDateTimeISO(timezone).startOfDay().toInstant());
        let files = 0n;
        for (const [index, start] of edges.slice(0, -1).entries()) {
          const question = { ...FILTERS, timezone, start, end: edges[index + 1] ?? start };
          if (question.end.equals(start)) continue;
          for await (const { cost } of history.rows(question)) files += cost;
        }
        const [start, end] = [edges[0], edges.at(-1)];
        fc.pre(start !== undefined && end !== undefined && !start.equals(end));
        const page = await history.usage({
          ...{ ...FILTERS, timezone, start, end },
          resolution: 'day',
          groupBy: 'endpoint',
        });
        expect(files).toBe(page.total.cost);
      },
    ),
    { numRuns: 60 },
  );
});

test('rows that are kept too coarsely for a zone are refused as sums are', async () => {
  const { services } = await startPanel();
  await storeDays(services, () => 60);
  const [start, end] = [utcDayStart(FIRST + 2), utcDayStart(FIRST + 3)];
  const question = { ...FILTERS, timezone: 'Asia/Kolkata', start, end };
  const refused = { faults: [{ field: 'timezone', fault: 'finer_than_kept' }] };
  await expect(
    services.history.rows(question)[Symbol.asyncIterator]().next(),
  ).rejects.toMatchObject(refused);
  await expect(
    services.history.usage({ ...question, resolution: 'day', groupBy: 'endpoint' }),
  ).rejects.toMatchObject(refused);
});

test.each(['hour', 'day', 'week'] as const)(
  'a day that is kept too coarsely for a zone is in no sum by %s, as it is in no bucket',
  async (resolution) => {
    const { services } = await startPanel({}, { parts: { now: () => READ_AT } });
    const { history } = services;
    const coarse = FIRST + 5;
    await storeDays(services, (day) => (day === coarse ? 60 : 15));
    const timezone = 'Asia/Kolkata';
    const [start, end] = [FIRST + 2, FIRST + 9].map((day) =>
      utcDayStart(day).toZonedDateTimeISO(timezone).startOfDay().toInstant(),
    ) as [Temporal.Instant, Temporal.Instant];
    const question = { ...FILTERS, timezone, start, end };
    const page = await history.usage({ ...question, resolution, groupBy: 'endpoint' });
    expect(page.partial).toContain('days_not_read');

    const quarters = Array.from({ length: 8 * 96 }, (_, quarter) =>
      charge(FIRST + 1 + Math.floor(quarter / 96), (quarter % 96) * 15),
    );
    const read = quarters
      .filter(({ bucket }) => utcDayOf(bucket) !== coarse)
      .filter(({ bucket }) => Temporal.Instant.compare(bucket, start) >= 0)
      .filter(({ bucket }) => Temporal.Instant.compare(bucket, end) < 0)
      .map((row) => row.cost);
    const cost = sumNano(read);
    expect(page.total.cost).toBe(cost);
    expect(sumNano(page.groups.map((group) => group.cost))).toBe(cost);
    expect(sumNano(page.series.map((bucket) => bucket.cost ?? 0n))).toBe(cost);
    const rows = await Array.fromAsync(history.rows(question));
    expect(sumNano(rows.map((row) => row.cost))).toBe(cost);
  },
);
