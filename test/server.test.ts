import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openAccount } from '../src/accounts/accounts.ts';
import { readConfig } from '../src/config.ts';
import * as faults from '../src/demo/faults.ts';
import { startSimulator } from '../src/demo/simulator.ts';
import { createServices } from '../src/services.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/** The real process, as `npm start` runs it. */
function start(env: Record<string, string>) {
  const child = spawn('node', ['src/main.ts'], {
    env: { PATH: process.env.PATH ?? '', PORT: '0', DATA_DIR: temporaryFolder(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function ready(child: ReturnType<typeof start>): Promise<string> {
  for await (const line of createInterface(child.stdout)) {
    const url = line.match(/http:\/\/[\d.:]+/)?.[0];
    if (url) {
      child.stdout.resume();
      return url;
    }
  }
  throw new Error('the panel ended before it was ready');
}

test('a bare start serves the panel, and stops when told to', async () => {
  const child = start({});
  const url = await ready(child);
  const page = await fetch(`${url}/admin/config`, { redirect: 'manual' });
  expect(page.headers.get('location')).toBe('/admin/login?next=%2Fadmin%2Fconfig');
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ok: true });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('npm start stops like that as well, and leaves nothing behind', async () => {
  const child = spawn('npm', ['start'], {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      PORT: '0',
      DATA_DIR: temporaryFolder(),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const url = await ready(child);
  child.kill('SIGTERM');
  await once(child, 'exit');
  await expect
    .poll(() =>
      fetch(`${url}/healthz`).then(
        () => 'up',
        () => 'down',
      ),
    )
    .toBe('down');
});

test('every script leaves out the compiler that miscounts, and so do these tests', () => {
  const file = new URL('../package.json', import.meta.url);
  const scripts: Record<string, string> = JSON.parse(readFileSync(file, 'utf8')).scripts;
  const running = Object.values(scripts).filter((line) => / src\/|playwright test/.test(line));
  expect(running.length).toBeGreaterThan(4);
  expect(running.filter((line) => !line.includes('--no-maglev-osr'))).toEqual([]);
  expect(process.execArgv).toContain('--no-maglev-osr');
});

describe('a stop', () => {
  test('lets a running question finish and takes no new ones', async () => {
    const fal = await startSimulator({ days: 2 });
    onTestFinished(() => fal.close());
    fal.fault('/models/usage', faults.slowHeaders(600), 1);
    const child = start({ FAL_API_BASE_URL: fal.url });
    const url = await ready(child);
    const answer = fetch(`${url}/api/config/falai-usage`, {
      method: 'POST',
      body: new URLSearchParams({ api_key: fal.keys.admin }),
    });
    while (fal.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGTERM');
    expect(await (await answer).json()).toMatchObject({ ok: true });
    expect(await once(child, 'exit')).toEqual([0, null]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});

describe('a start that can not be', () => {
  async function failedStart(env: Record<string, string>) {
    const child = start(env);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const [code] = await once(child, 'exit');
    return { code, said };
  }

  test('says every mistake of the configuration in a line, and no stack', async () => {
    const { code, said } = await failedStart({ PORT: 'web', LOG_LEVEL: 'loud' });
    expect(code).toBe(1);
    expect(said.trim().split('\n')).toEqual([
      "Can't start:",
      '  PORT must be a whole number from 0 to 65535 (it is "web")',
      '  LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent (it is "loud")',
    ]);
  });

  test('says that the address is not one of this machine', async () => {
    const { code, said } = await failedStart({ HOST: '192.0.2.1' });
    expect(code).toBe(1);
    expect(said).toMatch(/^Can't start: .*HOST must be an address of this machine\.\n$/);
  });

  test('says that the secret is the wrong one, and leaves the keys as they are', async () => {
    const DATA_DIR = temporaryFolder();
    const APP_SECRET = 'the right secret, of thirty-two characters';
    const FAL_KEY = 'some-id-7f3a:some-secret-of-fal';
    const first = start({ DATA_DIR, APP_SECRET, FAL_KEY });
    await ready(first);
    first.kill('SIGTERM');
    await once(first, 'exit');
    const { code, said } = await failedStart({
      DATA_DIR,
      APP_SECRET: 'another secret of thirty-two characters',
    });
    expect(code).toBe(1);
    expect(said).toBe(
      "Can't start: APP_SECRET is not the one that the stored keys were encrypted with. Nothing was changed: start again with the right one.\n",
    );
    const services = await createServices(readConfig({ DATA_DIR, APP_SECRET }));
    onTestFinished(() => services.close());
    const opened = await openAccount(services.store.db, services.seal, null);
    expect(opened?.key).toBe(FAL_KEY);
  });

  test('says that the port is taken', async () => {
    const fal = await startSimulator({ days: 1 });
    onTestFinished(() => fal.close());
    const { code, said } = await failedStart({ PORT: new URL(fal.url).port });
    expect(code).toBe(1);
    expect(said).toMatch(/^Can't start: .*EADDRINUSE.*Try another PORT\.\n$/);
  });
});
