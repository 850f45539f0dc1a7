import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { lchownSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unref, untilEnded } from './processes.ts';
import type { ServerUser } from './user.ts';

/**
 * Reads process ids until the end of its input, which comes when the process at the other end stops
 * the server or dies in any way, `kill -9` included. Then it ends the server that it was told of
 * last, whose pid file goes last, and removes the folder, so that neither is ever left behind. The
 * signals that end a test run must not end it first, and an initdb may still be adding files.
 */
const GUARD = `
trap '' HUP INT TERM
while read -r line; do pid=$line; done
file="$1/data/postmaster.pid"
if [ -e "$file" ] && kill -QUIT "$pid"; then
  tries=0
  while [ -e "$file" ] && [ "$tries" -lt 250 ]; do sleep 0.02; tries=$((tries + 1)); done
  [ ! -e "$file" ] || kill -KILL "$pid"
fi
tries=0
until rm -rf "$1" || [ "$tries" -eq 20 ]; do sleep 0.2; tries=$((tries + 1)); done
`;

const TRY = 'printf "#!/bin/sh\\n" >"$1" && chmod +x "$1" && "$1" && rm "$1"';

/** A server's own folder, and the process that clears it away. */
export interface Home {
  path: string;
  /** Gives the server's account what was put into the folder. */
  handOver(): void;
  /** Makes sure that a server in the folder ends with this process. */
  watch(server: ChildProcess): void;
  /** Ends the server that runs in the folder and removes it. */
  remove(): Promise<void>;
}

export function makeHome(user: ServerUser | null): Home {
  const path = makeFolder(user);
  const guard = spawn('/bin/sh', ['-c', GUARD, 'postgres-guard', path], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  unref(guard);
  return {
    path,
    handOver() {
      const entries = readdirSync(path, { recursive: true, encoding: 'utf8' });
      for (const entry of entries) giveTo(user, join(path, entry));
    },
    watch(server) {
      guard.stdin.write(`${server.pid ?? ''}\n`);
    },
    async remove() {
      guard.stdin.end();
      await untilEnded(guard);
    },
  };
}

/** Root's `TMPDIR` may be one that the server's account cannot enter or run programs from. */
function makeFolder(user: ServerUser | null): string {
  for (const parent of new Set([...memory(), tmpdir(), '/tmp', '/var/tmp'])) {
    const path = mkdtempSync(join(parent, 'postgres-'));
    giveTo(user, path);
    const check = ['-c', TRY, 'try', join(path, 'try')];
    if (spawnSync('/bin/sh', check, { ...user, cwd: '/' }).status === 0) return path;
    rmSync(path, { recursive: true });
  }
  const who = user === null ? 'this account' : `the server's account (uid ${user.uid})`;
  throw new Error(`no temporary folder lets ${who} write files and run them; set TMPDIR to one`);
}

/**
 * A database is some 300 small files, which some disks take ten times as long to make. Containers
 * often have only 64 MB of this, too little for the databases of a run.
 */
function memory(): string[] {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > 2 ** 30 ? ['/dev/shm'] : [];
  } catch {
    return [];
  }
}

function giveTo(user: ServerUser | null, path: string): void {
  if (user !== null) lchownSync(path, user.uid, user.gid);
}
