import { runSeason } from './season/run.ts';
import { seasonTable } from './season/table.ts';
import { benchFolder } from './support/folder.ts';

const began = performance.now();
const [seed = '20260216'] = process.argv.slice(2);
const report = await runSeason({
  seed: Number(seed),
  weeks: 13,
  events: 20,
  calmHours: 4,
  folder: benchFolder(),
});
const { text, isGood } = seasonTable(report);
process.stdout.write(`${text}\nIn ${Math.round((performance.now() - began) / 1_000)} s.\n`);
process.exitCode = isGood ? 0 : 1;
