import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketStart } from '../../src/buckets.ts';
import type { BillingRequest } from '../../src/demo/billing-request.ts';
import { type Simulator, startSimulator } from '../../src/demo/simulator.ts';
import { createFalClient, type FalClient } from '../../src/fal/client.ts';
import { createTransport, openQuestion } from '../../src/fal/transport.ts';
import type { Timeframe } from '../../src/fal/windows.ts';
import { CALLED_IDS, settledMs, traffic } from '../support/traffic.ts';

const ACCOUNT = 'futurelab-eventos';
/** Where, and from when on: mostly days in which clocks shift there. */
const PLACES = [
  ['UTC', '2026-03-28T00:00:00Z'],
  ['America/Mexico_City', '2026-03-28T00:00:00Z'],
  ['Asia/Kolkata', '2026-03-28T00:00:00Z'],
  ['Asia/Kathmandu', '2026-03-28T00:00:00Z'],
  ['Europe/Madrid', '2026-03-28T00:00:00Z'],
  ['Europe/Madrid', '2026-10-24T00:00:00Z'],
  ['America/Santiago', '2026-04-04T00:00:00Z'],
  ['America/Santiago', '2026-09-05T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T00:00:00Z'],
] as const;
const DAYS = 3;

const worlds = fc
  .record({
    place: fc.constantFrom(...PLACES),
    timeframe: fc.constantFrom<Timeframe>('minute', 'hour', 'day'),
    /** Of the time in which something changes, how much has passed. */
    elapsed: fc.oneof(
      fc.constant(1),
      fc.nat({ max: 99 }).map((percent) => percent / 100),
    ),
    pageSize: fc.constantFrom(3, 50),
  })
  .chain(({ place: [timezone, from], ...rest }) => {
    const start = Temporal.Instant.from(from);
    return fc.record({
      world: fc.constant({ start, timezone, ...rest }),
      requests: traffic({ start, days: DAYS, requests: { min: 0, max: 60 } }),
    });
  });

function property(
  check: (
    sim: Simulator,
    fal: FalClient,
    question: {
      start: Temporal.Instant;
      end: Temporal.Instant;
      timezone: string;
      timeframe: Timeframe;
    },
  ) => Promise<void>,
) {
  return fc.asyncProperty(worlds, async ({ world, requests }) => {
    const { start, timezone, timeframe, elapsed, pageSize } = world;
    const span = Math.max(settledMs(requests) - start.epochMilliseconds, 0);
    const now = start.add({ milliseconds: Math.round(span * elapsed) });
    const sim = await startSimulator({ now: () => now, traffic: requests, pageSize });
    const fal = createFalClient(createTransport({ baseUrl: sim.url }));
    try {
      const end = start.add({ hours: DAYS * 24 });
      await check(sim, fal, { start, end, timezone, timeframe });
    } finally {
      await fal.close();
      await sim.close();
    }
  });
}

const ask = (sim: Simulator) => openQuestion(sim.keys.admin, 60_000);

function sums<T>(list: readonly T[], key: (item: T) => unknown[], value: (item: T) => bigint[]) {
  const totals: Record<string, bigint[]> = {};
  for (const item of list) {
    const name = key(item).join(' ');
    totals[name] = value(item).map((amount, index) => (totals[name]?.[index] ?? 0n) + amount);
  }
  return totals;
}

function bucketOf({ atMs }: BillingRequest, timeframe: Timeframe, timezone: string): string {
  const at = Temporal.Instant.fromEpochMilliseconds(atMs);
  return timeframe === 'minute'
    ? at.round({ smallestUnit: 'minute', roundingMode: 'floor' }).toString()
    : bucketStart(at, timeframe, timezone).toInstant().toString();
}

test('usage says what the charges say, by any bucket, price and caller, whatever is known by now', async () => {
  await fc.assert(
    property(async (sim, fal, question) => {
      const { timeframe, timezone } = question;
      const { rows, stops } = await fal.usage(ask(sim), question);
      const billed = sim.charges(ACCOUNT, question).filter(({ quantityNano }) => quantityNano > 0n);
      expect(stops).toEqual([]);
      expect(
        sums(
          rows,
          ({ bucket, endpointId, unit, unitPrice, percentDiscount, auth }) => [
            ...[bucket, endpointId, unit, unitPrice, percentDiscount],
            ...[auth?.detail, auth?.apiKeyId, auth?.username],
          ],
          ({ quantity, cost }) => [quantity ?? -1n, cost],
        ),
      ).toEqual(
        sums(
          billed,
          (charge) => [
            bucketOf(charge, timeframe, timezone),
            ...[charge.billedId, charge.unit, charge.unitPriceNano, charge.percentDiscount],
            ...[charge.caller.detail, charge.caller.apiKeyId, charge.caller.loginUsername],
          ],
          ({ quantityNano, costNano }) => [quantityNano, costNano],
        ),
      );
    }),
    { numRuns: 60 },
  );
});

test('analytics count the calls that are known by now', async () => {
  await fc.assert(
    property(async (sim, fal, question) => {
      const { timeframe, timezone } = question;
      const { rows, unanswered } = await fal.analytics(ask(sim), {
        ...question,
        endpointIds: CALLED_IDS,
        metrics: ['request_count', 'success_count'],
      });
      expect(unanswered).toEqual([]);
      expect(
        sums(
          rows,
          ({ bucket, endpointId }) => [bucket, endpointId],
          ({ metrics }) => [
            BigInt(metrics.request_count ?? -1),
            BigInt(metrics.success_count ?? -1),
          ],
        ),
      ).toEqual(
        sums(
          sim.charges(ACCOUNT, question).filter(({ call }) => call),
          (charge) => [bucketOf(charge, timeframe, timezone), charge.endpointId],
          ({ outcome }) => [1n, outcome === 'success' ? 1n : 0n],
        ),
      );
    }),
    { numRuns: 40 },
  );
});

test('billing events are the charges that are known by now', async () => {
  await fc.assert(
    property(async (sim, fal, question) => {
      const events: unknown[] = [];
      const stops = await fal.billingEvents(ask(sim), question, (page) => {
        events.push(...page.map(({ requestId, units, cost }) => `${requestId} ${units} ${cost}`));
        return undefined;
      });
      expect(stops).toEqual([]);
      const billed = sim.charges(ACCOUNT, question).filter(({ quantityNano }) => quantityNano > 0n);
      expect(events.toSorted()).toEqual(
        billed
          .map(
            ({ requestId, quantityNano, costNano }) => `${requestId} ${quantityNano} ${costNano}`,
          )
          .toSorted(),
      );
    }),
    { numRuns: 40 },
  );
});
