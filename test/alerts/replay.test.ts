import { expect, test } from 'vitest';
import { runReplay } from '../../bench/replay/run.ts';
import { figuresOf } from '../../bench/replay/table.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('of ninety days everything planted is told in time, once, and hardly anything else', async () => {
  const replay = await runReplay({
    seed: 20_260_901,
    calmMinutes: 720,
    busyMinutes: 10,
    folder: temporaryFolder(),
  });
  const { outcomes, missed, repeated, repeatedIds, unexplained, perAccountAndMonth } =
    figuresOf(replay);
  expect(outcomes.length).toBeGreaterThan(12);
  expect([missed, repeated, repeatedIds, unexplained]).toEqual([[], [], [], []]);
  expect(perAccountAndMonth).toBeLessThan(1);
}, 300_000);
