import { availableParallelism } from 'node:os';
import { benchAlerts } from './alerts.ts';
import { benchBackfill } from './backfill.ts';
import { benchCreditsPages } from './credits-pages.ts';
import { benchFootprint } from './footprint.ts';
import { benchHistoryViews } from './history-views.ts';
import { benchInsert } from './insert.ts';
import { benchMillionRows } from './million-rows.ts';
import { benchSignIn } from './sign-in.ts';
import type { Figure } from './support/figure.ts';
import { markdownTable } from './support/markdown-table.ts';
import { benchSyncMemory } from './sync-memory.ts';
import { benchThroughput } from './throughput.ts';
import { benchVerUso } from './ver-uso.ts';
import { benchWindows } from './windows.ts';

const BENCHMARKS = [
  benchVerUso,
  benchThroughput,
  benchMillionRows,
  benchWindows,
  benchSignIn,
  benchBackfill,
  benchInsert,
  benchHistoryViews,
  benchCreditsPages,
  benchAlerts,
  benchSyncMemory,
  benchFootprint,
];

const figures: Figure[] = [];
for (const bench of BENCHMARKS) {
  process.stderr.write(`${bench.name} ...\n`);
  figures.push(...(await bench()));
}
process.stdout.write(
  `Node ${process.version}, ${availableParallelism()} cores\n\n${table(figures)}`,
);

function table(lines: readonly Figure[]): string {
  const verdict = ({ pass }: Figure) => (pass === null ? '' : pass ? 'pass' : 'MISS');
  return markdownTable(
    ['what', 'measured', 'ratio', 'target', ''],
    lines.map((line) => [line.name, line.measured, line.ratio, line.target, verdict(line)]),
  );
}
