import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * A Chromium that is on this machine: `CHROMIUM_PATH`, Playwright's own, or one on the `PATH`.
 * @returns its path, or `null`.
 */
export function findChromium(): string | null {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const places = [process.env.CHROMIUM_PATH ?? '', chromium.executablePath(), ...onPath];
  return places.find((place) => place !== '' && isExecutable(place)) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Debian's own Chromium, with a font: a bare machine has none, and text would have no width. */
function installFromDebian(): void {
  const run = (...args: string[]) =>
    execFileSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  run('update', '-qq');
  run('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation');
}

if (import.meta.main && findChromium() === null) {
  const isRoot = process.getuid?.() === 0;
  process.stdout.write('The browser tests need a Chromium and found none.\n');
  try {
    if (!isRoot) throw new Error('only root can install packages');
    process.stdout.write('Installing the package "chromium" with apt-get ...\n');
    installFromDebian();
    if (findChromium() === null) throw new Error('the package brought no chromium');
  } catch (error) {
    process.stderr.write(
      `No Chromium for the browser tests (${(error as Error).message}). Install one ` +
        '(Debian: "apt-get install chromium", others: "npx playwright install chromium") or set ' +
        'CHROMIUM_PATH to an existing one.\n',
    );
    process.exitCode = 1;
  }
}
