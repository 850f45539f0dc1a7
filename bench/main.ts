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
  const cells = [
    ['what', 'measured', 'ratio', 'target', ''],
    ...lines.map((line) => [line.name, line.measured, line.ratio, line.target, verdict(line)]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const [head = [], ...rest] = cells;
  return line(head) + line(widths.map((width) => '-'.repeat(width))) + rest.map(line).join('');
}
