import type { Reading } from './million-rows/rows.ts';
import { startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { median } from './support/stats.ts';

const TARGET = 2;
const TARGET_PEAK_MB = 250;
const ROUNDS = 3;

/** Totals of a million charges, beside nothing but parsing the JSON that states them. */
export async function benchMillionRows(): Promise<Figure[]> {
  const pages = await startChild<{ url: string; bytes: number; totalNano: string }>(
    'million-rows/page-server.ts',
  );
  const { url, bytes, totalNano } = pages.ready;
  const read = async (file: string, ...args: string[]) =>
    (await startChild<Reading>(file, [url, ...args])).ready;
  try {
    const rounds: { ours: Reading; json: Reading }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const json = await read('million-rows/read-json.ts');
      const ours = await read('million-rows/read-totals.ts');
      if (ours.totalNano !== totalNano) throw new Error(`${ours.totalNano} is not ${totalNano}`);
      rounds.push({ ours, json });
    }
    const ratio = median(rounds.map(({ ours, json }) => ours.seconds / json.seconds));
    const peaks: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      peaks.push((await read('million-rows/read-totals.ts', 'over-http')).peakBytes / 1e6);
    }
    const peak = median(peaks);
    const seconds = (of: 'ours' | 'json') =>
      `${median(rounds.map((round) => round[of].seconds)).toFixed(2)} s`;
    return [
      {
        name: `(c) totals of 1,000,000 charges (${Math.round(bytes / 1e6)} MB of JSON)`,
        measured: `${seconds('ours')}, JSON.parse ${seconds('json')}`,
        ratio: `${ratio.toFixed(2)} x JSON.parse`,
        target: `<= ${TARGET.toFixed(1)}`,
        pass: ratio <= TARGET,
      },
      {
        name: '    peak memory of that',
        measured: `${Math.round(peak)} MB`,
        ratio: '',
        target: `< ${TARGET_PEAK_MB} MB`,
        pass: peak < TARGET_PEAK_MB,
      },
    ];
  } finally {
    await pages.stop();
  }
}
