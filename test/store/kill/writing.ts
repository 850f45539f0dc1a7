import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { Store, StoreOptions } from '../../../src/store/store.ts';

export interface Writing {
  /** Names of the rows that were acknowledged so far. */
  acknowledged: string[];
  /** Resolves when that many lines were heard, of which the first comes before the store is opened. */
  heard(lines: number): Promise<void>;
  /** Ends it as a power cut would, and resolves when all that it said was heard. */
  kill(): Promise<void>;
}

/** Starts a process that writes to the store at that place. */
export function startWriting(place: StoreOptions, series: string): Writing {
  const args = ['test/store/kill/writer.ts', place.databaseUrl ?? '', place.dataDir, series];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill('SIGKILL');
  onTestFinished(() => void kill());
  const lines: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const reader = createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    for (const { count, resolve } of waiting) if (lines.length >= count) resolve();
  });
  const silent = once(reader, 'close');
  return {
    get acknowledged() {
      return lines.slice(1);
    },
    heard: (count) =>
      new Promise((resolve) => {
        waiting.push({ count, resolve });
        if (lines.length >= count) resolve();
      }),
    async kill() {
      kill();
      await silent;
    },
  };
}

/** Names of all rows; @throws when one is there without its audit entry, or the other way round. */
export async function rowsOf({ db }: Pick<Store, 'db'>): Promise<Set<string>> {
  const rows = await db.selectFrom('settings').select('name').orderBy('name').execute();
  const entries = await db.selectFrom('audit_entries').select('target').execute();
  const names = new Set(rows.map(({ name }) => name));
  const written = new Set(entries.map(({ target }) => target));
  const halves = [...names.symmetricDifference(written)];
  if (halves.length > 0) throw new Error(`half-written: ${halves.join(', ')}`);
  return names;
}
