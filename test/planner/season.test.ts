import { expect, test } from 'vitest';
import { runSeason } from '../../bench/season/run.ts';
import { figuresOf } from '../../bench/season/table.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('three weeks of events, top-ups and outages come out as they were said', async () => {
  const report = await runSeason({
    seed: 20_260_216,
    weeks: 3,
    events: 5,
    calmHours: 8,
    folder: temporaryFolder(),
  });
  const figures = figuresOf(report);
  expect(report.topUps.length).toBeGreaterThan(3);
  expect([figures.missed, figures.wrongBounds, report.invented]).toEqual([[], [], []]);
  expect([figures.within, figures.withinSaid, report.events.length]).toEqual([5, 5, 5]);
  expect([figures.falselyEnough, figures.notEnough]).toEqual([[], []]);
  expect(figures.isBalanced).toBe(true);
  expect(report.ledger).toMatchObject({ difference: null, openProposals: 0 });
  expect(report.rounds.failed).toBeGreaterThan(0);
}, 60_000);
