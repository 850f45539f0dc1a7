import type { KyselyPlugin } from 'kysely';
import { expect, test } from 'vitest';
import { utcDayStart } from '../../src/history/slots.ts';
import { storeWindow } from '../../src/history/store-window.ts';
import { createUsageHistory } from '../../src/history/usage-history.ts';
import { ENGINES, NOW } from '../support/panel.ts';
import { DAY, panelWithAccounts, reading, row } from './read-windows.ts';

test.each(ENGINES)(
  'hundreds of keys are a few questions to the database, on %s',
  async (engine) => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const { store } = panel.services;
    const [a] = accounts;
    const keys = Array.from({ length: 450 }, (_, index) => index);
    const usage = keys.flatMap((key) => {
      const auth = { detail: `Cabina ${key}`, apiKeyId: `key-${key}`, username: null };
      return [1, 2].map((hour) => row(hour, { auth, cost: BigInt(1_000 * (key + 1) + hour) }));
    });
    await storeWindow(store.db, engine, reading(a.id, { usage, calls: [] }));

    let statements = 0;
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => {
        statements += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    const history = createUsageHistory({
      engine,
      now: () => NOW,
      reader: {
        ...store.reader,
        snapshot: (read) => store.reader.snapshot((db) => read(db.withPlugin(counting))),
      },
    });
    const answer = await history.usage({
      start: utcDayStart(DAY),
      end: utcDayStart(DAY + 1),
      timezone: 'UTC',
      resolution: 'hour',
      groupBy: 'api_key',
      accountId: a.id,
      endpointIds: [],
      apiKeyIds: [],
    });
    const costs = answer.series.map(({ parts }) =>
      Object.fromEntries(parts.map(({ group, cost }) => [answer.groups[group]?.key, cost])),
    );
    for (const hour of [1, 2]) {
      expect(costs[hour]).toEqual(
        Object.fromEntries(keys.map((key) => [`key-${key}`, BigInt(1_000 * (key + 1) + hour)])),
      );
    }
    expect(statements).toBeLessThan(20);
  },
);
