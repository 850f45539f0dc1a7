import { expect, test } from 'vitest';
import { createSingleFlight } from '../src/single-flight.ts';

test('the same question at the same moment is asked once', async () => {
  const share = createSingleFlight<number>();
  let asked = 0;
  const work = async () => {
    asked += 1;
    return asked;
  };
  const answers = await Promise.all(Array.from({ length: 10 }, () => share('q', undefined, work)));
  expect(answers).toEqual(Array(10).fill(1));
  expect(await share('q', undefined, work)).toBe(2);
});

test('different questions do not wait for each other', async () => {
  const share = createSingleFlight<string>();
  const never = share('slow', undefined, () => new Promise(() => {}));
  expect(await share('fast', undefined, async () => 'answer')).toBe('answer');
  expect(never).toBeInstanceOf(Promise);
});

test('one caller going away leaves the others their answer', async () => {
  const share = createSingleFlight<string>();
  const leaver = new AbortController();
  const answer = Promise.withResolvers<string>();
  const leaving = share('q', leaver.signal, () => answer.promise);
  const staying = share('q', undefined, () => Promise.reject(new Error('asked twice')));
  leaver.abort(new Error('gone'));
  await expect(leaving).rejects.toThrow('gone');
  answer.resolve('still here');
  expect(await staying).toBe('still here');
});

test('the work is aborted when nobody waits any more, and the next caller starts anew', async () => {
  const share = createSingleFlight<string>();
  const leaver = new AbortController();
  const started = Promise.withResolvers<AbortSignal>();
  const leaving = share('q', leaver.signal, (signal) => {
    started.resolve(signal);
    return new Promise(() => {});
  });
  const signal = await started.promise;
  leaver.abort(new Error('gone'));
  await expect(leaving).rejects.toThrow('gone');
  expect(signal.aborted).toBe(true);
  expect(await share('q', undefined, async () => 'new')).toBe('new');
});

test('a failure reaches everybody who waits and is not kept', async () => {
  const share = createSingleFlight<string>();
  const fail = async () => {
    throw new Error('fal is down');
  };
  const both = [share('q', undefined, fail), share('q', undefined, fail)];
  for (const one of both) await expect(one).rejects.toThrow('fal is down');
  expect(await share('q', undefined, async () => 'up again')).toBe('up again');
});
