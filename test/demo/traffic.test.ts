import { expect, test } from 'vitest';
import { generatedHistory } from '../../src/demo/history.ts';
import { HOUR_MS, trafficOfHour } from '../../src/demo/traffic.ts';
import { ask, body, DAY, NOW, simulator } from './ask.ts';

const SATURDAY_EVENING = Temporal.Instant.from('2026-01-11T03:00:00Z').epochMilliseconds;

test('an hour always has the same requests for the same seed', () => {
  const once = trafficOfHour(7, SATURDAY_EVENING, 'America/Mexico_City');
  expect(once.length).toBeGreaterThan(50);
  expect(trafficOfHour(7, SATURDAY_EVENING, 'America/Mexico_City')).toEqual(once);
  expect(trafficOfHour(8, SATURDAY_EVENING, 'America/Mexico_City')).not.toEqual(once);
});

test('an hour keeps to itself, oldest request first', () => {
  const times = trafficOfHour(7, SATURDAY_EVENING, 'America/Mexico_City').map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times[0]).toBeGreaterThanOrEqual(SATURDAY_EVENING);
  expect(times.at(-1)).toBeLessThan(SATURDAY_EVENING + HOUR_MS);
});

test('the venue is full in its own evening', () => {
  const inMexico = trafficOfHour(7, SATURDAY_EVENING, 'America/Mexico_City').length;
  const inMadrid = trafficOfHour(7, SATURDAY_EVENING, 'Europe/Madrid').length;
  expect(inMexico).toBeGreaterThan(20 * inMadrid);
});

test('a day in the past is the same whenever it is looked at', async () => {
  const early = await simulator();
  const late = await simulator({ now: () => NOW.add({ hours: 100 }), days: 9 });
  expect(late.truth(DAY)).toEqual(early.truth(DAY));
});

test('any 24 hours look like a venue', async () => {
  const sim = await simulator({ days: 45 });
  for (let day = 0; day < 44; day += 1) {
    const end = NOW.subtract({ hours: 24 * day });
    const truth = sim.truth({ start: end.subtract({ hours: 24 }), end });
    expect(truth.count).toSatisfy((count: number) => count > 200 && count < 2000);
    expect(truth.costNano).toSatisfy((cost: bigint) => cost > 15n * 10n ** 9n);
    expect(truth.costNano).toSatisfy((cost: bigint) => cost < 160n * 10n ** 9n);
    expect(truth.failures).toBeGreaterThan(0);
  }
});

test('time brings new requests and none before their time', async () => {
  let now = NOW;
  const sim = await simulator({ now: () => now });
  const before = sim.truth({ start: NOW, end: NOW.add({ hours: 48 }) });
  now = NOW.add({ hours: 24 });
  const after = sim.truth({ start: NOW, end: NOW.add({ hours: 48 }) });
  expect(before.count).toBe(0);
  expect(after.count).toBeGreaterThan(200);
});

test('each hour is made once, however often the clock moves on', () => {
  const nowMs = NOW.epochMilliseconds;
  const history = generatedHistory({ seed: 7, timezone: 'America/Mexico_City', days: 1, nowMs });
  const before = history.upTo(nowMs).entries.slice();
  for (let step = 1; step <= 10_000; step += 1) history.upTo(nowMs + step * 5 * 60_000);
  const after = history.upTo(nowMs).entries;
  expect(after.slice(0, before.length).every((entry, index) => entry === before[index])).toBe(true);
  const ids = new Set(
    after.filter(({ request }) => request.call).map(({ request }) => request.requestId),
  );
  const days = Math.ceil((10_000 * 5) / 60 / 24);
  expect(ids.size).toBeGreaterThan(days * 200);
  expect(ids.size).toBe(after.filter(({ request }) => request.call).length);
});

test('a clock that moves in small steps brings what one that jumps brings', async () => {
  let now = NOW;
  const stepping = await simulator({ now: () => now, days: 2 });
  const end = NOW.add({ hours: 12 });
  let steps = 0n;
  for (; Temporal.Instant.compare(now, end) < 0; now = now.add({ minutes: 5 })) {
    steps += stepping.truth({ start: now.subtract({ minutes: 5 }), end: now }).costNano;
  }
  const jumping = await simulator({ now: () => end, days: 3 });
  const minutes = { minutes: 5 };
  const period = { start: NOW.subtract(minutes), end: end.subtract(minutes) };
  expect(steps).toBe(jumping.truth(period).costNano);
  expect(steps).toBeGreaterThan(0n);
});

test('the balance falls by what is spent until the next top-up', async () => {
  let now = NOW;
  const sim = await simulator({ now: () => now });
  const balance = async () => {
    const answer = await body(sim, '/account/billing', { expand: 'credits' });
    return (answer.credits as { current_balance: number }).current_balance;
  };
  const before = await balance();
  now = NOW.add({ hours: 24 });
  const spent = sim.truth({ start: NOW, end: now }).costNano;
  expect(BigInt(Math.round((before - (await balance())) * 1e9))).toBe(spent);
  now = Temporal.Instant.from('2026-01-19T15:00:00Z');
  expect(await balance()).toBe(750);
});

test('requests are recorded without secrets', async () => {
  const sim = await simulator();
  await ask(sim, '/models/pricing', { endpoint_id: 'fal-ai/flux/dev' }, sim.keys.api);
  await ask(sim, '/models', {}, null);
  expect(sim.received).toMatchObject([
    { method: 'GET', path: '/models/pricing', keyId: sim.keys.api.split(':')[0] },
    { method: 'GET', path: '/models', keyId: null },
  ]);
  expect(sim.received[0]?.query.get('endpoint_id')).toBe('fal-ai/flux/dev');
});
