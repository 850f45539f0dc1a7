import { request } from 'undici';
import { createFalClient } from '../../src/fal/client.ts';
import { createTransport, type FalTransport, openQuestion } from '../../src/fal/transport.ts';
import { createLedger } from '../../src/usage/ledger.ts';
import type { Period } from '../../src/usage/period.ts';
import { totals } from '../../src/usage/totals.ts';
import { tellParent } from '../support/child.ts';
import { END_MS, peakBytes, type Reading, START_MS } from './rows.ts';

/** `over-http` is how the panel reads, for its memory; otherwise as `read-json.ts` does, for the time. */
const [url = '', way] = process.argv.slice(2);

/** The download is in neither figure: what is compared begins with the bytes of a page. */
let downloadingMs = 0;
const downloadedFirst: FalTransport = {
  async send(_question, { query }) {
    const began = performance.now();
    const { body } = await request(`${url}/?${query}`);
    const bytes = Buffer.from(await body.arrayBuffer());
    downloadingMs += performance.now() - began;
    return JSON.parse(bytes.toString('utf8'));
  },
  close: async () => {},
};
const fal = createFalClient(
  way === 'over-http' ? createTransport({ baseUrl: url }) : downloadedFirst,
);
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
  seconds: (performance.now() - started - downloadingMs) / 1000,
  peakBytes: peakBytes(),
  totalNano: String(totalCost),
} satisfies Reading);
await fal.close();
process.disconnect?.();
