import type { SyncMemory } from './history/sync-rounds.ts';
import { startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';

const ROUNDS = 10_000;
const TARGET_MB = 20;

/** Memory early and late in ten thousand rounds of the sync, five minutes apart on their clock. */
export async function benchSyncMemory(): Promise<Figure[]> {
  const child = await startChild<SyncMemory>(
    'history/sync-rounds.ts',
    [String(ROUNDS)],
    ['--expose-gc'],
  );
  const { early, late } = child.ready;
  await child.stop();
  return [
    {
      name: `(j) memory over ${ROUNDS.toLocaleString('en')} rounds of the sync`,
      measured: `${(early / 1e6).toFixed(0)} MB, then ${(late / 1e6).toFixed(0)} MB`,
      ratio: '',
      target: `within ${TARGET_MB} MB`,
      pass: (late - early) / 1e6 <= TARGET_MB,
    },
  ];
}
