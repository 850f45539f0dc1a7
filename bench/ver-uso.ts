import { request } from 'undici';
import { createFalClient } from '../src/fal/client.ts';
import { createTransport } from '../src/fal/transport.ts';
import { createCatalogue } from '../src/usage/catalogue.ts';
import { createLiveUsage, type LiveUsage } from '../src/usage/live.ts';
import { presetPeriod } from '../src/usage/period.ts';
import { startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { median } from './support/stats.ts';
import { timed } from './support/timed.ts';

const LATENCY_MS = 150;
const SAMPLES = 15;
/** What is ours on top of fal's round trips, in ms. */
const ALLOWANCE_MS = 15;
const COLD_ROUND_TRIPS = 2.1;
const REMEMBERED_ROUND_TRIPS = 1.15;

/** One "Ver Uso" beside fal's own round trip, measured in turn. */
export async function benchVerUso(): Promise<Figure[]> {
  const fal = await startChild<{ url: string; key: string }>('simulator.ts', [String(LATENCY_MS)]);
  const { url, key } = fal.ready;
  const trips: number[] = [];
  const cold: number[] = [];
  const remembered: number[] = [];
  try {
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      // A process that has just started: no connection, no endpoint and no model is known.
      const client = createFalClient(createTransport({ baseUrl: url }));
      const ask = question(client, key);
      cold.push(await timed(ask));
      remembered.push(await timed(ask));
      trips.push(await timed(() => roundTrip(url, key)));
      await client.close();
    }
  } finally {
    await fal.stop();
  }
  const trip = median(trips);
  const figure = (name: string, taken: readonly number[], roundTrips: number): Figure => ({
    name,
    measured: `${median(taken).toFixed(0)} ms, round trip ${trip.toFixed(0)} ms`,
    ratio: `${(median(taken) / trip).toFixed(2)} round trips`,
    target: `<= ${roundTrips} and ${ALLOWANCE_MS} ms`,
    pass: median(taken) <= roundTrips * trip + ALLOWANCE_MS,
  });
  return [
    figure(`(a) Ver Uso, cold, fal ${LATENCY_MS} ms away`, cold, COLD_ROUND_TRIPS),
    figure('    the same, endpoints remembered', remembered, REMEMBERED_ROUND_TRIPS),
  ];
}

function question(client: ReturnType<typeof createFalClient>, key: string) {
  const liveUsage: LiveUsage = createLiveUsage({
    fal: client,
    catalogue: createCatalogue(client),
    now: Temporal.Now.instant,
    timeoutMs: 20_000,
    cacheMs: 0,
  });
  return () =>
    liveUsage({
      key,
      period: (now) => presetPeriod('24h', 'America/Mexico_City', now),
      periodName: '24h',
      endpointIds: [],
    });
}

async function roundTrip(url: string, key: string): Promise<void> {
  const { body } = await request(`${url}/account/billing`, {
    headers: { authorization: `Key ${key}` },
  });
  await body.dump();
}
