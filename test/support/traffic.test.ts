import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settledMs, traffic } from './traffic.ts';

const start = Temporal.Instant.from('2026-03-27T00:00:00Z');
const shape = { start, days: 5, requests: { min: 300, max: 600 } };
const sample = (seed: number, numRuns = 1) => fc.sample(traffic(shape), { seed, numRuns });

test('the same seed gives the same traffic', () => {
  expect(sample(7)).toEqual(sample(7));
  expect(sample(8)).not.toEqual(sample(7));
});

test('there is as much as asked for, in the days asked for, oldest first', () => {
  for (const requests of sample(7, 5)) {
    const times = requests.map(({ atMs }) => atMs);
    const called = requests.filter(({ call }) => call).length;
    expect(called).toBeGreaterThanOrEqual(300);
    expect(called).toBeLessThanOrEqual(600);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(start.epochMilliseconds);
    expect(times.at(-1)).toBeLessThan(start.add({ hours: 5 * 24 }).epochMilliseconds);
    expect(settledMs(requests)).toBeGreaterThan(times.at(-1) ?? 0);
  }
});

test.each([
  ['late', ({ atMs, knownAtMs = atMs }) => knownAtMs > atMs],
  ['corrected to nothing', ({ correction }) => correction?.quantityNano === 0n],
  [
    'corrected to another cost',
    ({ costNano, correction }) => costNano < (correction?.costNano ?? 0n),
  ],
  ['not billed', ({ quantityNano }) => quantityNano === 0n],
  ['billed and free', ({ quantityNano, costNano }) => quantityNano > 0n && costNano === 0n],
  [
    'billed though it failed',
    ({ outcome, quantityNano }) => outcome !== 'success' && quantityNano > 0n,
  ],
  ['a server error', ({ outcome }) => outcome === 'server_error'],
  ['a further charge', ({ call }) => !call],
  ['billed under another id', ({ endpointId, billedId }) => endpointId !== billedId],
  ['called by nobody known', ({ caller }) => !caller.apiKeyId && !caller.loginUsername],
  ['discounted', ({ percentDiscount }) => (percentDiscount ?? 0) > 0],
] satisfies [string, (request: ReturnType<typeof sample>[0][0]) => boolean][])(
  'some of it is %s',
  (_, matches) => {
    expect(sample(7).flat().some(matches)).toBe(true);
  },
);

test('thousands are no more than a sample away', () => {
  const many = { start, days: 30, requests: { min: 3000, max: 4000 } };
  expect(fc.sample(traffic(many), { seed: 7, numRuns: 1 }).flat().length).toBeGreaterThan(3000);
});
