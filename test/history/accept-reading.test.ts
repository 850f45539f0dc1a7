import { describe, expect, test } from 'vitest';
import { utcDayStart } from '../../src/history/slots.ts';
import { storeWindow, type WindowReading } from '../../src/history/store-window.ts';
import { readKnownDays } from '../../src/history/sync-queries.ts';
import { ENGINES } from '../support/panel.ts';
import { calls, DAY, dump, panelWithAccounts, reading, row } from './read-windows.ts';

const END = utcDayStart(DAY + 1);
const SETTLED = END.add({ hours: 72 });
const OLD = END.add({ hours: 24 * 30 });
const NOTHING = { usage: [], calls: [] };

describe.each(ENGINES)('a reading, on %s', (engine) => {
  /** A day that was read once, and ways to read it again. */
  async function dayRead(first: Partial<WindowReading> = {}) {
    const { panel, accounts } = await panelWithAccounts(engine, 'a');
    const [{ id }] = accounts;
    const { db } = panel.services.store;
    const read = (fields: Partial<WindowReading>) => storeWindow(db, engine, reading(id, fields));
    await read(first);
    const known = async () => (await readKnownDays(db, id))[0];
    return { read, known, rows: () => dump(panel), db };
  }

  test.each([
    ['nothing, of a settled day', { readAt: SETTLED, ...NOTHING }],
    ['less than half, of an old day', { readAt: OLD, usage: [row(1)] }],
    ['less in finer slots', { readAt: SETTLED, slotMinutes: 15, usage: [row(1), row(2)] }],
  ] as const)('of %s, is taken for what fal has forgotten', async (_, again) => {
    const { read, known, rows, db } = await dayRead({ readAt: SETTLED });
    await db.updateTable('sync_windows').set({ is_stale: 1 }).execute();
    const [before, window] = [await rows(), await known()];
    expect(await read(again as Partial<WindowReading>)).toEqual({
      rows: 0,
      changedRows: 0,
      isFinal: true,
      keptInstead: 'forgotten',
    });
    expect(await rows()).toEqual(before);
    expect(await known()).toEqual({ ...window, isStale: false, marks: 0, isForgotten: true });
    expect(await read({ readAt: OLD })).toMatchObject({ keptInstead: null });
    expect(await known()).toMatchObject({ isForgotten: false });
  });

  test('of less, of an old day that had not settled, makes that final: it changes no more', async () => {
    const { read, known } = await dayRead();
    expect(await known()).toMatchObject({ isFinal: false });
    const again = await read({ readAt: OLD, usage: [row(1)] });
    expect(again).toMatchObject({ isFinal: true, keptInstead: 'forgotten' });
    expect(await known()).toMatchObject({ isFinal: true, isForgotten: true });
  });

  test.each([
    ['nothing while the day settles', { readAt: SETTLED.subtract({ seconds: 1 }), ...NOTHING }],
    ['half, of an old day', { readAt: OLD, usage: [row(1, { cost: 15_000_000n })] }],
    ['less than half before the day is old', { readAt: SETTLED, usage: [row(1)] }],
    ['nothing, of a day that was not final', { readAt: SETTLED, ...NOTHING }],
    ['less in finer slots, of one', { readAt: SETTLED, slotMinutes: 15, usage: [row(1)] }],
    ['all of it in finer slots', { readAt: SETTLED, slotMinutes: 15 }],
    ['less in finer slots while it settles', { slotMinutes: 15, usage: [row(1)] }],
  ] as const)('of %s, is believed', async (_, again) => {
    const { read, known } = await dayRead();
    const answer = await read(again as Partial<WindowReading>);
    expect(answer.keptInstead).toBeNull();
    expect(await known()).toMatchObject({
      slotMinutes: 60,
      ...('slotMinutes' in again && { slotMinutes: 15 }),
    });
  });

  test('that was asked for before the one that is kept changes nothing', async () => {
    const { read, known, rows } = await dayRead();
    const [before, window] = [await rows(), await known()];
    const late = { readAt: END.subtract({ seconds: 90 }), usage: [row(1)] };
    expect(await read(late)).toMatchObject({ changedRows: 0, keptInstead: 'newer' });
    expect([await rows(), await known()]).toEqual([before, window]);
  });

  test('replaces one from when the clock was ahead', async () => {
    const { read, known } = await dayRead({ readAt: END.add({ hours: 240 }) });
    expect(await read({ readAt: END, usage: [row(1)] })).toMatchObject({ keptInstead: null });
    expect(await known()).toMatchObject({ readAt: END });
  });

  test('of a part does not replace the whole', async () => {
    const { read, known, rows } = await dayRead();
    const [before, window] = [await rows(), await known()];
    const part = { readAt: SETTLED, isComplete: false, usage: [row(3)] };
    expect(await read(part)).toMatchObject({ keptInstead: 'fuller' });
    expect([await rows(), await known()]).toEqual([before, window]);
  });

  test('of a part adds to another part, and lowers nothing of it', async () => {
    const { read, rows, known } = await dayRead({ isComplete: false });
    const [lower, higher] = [row(1, { cost: 1n }), row(2, { cost: 11_000_000n })];
    await read({ isComplete: false, usage: [lower, higher, row(3)], calls: [calls(1, 9)] });
    const all = { usage: [row(1), higher, row(3), row(23)], calls: [calls(1, 9), calls(23, 1)] };
    const merged = await rows();
    expect(await known()).toMatchObject({ isComplete: false });
    expect(await read(all)).toMatchObject({ changedRows: 0 });
    expect(await rows()).toEqual(merged);
  });

  test('that could not count an endpoint’s calls keeps those counted before', async () => {
    const { read, rows, known } = await dayRead();
    const before = await rows();
    const { endpointId } = row(1);
    const counted = await read({ calls: [calls(1, 1)], uncounted: [endpointId] });
    expect(counted).toMatchObject({ rows: 5, changedRows: 0 });
    expect(await rows()).toEqual(before);
    expect(await known()).toMatchObject({ isCounted: false });
  });
});
