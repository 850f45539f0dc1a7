import { expect, test } from 'vitest';
import { createQueue } from '../src/queue.ts';

function queue(parallel: number, waiting: number) {
  return createQueue({ parallel, waiting, full: () => new Error('full') });
}

test('no more is done at a time than was said, first come first served', async () => {
  const inTurn = queue(2, 10);
  const begun: number[] = [];
  const gates = [0, 1, 2, 3].map(() => Promise.withResolvers<void>());
  const done = gates.map(({ promise }, which) =>
    inTurn(async () => {
      begun.push(which);
      await promise;
      return which;
    }),
  );
  expect(begun).toEqual([0, 1]);
  gates[1]?.resolve();
  await done[1];
  expect(begun).toEqual([0, 1, 2]);
  for (const { resolve } of gates) resolve();
  expect(await Promise.all(done)).toEqual([0, 1, 2, 3]);
});

test('what is too much is refused at once, and later there is room again', async () => {
  const inTurn = queue(1, 1);
  const gate = Promise.withResolvers<void>();
  const [running, waiting] = [inTurn(() => gate.promise), inTurn(() => gate.promise)];
  await expect(inTurn(async () => 'third')).rejects.toThrow('full');
  gate.resolve();
  await Promise.all([running, waiting]);
  expect(await inTurn(async () => 'later')).toBe('later');
});

test('work that fails makes room for the next', async () => {
  const inTurn = queue(1, 1);
  const failing = inTurn(async () => {
    throw new Error('no');
  });
  const next = inTurn(async () => 'next');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('next');
});
