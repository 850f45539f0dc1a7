import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const FILE = 'app-secret';

/**
 * The secret that everything else is encrypted under: what the operator set, else one that is made
 * at the first start and kept in the data folder, readable by its owner alone.
 */
export function readAppSecret(config: { appSecret: string | null; dataDir: string }): string {
  return config.appSecret ?? readKept(config.dataDir) ?? makeOne(config.dataDir);
}

function readKept(dataDir: string): string | null {
  try {
    return readFileSync(join(dataDir, FILE), 'utf8').trim() || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all, and never over one that another process just made. */
function makeOne(dataDir: string): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = join(dataDir, `${FILE}.${process.pid}`);
  const made = randomBytes(32).toString('base64url');
  writePrivately(draft, made);
  try {
    linkSync(draft, join(dataDir, FILE));
    return made;
  } catch (error) {
    const kept = readKept(dataDir);
    if (kept === null) throw error;
    return kept;
  } finally {
    rmSync(draft);
  }
}

function writePrivately(file: string, text: string): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    writeSync(descriptor, `${text}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
