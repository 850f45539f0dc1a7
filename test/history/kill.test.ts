import { expect, test } from 'vitest';
import { custom, slowHeaders } from '../../src/demo/faults.ts';
import { createRandom } from '../../src/demo/prng.ts';
import { spin } from '../support/spin.ts';
import { finish, type Setting, setUp } from './replica/setting.ts';
import { startReplica } from './replica/start.ts';

/** `npm run test:kill` kills fifty times. */
const KILLS = Number(process.env.KILL_ROUNDS ?? 6);
const SEED = 20_260_308;
const LEASE_MS = 60_000;

test.each([
  ['sqlite', KILLS],
  ['postgres', Math.ceil(KILLS / 2)],
] as const)(
  'killed in the middle of a backfill, a copy on %s is in the end as if it never was, %d times',
  { timeout: 60_000 + KILLS * 10_000 },
  async (engine, kills) => {
    const setting = await setUp({ accounts: 2, days: 30, requestsOfEach: 400 });
    const random = createRandom(SEED);
    const expected = await finish(setting, await setting.emptyPlace(engine));
    const wholeBackfill = setting.fal.received.length;
    expect(expected.slots.length).toBeGreaterThan(1_000);

    for (let killed = 0; killed < kills; ) {
      const place = await setting.emptyPlace(engine);
      let isOver = false;
      while (!isOver && killed < kills) {
        const questions = 1 + Math.floor((random() * wholeBackfill) / 4);
        isOver = await backfill(setting, place, { questions, spinMs: random() * 15 });
        if (!isOver) killed += 1;
      }
      expect(await finish(setting, place)).toEqual(expected);
    }
  },
);

/**
 * Lets a process read until it has asked fal so often, and kills it.
 * @returns whether it had read everything before.
 */
async function backfill(
  { fal, slugs, aheadMs, forward }: Setting,
  env: Record<string, string>,
  { questions, spinMs }: { questions: number; spinMs: number },
): Promise<boolean> {
  const asked = Promise.withResolvers<false>();
  fal.reset();
  if (questions > 1) fal.fault(/./, slowHeaders(0), questions - 1);
  // What it has been told by then it may still be storing.
  const last = custom(() => asked.resolve(false));
  fal.fault(/./, last);
  const clockAheadMs = aheadMs();
  const replica = startReplica({
    env,
    clockAheadMs,
    leaseMs: LEASE_MS,
    tickMs: 50,
    intervalMs: null,
  });
  let ended = 0;
  const everything = replica.heard(({ event, job }) => {
    if (event === 'ends' && job.startsWith('sync:')) ended += 1;
    return ended === slugs.length;
  });
  const isOver = await Promise.race([asked.promise, everything.then(() => true)]);
  spin(spinMs);
  await replica.kill();
  fal.reset();
  // By the next one's clock the dead one's leases are over.
  forward(LEASE_MS + 1_000);
  return isOver;
}
