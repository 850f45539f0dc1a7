import { describe, expect, test } from 'vitest';
import { RESOLUTIONS } from '../../src/buckets.ts';
import { utcDayStart } from '../../src/history/slots.ts';
import { storeWindow } from '../../src/history/store-window.ts';
import { sumNano } from '../../src/money.ts';
import { ENGINES } from '../support/panel.ts';
import { DAY, panelWithAccounts, reading, row } from './read-windows.ts';

const ZONE = 'Asia/Kolkata';

describe.each(ENGINES)('days kept too coarsely for a zone, on %s,', (engine) => {
  test('are in no sum, no bucket and no row, not even of accounts that have them finer', async () => {
    const { panel, accounts } = await panelWithAccounts(engine, 'a', 'b');
    const { store, history } = panel.services;
    const usage = Array.from({ length: 24 }, (_, hour) => row(hour, { cost: 1n }));
    for (const day of [DAY - 1, DAY, DAY + 1]) {
      for (const [index, { id }] of accounts.entries()) {
        const isCoarse = index === 0 && day !== DAY;
        const fine = { slotMinutes: 15, zones: ['UTC', ZONE] } as const;
        const fields = { day, usage, ...(isCoarse ? { zones: ['UTC'] } : fine) };
        await storeWindow(store.db, engine, reading(id, fields));
      }
    }
    const localMidnight = (day: number) => utcDayStart(day).subtract({ minutes: 330 });
    const asked = {
      ...{ start: localMidnight(DAY - 1), end: localMidnight(DAY + 2), timezone: ZONE },
      ...{ accountId: null, endpointIds: [], apiKeyIds: [] },
    };
    const known = BigInt(usage.length * accounts.length);
    for (const resolution of RESOLUTIONS) {
      const { total, groups, series } = await history.usage({
        ...{ ...asked, resolution, groupBy: 'account' },
      });
      const sums = [groups, series].map((parts) => sumNano(parts.map(({ cost }) => cost ?? 0n)));
      expect([resolution, total.cost, ...sums]).toEqual([resolution, known, known, known]);
    }
    const rows = await Array.fromAsync(history.rows(asked));
    expect(sumNano(rows.map(({ cost }) => cost))).toBe(known);
  });
});
