import { expect, test } from 'vitest';
import { readAhead } from '../../src/overview/remembered.ts';

const START = Temporal.Instant.from('2026-03-01T00:00:00Z');
const CACHE_MS = 10_000;

/** A reader whose answers are the numbers of its readings, and when each of those ends. */
function startReading(cacheMs = CACHE_MS) {
  let at = START;
  let isBroken = false;
  const readings: string[] = [];
  const failures: unknown[] = [];
  const read = (how: string) => async (question: string) => {
    readings.push(`${how} ${question}`);
    if (isBroken) throw new Error('broken');
    return readings.length;
  };
  const ask = readAhead(
    {
      read: read('waiting'),
      readAhead: read('ahead'),
      nameOf: (question: string) => question,
      now: () => at,
      failed: (error) => failures.push(error),
    },
    cacheMs,
  );
  return {
    ask,
    readings,
    failures,
    pass: (seconds: number) => {
      at = at.add({ seconds });
    },
    breakDown: (broken: boolean) => {
      isBroken = broken;
    },
  };
}

/** Until what goes on meanwhile is over. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('what is known is said at once, and read anew meanwhile where it is not fresh', async () => {
  const { ask, pass, readings } = startReading();
  expect(await ask('a')).toBe(1);
  pass(9);
  expect(await ask('a')).toBe(1);
  pass(60);
  expect(await Promise.all([ask('a'), ask('a')])).toEqual([1, 1]);
  await settled();
  expect(await ask('a')).toBe(2);
  expect(readings).toEqual(['waiting a', 'ahead a']);
});

test('another question is another answer, and what nobody asked for long is read again', async () => {
  const { ask, pass, readings } = startReading();
  await ask('a');
  expect(await ask('b')).toBe(2);
  pass(11 * 60);
  expect(await ask('a')).toBe(3);
  expect(readings).toEqual(['waiting a', 'waiting b', 'waiting a']);
});

test('what fails meanwhile leaves what was known, and is tried again', async () => {
  const { ask, pass, breakDown, readings, failures } = startReading();
  await ask('a');
  pass(60);
  breakDown(true);
  expect(await ask('a')).toBe(1);
  await settled();
  expect(failures).toHaveLength(1);
  await expect(ask('b')).rejects.toThrow('broken');
  breakDown(false);
  expect(await ask('a')).toBe(1);
  expect(await ask('b')).toBe(5);
  await settled();
  expect(readings).toEqual(['waiting a', 'ahead a', 'waiting b', 'ahead a', 'waiting b']);
});

test('nothing is kept where nothing is to be', async () => {
  const { ask } = startReading(0);
  expect([await ask('a'), await ask('a')]).toEqual([1, 2]);
});
