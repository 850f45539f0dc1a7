import { createFalClient } from '../../src/fal/client.ts';
import { createTransport, openQuestion } from '../../src/fal/transport.ts';
import { createLedger } from '../../src/usage/ledger.ts';
import type { Period } from '../../src/usage/period.ts';
import { totals } from '../../src/usage/totals.ts';
import { tellParent } from '../support/child.ts';
import { END_MS, peakBytes, type Reading, START_MS } from './rows.ts';

const [url = ''] = process.argv.slice(2);
const fal = createFalClient(createTransport({ baseUrl: url }));
const period: Period = {
  start: Temporal.Instant.fromEpochMilliseconds(START_MS),
  end: Temporal.Instant.fromEpochMilliseconds(END_MS),
  timezone: 'America/Mexico_City',
  resolution: 'day',
  preset: 'custom',
};

const started = performance.now();
const ledger = createLedger(period);
const stops = await fal.billingEvents(openQuestion('bench:key', 120_000), period, (events) => {
  ledger.add(events);
  return undefined;
});
const usage = ledger.rows();
const { totalCost } = totals(
  { usage, usageComplete: stops.length === 0, analytics: [], missed: [] },
  period,
  period.end,
);
tellParent({
  seconds: (performance.now() - started) / 1000,
  peakBytes: peakBytes(),
  totalNano: String(totalCost),
} satisfies Reading);
await fal.close();
process.disconnect?.();
