import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { median } from './support/stats.ts';
import type { Load, LoadTaken } from './throughput/load.ts';

const PATH = '/api/config/falai-usage';
const TARGET = 0.6;
const ROUNDS = 9;
/** A round of each takes about a second. */
const REQUESTS = 10_000;
const WARM_UP_REQUESTS = 10_000;

interface Server {
  url: string;
}

/** Requests a second of a remembered answer, beside servers that do nothing but send it. */
export async function benchThroughput(): Promise<Figure[]> {
  const directory = await mkdtemp(join(tmpdir(), 'fal-usage-bench-'));
  const children: Child<unknown>[] = [];
  async function start<Ready>(file: string, ...args: string[]): Promise<Child<Ready>> {
    const child = await startChild<Ready>(file, args);
    children.push(child);
    return child;
  }
  try {
    const fal = await start<{ url: string; key: string }>('simulator.ts');
    const form = new URLSearchParams({ api_key: fal.ready.key }).toString();
    const panel = await start<Server>('throughput/panel-server.ts', fal.ready.url);
    const bodyFile = join(directory, 'body.json');
    const body = await askOnce(panel.ready.url, form);
    await writeFile(bodyFile, body);
    const bareExpress = await start<Server>('throughput/express-server.ts', PATH, bodyFile);
    const bareHttp = await start<Server>('throughput/http-server.ts', PATH, bodyFile);
    const load = await start('throughput/load.ts');

    const rate = async ({ ready: { url } }: Child<Server>, requests = REQUESTS) => {
      const asked: Load = { url, path: PATH, form, requests };
      return requests / (await load.ask<LoadTaken>(asked)).seconds;
    };
    const contestants = [panel, bareExpress, bareHttp];
    for (const server of contestants) await rate(server, WARM_UP_REQUESTS);
    const rounds: number[][] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const rates: number[] = [];
      for (const server of contestants) rates.push(await rate(server));
      rounds.push(rates);
    }
    return figures(rounds, body.length);
  } finally {
    for (const child of children) await child.stop();
    await rm(directory, { recursive: true });
  }
}

async function askOnce(url: string, form: string): Promise<string> {
  const response = await fetch(url + PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form,
  });
  if (!response.ok) throw new Error(`the panel answered ${response.status}`);
  return response.text();
}

function figures(rounds: readonly number[][], bytes: number): Figure[] {
  const rateOf = (which: number) => median(rounds.map((round) => round[which] ?? 0));
  const ratioTo = (which: number) =>
    median(rounds.map((round) => (round[0] ?? 0) / (round[which] ?? 0)));
  const ratio = ratioTo(1);
  const perSecond = (rate: number) => `${Math.round(rate).toLocaleString('en')} requests/s`;
  return [
    {
      name: `(b) remembered answer of ${(bytes / 1000).toFixed(1)} kB`,
      measured: `${perSecond(rateOf(0))}, bare Express ${perSecond(rateOf(1))}`,
      ratio: `${ratio.toFixed(2)} x bare Express`,
      target: `>= ${TARGET}`,
      pass: ratio >= TARGET,
    },
    {
      name: '    the same, for scale',
      measured: `bare node:http ${perSecond(rateOf(2))}`,
      ratio: `${ratioTo(2).toFixed(2)} x node:http`,
      target: '',
      pass: null,
    },
  ];
}
