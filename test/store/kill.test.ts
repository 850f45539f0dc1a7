import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createRandom } from '../../src/demo/prng.ts';
import { openStore } from '../../src/store/store.ts';
import { spin } from '../support/spin.ts';
import { emptyPlace } from '../support/stores.ts';
import { rowsOf, startWriting } from './kill/writing.ts';

/** `npm run test:kill` does a hundred. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 10);
const SECONDS = 1_000;
const SEED = 20_260_308;

test.each([
  ['sqlite', ROUNDS],
  ['postgres', Math.ceil(ROUNDS / 4)],
] as const)(
  'killed in the middle of writing, a store on %s has all that was acknowledged, %d times',
  { timeout: 60 * SECONDS + ROUNDS * 3 * SECONDS },
  async (engine, rounds) => {
    const place = await emptyPlace(engine);
    const random = createRandom(SEED);
    const acknowledged: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const writing = startWriting(place, String(round));
      // Every tenth dies while it opens the store, the first of them in the middle of the migration.
      const isOpening = round % 10 === 0;
      await writing.heard(isOpening ? 1 : 2 + Math.floor(random() * 150));
      spin(random() * (isOpening ? 60 : 3));
      await writing.kill();
      acknowledged.push(...writing.acknowledged);

      const store = await openStore(place);
      if (engine === 'sqlite') {
        const { rows } = await sql`pragma integrity_check`.execute(store.db);
        expect(rows).toEqual([{ integrity_check: 'ok' }]);
      }
      const rows = await rowsOf(store);
      expect(acknowledged.filter((name) => !rows.has(name))).toEqual([]);
      // At most one a round was committed and could not be acknowledged any more.
      expect(rows.size).toBeLessThanOrEqual(acknowledged.length + round + 1);
      await store.close();
    }
    expect(acknowledged.length).toBeGreaterThan(rounds);
  },
);
