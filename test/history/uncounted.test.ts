import { describe, expect, test } from 'vitest';
import type { AnalyticsAnswer } from '../../src/fal/analytics.ts';
import type { FalClient } from '../../src/fal/client.ts';
import type { Question } from '../../src/fal/transport.ts';
import { readDays } from '../../src/history/read-days.ts';
import { utcDayStart } from '../../src/history/slots.ts';
import { storeWindow } from '../../src/history/store-window.ts';
import type { Catalogue } from '../../src/usage/catalogue.ts';
import { ENGINES } from '../support/panel.ts';
import { calls, DAY, panelWithAccounts, reading, row } from './read-windows.ts';

const SDXL = row(1).endpointId;
const VEO = 'fal-ai/veo3';

describe.each(ENGINES)('calls that could not be counted on some day, on %s', (engine) => {
  async function asked(groupsApart: number) {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [{ id }] = accounts;
    const { services } = panel;
    const { db } = services.store;
    const usage = [row(1), row(2, { endpointId: VEO, cost: 1n })];
    const readAt = utcDayStart(DAY + 2);
    const counted = { readAt, usage, calls: [calls(1, 2), { ...calls(2, 3), endpointId: VEO }] };
    await storeWindow(db, engine, reading(id, { ...counted, day: DAY - 1 }));
    await storeWindow(
      db,
      engine,
      reading(id, { readAt, usage, calls: [calls(1, 2)], uncounted: [VEO] }),
    );
    await storeWindow(db, engine, reading(id, { ...counted, day: DAY + 1, uncounted: ['other'] }));
    const ask = (endpointIds: string[]) =>
      services.history.usage({
        start: utcDayStart(DAY - 1),
        end: utcDayStart(DAY + 2),
        timezone: 'UTC',
        resolution: 'day',
        groupBy: 'endpoint',
        accountId: null,
        endpointIds,
        apiKeyIds: [],
        groupsApart,
      });
    return ask;
  }

  test('are unknown in the buckets of that day alone', async () => {
    const ask = await asked(2);
    const { series, groups, partial } = await ask([SDXL, VEO]);
    expect(groups.map(({ key, count }) => [key, count])).toEqual([
      [SDXL, 6],
      [VEO, null],
    ]);
    expect(partial).toEqual(['counts_missing']);
    expect(series.map(({ count, failures }) => [count, failures])).toEqual([
      [5, 0],
      [null, null],
      [5, 0],
    ]);
    expect(series.map(({ parts }) => parts.map(({ count }) => count))).toEqual([
      [2, 3],
      [2, null],
      [2, 3],
    ]);
    expect((await ask([SDXL])).series.map(({ count }) => count)).toEqual([2, 2, 2]);
  });

  test('make unknown what the groups that are not told apart were called together', async () => {
    const { series } = await (await asked(1))([SDXL, VEO]);
    expect(series.map(({ parts, others }) => [parts[0]?.count, others?.count])).toEqual([
      [2, 3],
      [2, null],
      [2, 3],
    ]);
  });

  test('are not taken for none where an endpoint was called that day, and only failed', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [{ id }] = accounts;
    const { store, history } = panel.services;
    const failed = { ...calls(5, 4), endpointId: VEO };
    const days = [DAY];

    async function read(minutes: number, counted: Pick<AnalyticsAnswer, 'rows' | 'unanswered'>) {
      const fal = {
        usage: async () => ({ rows: [row(1)], stops: [] }),
        analytics: async () => counted,
      } as unknown as FalClient;
      const now = () => utcDayStart(DAY + 1).add({ minutes });
      const parts = { fal, catalogue: { known: () => null } as Catalogue, now };
      const known = Promise.resolve(new Set([SDXL, VEO]));
      const { readings } = await readDays(parts, {} as Question, { days, slotMinutes: 60 }, known);
      for (const each of readings) {
        await storeWindow(store.db, engine, reading(id, each));
      }
      const { groups, partial } = await history.usage({
        ...{ start: utcDayStart(DAY), end: utcDayStart(DAY + 1), timezone: 'UTC' },
        ...{ resolution: 'day', groupBy: 'endpoint', accountId: id },
        ...{ endpointIds: [], apiKeyIds: [] },
      });
      return { counts: groups.map(({ key, count }) => [key, count]), partial };
    }

    const all = { rows: [calls(1, 2), failed], unanswered: [] };
    const known = {
      counts: [
        [SDXL, 2],
        [VEO, 4],
      ],
      partial: [],
    };
    expect(await read(1, all)).toEqual(known);
    const some = { rows: [calls(1, 2)], unanswered: [VEO] };
    expect(await read(2, some)).toEqual({
      counts: [
        [SDXL, 2],
        [VEO, null],
      ],
      partial: ['counts_missing'],
    });
    expect(await read(3, all)).toEqual(known);
  });
});
