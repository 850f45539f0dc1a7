import { expect, test } from 'vitest';
import { keepAnswer } from '../../src/metrics/kept-answer.ts';

/** Readings that end when the test says so, and a clock that it sets. */
function readings(cacheMs: number) {
  const clock = { ms: 0 };
  const begun: PromiseWithResolvers<number>[] = [];
  const ask = keepAnswer(
    () => {
      const reading = Promise.withResolvers<number>();
      begun.push(reading);
      return reading.promise;
    },
    cacheMs,
    () => clock.ms,
  );
  async function end(number: number, tookMs: number) {
    clock.ms += tookMs;
    begun[number]?.resolve(number);
    await Promise.resolve();
  }
  return { ask, begun, clock, end };
}

test('asks once for all who ask meanwhile, however long that takes', async () => {
  const { ask, begun, end } = readings(10_000);
  const first = ask();
  const second = ask();
  await end(0, 600_000);
  expect([await first, await second, begun.length]).toEqual([0, 0, 1]);
});

test('gives the same answer for a while, and then asks again', async () => {
  const { ask, begun, clock, end } = readings(10_000);
  ask();
  await end(0, 100);
  clock.ms += 9_999;
  await ask();
  expect(begun).toHaveLength(1);
  clock.ms += 1;
  ask();
  expect(begun).toHaveLength(2);
});

test.each([
  { tookMs: 4_000, keptMs: 36_000 },
  { tookMs: 60_000, keptMs: 300_000 },
])('rests for $keptMs ms after $tookMs ms of reading', async ({ tookMs, keptMs }) => {
  const { ask, begun, clock, end } = readings(10_000);
  ask();
  await end(0, tookMs);
  clock.ms += keptMs - 1;
  await ask();
  expect(begun).toHaveLength(1);
  clock.ms += 1;
  ask();
  expect(begun).toHaveLength(2);
});

test('does not keep a failure', async () => {
  const { ask, begun } = readings(10_000);
  const failing = ask();
  begun[0]?.reject(new Error('away'));
  await expect(failing).rejects.toThrow('away');
  ask();
  expect(begun).toHaveLength(2);
});

test('keeps nothing where nothing is to be kept, but still asks once at a time', async () => {
  const { ask, begun, end } = readings(0);
  ask();
  ask();
  expect(begun).toHaveLength(1);
  await end(0, 5);
  ask();
  expect(begun).toHaveLength(2);
});
