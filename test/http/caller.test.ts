import { EventEmitter } from 'node:events';
import type { Response } from 'express';
import { expect, test } from 'vitest';
import { callerSignal } from '../../src/http/caller.ts';

const response = (writableFinished: boolean) =>
  Object.assign(new EventEmitter(), { writableFinished }) as unknown as Response;

test('a page that asks fal about many accounts listens once for its caller', () => {
  const res = response(false);
  const signals = new Set(Array.from({ length: 200 }, () => callerSignal(res)));
  expect([signals.size, res.listenerCount('close')]).toEqual([1, 1]);
});

test('a caller that hangs up aborts what is asked, and one that was answered does not', () => {
  const aborted = [false, true].map((isAnswered) => {
    const res = response(isAnswered);
    const signal = callerSignal(res);
    res.emit('close');
    return signal.aborted;
  });
  expect(aborted).toEqual([true, false]);
});
