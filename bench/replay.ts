import { runReplay } from './replay/run.ts';
import { replayTable } from './replay/table.ts';
import { benchFolder } from './support/folder.ts';

const began = performance.now();
const [seed = '20260901'] = process.argv.slice(2);
const replay = await runReplay({
  seed: Number(seed),
  calmMinutes: 60,
  busyMinutes: 5,
  folder: benchFolder(),
});
const { text, isGood } = replayTable(replay);
const failed = [...replay.failedJobs].map(([name, times]) => `${name} ${times}`).join(', ');
process.stdout.write(
  `${text}\n${replay.looks} looks; failed: ${failed}. In ${Math.round((performance.now() - began) / 1_000)} s.\n`,
);
process.exitCode = isGood ? 0 : 1;
