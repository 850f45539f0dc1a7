import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { readConfig } from '../../src/config.ts';
import { createChannel } from '../../src/deliveries/change-channels.ts';
import { createRandom } from '../../src/demo/prng.ts';
import { createLogger } from '../../src/log.ts';
import { createServices, type Services } from '../../src/services.ts';
import type { Engine } from '../../src/store/engine.ts';
import { temporaryDatabase } from '../support/databases.ts';
import { spin } from '../support/spin.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTelling } from './kill/telling.ts';

/** `npm run test:kill` kills fifty times. */
const KILLS = Number(process.env.KILL_ROUNDS ?? 6);
const SEED = 20_260_308;
const LEASE_MS = 60_000;
/** Longer than any wait before another attempt in such a short time. */
const FORWARD_MS = 10 * 60_000;
const CHANNELS = ['one', 'two', 'three'];

interface Arrived {
  path: string;
  id: string;
  title: string;
}

/** Takes what is delivered, some of it slowly, and refuses some of it first. */
async function startReceiver(random: () => number) {
  const arrived: Arrived[] = [];
  let onNext: (() => void) | null = null;
  const server = createServer(async (req, res) => {
    const chunks = await req.toArray();
    const isRefused = random() < 0.02;
    if (!isRefused) {
      const { id, title } = JSON.parse(Buffer.concat(chunks).toString());
      arrived.push({ path: req.url ?? '', id, title });
    }
    onNext?.();
    setTimeout(() => res.writeHead(isRefused ? 503 : 204).end(), random() * 4);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    /** Resolves at the request of that number from now on, before it is answered. */
    request: (number: number) =>
      new Promise<void>((resolve) => {
        let left = number;
        onNext = () => {
          left -= 1;
          if (left === 0) resolve();
        };
      }),
  };
}

async function open<T>(env: Record<string, string>, work: (services: Services) => Promise<T>) {
  const services = await createServices(readConfig(env), { log: createLogger('silent') });
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

async function emptyPanel(engine: Engine, url: string): Promise<Record<string, string>> {
  const env = {
    DATA_DIR: temporaryFolder(),
    LOG_LEVEL: 'silent',
    ...(engine === 'postgres' && { DATABASE_URL: await temporaryDatabase() }),
  };
  await open(env, async (services) => {
    for (const id of CHANNELS) {
      const target = { kind: 'webhook', url: `${url}/${id}`, secrets: [] } as const;
      await createChannel(services, COMMAND_LINE, { id, name: id, locale: 'es', target });
    }
  });
  return env;
}

test.each([
  ['sqlite', KILLS],
  ['postgres', Math.ceil(KILLS / 2)],
] as const)(
  'killed anywhere between an incident and its delivery, a panel on %s loses nothing, %d times',
  { timeout: 60_000 + KILLS * 10_000 },
  async (engine, kills) => {
    const random = createRandom(SEED);
    const receiver = await startReceiver(random);
    const env = await emptyPanel(engine, receiver.url);
    const told = new Set<string>();
    const options = (round: number, tell: number) => ({
      ...{ env, tell, leaseMs: LEASE_MS },
      // By its clock the leases and attempts of the one that was killed are over.
      clockAheadMs: round * FORWARD_MS,
    });

    for (let round = 0; round < kills; round += 1) {
      const telling = startTelling(options(round, 60));
      await Promise.race([receiver.request(1 + Math.floor(random() * 80)), telling.rests]);
      // Before the answer, while it arrives, or while it is written down.
      spin(random() * 6);
      await telling.kill();
      for (const name of telling.told) told.add(name);
    }
    // What was refused last waits for its next attempt: clocks go forward until nothing is left.
    let isOver = false;
    for (let round = kills; !isOver; round += 1) {
      const last = startTelling(options(round, 0));
      isOver = await last.rests;
      await last.kill();
    }

    const { entries, deliveries } = await open(env, async ({ store: { db } }) => ({
      entries: await db
        .selectFrom('audit_entries')
        .select('target')
        .where('action', '=', 'settings.changed')
        .execute(),
      deliveries: await db.selectFrom('deliveries').selectAll().execute(),
    }));
    // Of the last of each round it may not have been heard that it was committed.
    const committed = entries.map(({ target }) => String(target));
    expect(committed).toEqual(expect.arrayContaining([...told]));
    expect(committed.length).toBeGreaterThan(kills);
    expect(new Set(deliveries.map(({ state }) => state))).toEqual(new Set(['sent']));
    const places = (of: readonly string[]) =>
      of.flatMap((name) => CHANNELS.map((id) => `/${id} ${name}`)).toSorted();
    const arrived = Map.groupBy(receiver.arrived, ({ path, title }) => `${path} ${title}`);
    expect([...arrived.keys()].toSorted()).toEqual(places(committed));
    const ids = [...arrived.values()].map((repeats) => new Set(repeats.map(({ id }) => id)).size);
    expect(new Set(ids)).toEqual(new Set([1]));
    // Some were cut off between the answer and what was written of it.
    const repeats = receiver.arrived.length - arrived.size;
    expect(repeats).toBeLessThanOrEqual((kills + 1) * CHANNELS.length);
  },
);
