import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type { Figure } from './support/figure.ts';
import { median } from './support/stats.ts';

const STARTS = 5;
const IDLE_MS = 3_000;
const TARGET_READY_MS = 1_500;
const TARGET_MEMORY_MB = 130;
const TARGET_LOAD_KB = 60;
const ADMIN = { ADMIN_EMAIL: 'bench@example.com', ADMIN_PASSWORD: 'a long password' };

const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));

/** What a freshly started panel needs: time, memory, and the bytes of its first page. */
export async function benchFootprint(): Promise<Figure[]> {
  const ready: number[] = [];
  const memory: number[] = [];
  let loaded = 0;
  const dataDir = await mkdtemp(join(tmpdir(), 'fal-usage-bench-'));
  for (let start = 0; start < STARTS; start += 1) {
    const began = performance.now();
    const child = spawn('sh', ['-c', scripts.start], {
      env: { ...process.env, PORT: '0', DATA_DIR: dataDir, ...ADMIN },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const url = await firstUrl(child.stdout);
      await request(`${url}/readyz`).then(({ body }) => body.dump());
      ready.push(performance.now() - began);
      await sleep(IDLE_MS);
      memory.push(await residentBytes(child.pid));
      if (start === 0) loaded = await firstLoadBytes(url);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  }
  await rm(dataDir, { recursive: true });
  const [readyMs, memoryMb, loadKb] = [median(ready), median(memory) / 1e6, loaded / 1e3];
  return [
    {
      name: 'from start to ready',
      measured: `${(readyMs / 1000).toFixed(2)} s`,
      ratio: '',
      target: `< ${TARGET_READY_MS / 1000} s`,
      pass: readyMs < TARGET_READY_MS,
    },
    {
      name: 'idle memory (resident)',
      measured: `${memoryMb.toFixed(0)} MB`,
      ratio: '',
      target: `< ${TARGET_MEMORY_MB} MB`,
      pass: memoryMb < TARGET_MEMORY_MB,
    },
    {
      name: 'first load of /admin/config, compressed',
      measured: `${loadKb.toFixed(1)} kB`,
      ratio: '',
      target: `<= ${TARGET_LOAD_KB} kB`,
      pass: loadKb <= TARGET_LOAD_KB,
    },
  ];
}

async function firstUrl(stdout: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const url = line.match(/http:\/\/[\d.:]+/)?.[0];
    if (url) {
      stdout.resume();
      return url;
    }
  }
  throw new Error('the panel ended before it was ready');
}

/** What the system counts, from /proc: the process can't count itself without growing. */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(status.match(/VmRSS:\s+(\d+) kB/)?.[1]) * 1024;
}

/** The page and everything it names, headers not counted. */
async function firstLoadBytes(url: string): Promise<number> {
  const cookie = await signIn(url);
  const fetched = async (path: string) => {
    const headers = { cookie, 'accept-encoding': 'gzip' };
    const { statusCode, body } = await request(url + path, { headers });
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
    return body.bytes();
  };
  const page = await fetched('/admin/config');
  const { body } = await request(`${url}/admin/config`, { headers: { cookie } });
  const named = [...(await body.text()).matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)];
  const assets = await Promise.all([...new Set(named.map(([, path]) => path ?? ''))].map(fetched));
  return [page, ...assets].reduce((sum, bytes) => sum + bytes.byteLength, 0);
}

/** @returns the cookie of a new session. */
async function signIn(url: string): Promise<string> {
  const form = await request(`${url}/admin/login`);
  const cookies = cookiesOf(form.headers['set-cookie']);
  const _csrf = (await form.body.text()).match(/name="_csrf" value="([^"]+)"/)?.[1] ?? '';
  const fields = { email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD, _csrf };
  const answer = await request(`${url}/admin/login`, {
    method: 'POST',
    headers: { cookie: cookies, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  });
  await answer.body.dump();
  return cookiesOf(answer.headers['set-cookie']);
}

function cookiesOf(given: string | string[] | undefined): string {
  return [given ?? []]
    .flat()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
