import { randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { syncToDisk } from '../sync-to-disk.ts';

const FILE = 'app-secret';
/** The one that is about to take its place. */
const NEXT_FILE = 'app-secret.next';

/**
 * The secret that everything else is encrypted under: what the operator set, else one that is made
 * at the first start and kept in the data folder, readable by its owner alone.
 */
export function readAppSecret(config: { appSecret: string | null; dataDir: string }): string {
  return config.appSecret ?? readKept(config.dataDir) ?? makeOne(config.dataDir, FILE);
}

/** The secret that a rotation was about to bring; `null` when there is none under way. */
export function readNextSecret(dataDir: string): string | null {
  return readFile(join(dataDir, NEXT_FILE));
}

/**
 * Puts a new secret beside the kept one, on the disk before this returns. One that a rotation which
 * was cut off left there is taken: another process may be using it at this moment.
 */
export function prepareNextSecret(dataDir: string): string {
  return readNextSecret(dataDir) ?? makeOne(dataDir, NEXT_FILE);
}

/** The next secret becomes the kept one, in one step. */
export function adoptNextSecret(dataDir: string): void {
  try {
    renameSync(join(dataDir, NEXT_FILE), join(dataDir, FILE));
  } catch (error) {
    // Another process that starts at this moment adopts it just the same.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  syncToDisk(dataDir);
}

function readKept(dataDir: string): string | null {
  return readFile(join(dataDir, FILE));
}

function readFile(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all, and never over one that another process just made. */
function makeOne(dataDir: string, name: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = join(dataDir, `${name}.${randomUUID()}`);
  const made = randomBytes(32).toString('base64url');
  writePrivately(draft, made);
  try {
    linkSync(draft, join(dataDir, name));
    syncToDisk(dataDir);
    return made;
  } catch (error) {
    const kept = readFile(join(dataDir, name));
    if (kept === null) throw error;
    return kept;
  } finally {
    rmSync(draft);
  }
}

function writePrivately(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, `${text}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
