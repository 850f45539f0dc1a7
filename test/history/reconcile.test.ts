import { describe, expect, test } from 'vitest';
import { custom, failWith } from '../../src/demo/faults.ts';
import { type ClosedDay, closedDays, utcDaysOf } from '../../src/history/compare-days.ts';
import { reconcile, reconcileJob } from '../../src/history/reconcile.ts';
import { openDrifts, reconciliationsOf } from '../../src/history/reconciliations.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';
import { freeLease, plantHours, plantSeries, plantWindows } from '../support/planted-history.ts';
import { storeAccount } from '../support/stored-account.ts';

const LEASE = freeLease('reconcile:a');
/** The simulator has 12 days of history, so that 10 of the closed days have something in them. */
const DAYS = 10;

interface Copy {
  timezone?: string;
  slotMinutes?: number;
  engine?: (typeof ENGINES)[number];
}

/** A panel whose local copy of an account has fal's own sums of the last closed days. */
async function panelWithCopy(copy: Copy = {}) {
  const { timezone = 'America/Mexico_City', slotMinutes = 60, engine = 'sqlite' } = copy;
  const clock = stoppedClock();
  const panel = await startPanel({}, { engine, parts: { now: clock.now } });
  const { db } = panel.services.store;
  const key = panel.fal.keys.admin;
  await storeAccount(panel.services, { slug: 'a', name: 'A', key, timezone, isDefault: true });
  const { id } = await db.selectFrom('fal_accounts').select('id').executeTakeFirstOrThrow();
  const series = await plantSeries(db, id, 'fal-ai/flux/dev');
  const euros = await plantSeries(db, id, 'fal-ai/flux/dev', 'EUR');
  const days = closedDays(clock.now(), timezone).slice(-DAYS);
  // In two parts, at the two ends of the day.
  const hours = days.flatMap(({ start, end }) => {
    const { costNano } = panel.fal.truth({ start, end });
    return [
      { at: start, cost: costNano - 1n },
      { at: end.subtract({ minutes: slotMinutes }), cost: 1n },
    ];
  });
  await plantHours(db, series, hours);
  await plantHours(db, euros, [{ at: days.at(-1)?.start ?? clock.now(), cost: 7n }]);
  await plantWindows(db, id, [...new Set(days.flatMap(utcDaysOf))], { slot_minutes: slotMinutes });
  const services = { ...panel.services, db, timeoutMs: 5_000 };
  function dayOf(index: number): ClosedDay {
    const day = days[index];
    if (!day) throw new Error(`there is no day ${index}`);
    return day;
  }
  return {
    panel,
    clock,
    db,
    id,
    days,
    check: () => reconcile(services, id, LEASE),
    job: reconcileJob(services, id),
    found: () => reconciliationsOf(db, id, '2026-01-01'),
    /** Makes the local copy of a day dearer, or as it was. */
    async drift(index: number, nano: bigint) {
      const day = dayOf(index);
      await plantHours(db, series, [{ at: day.start.add({ hours: 5 }), cost: nano }]);
      return day;
    },
    async mend({ start }: ClosedDay) {
      const slot = start.add({ hours: 5 }).epochMilliseconds / 60_000;
      await db.deleteFrom('usage_slots').where('slot', '=', slot).execute();
    },
    /** Reads everything anew, as the sync would, without a change. */
    async reread() {
      clock.forward({ hours: 24 });
      const read_at = clock.now().toString({ smallestUnit: 'millisecond' });
      await db.updateTable('sync_windows').set({ is_stale: 0, read_at }).execute();
    },
    stale: async () =>
      (
        await db
          .selectFrom('sync_windows')
          .select('day')
          .where('is_stale', '=', 1)
          .orderBy('day')
          .execute()
      ).map(({ day }) => day),
  };
}

function warnings(panel: Panel): Record<string, unknown>[] {
  return panel
    .logged()
    .split('\n')
    .filter((line) => line.includes('disagree'))
    .map((line) => JSON.parse(line));
}

describe.each(ENGINES)('the daily check, on %s', (engine) => {
  test.each([
    ['America/Mexico_City', 60],
    ['Asia/Kolkata', 15],
    ['Asia/Kathmandu', 15],
  ])('of a true copy finds it true, in %s', async (timezone, slotMinutes) => {
    const { check, found, stale, panel } = await panelWithCopy({ engine, timezone, slotMinutes });
    const verdicts = await check();
    expect(verdicts.filter(({ isDrift }) => isDrift)).toEqual([]);
    const days = await found();
    expect(days).toHaveLength(DAYS);
    expect(days.every(({ cause, repairedAt }) => cause === null && repairedAt === null)).toBe(true);
    expect(days.some(({ falCost }) => falCost > 0n)).toBe(true);
    expect(days.filter(({ events }) => events.cost !== null)).toHaveLength(2);
    expect([await stale(), warnings(panel)]).toEqual([[], []]);
  });

  test('has a day that differs read again, says so once, and says when it agrees again', async () => {
    const copy = await panelWithCopy({ engine });
    const drifted = await copy.drift(4, 1n);
    const { day } = drifted;
    await copy.check();
    expect(await copy.stale()).toEqual(utcDaysOf(drifted));
    expect(await openDrifts(copy.db)).toMatchObject([
      { accountId: copy.id, day, cause: 'corrected' },
    ]);
    const [warning, ...others] = warnings(copy.panel);
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ level: 40, account: 'a', day, cause: 'corrected' });
    expect(Number(warning?.local)).toBeGreaterThan(Number(warning?.fal));

    // While it waits to be read again there is nothing to compare.
    const checked = (await copy.check()).map(({ found }) => found.day);
    expect(checked).not.toContain(day);

    await copy.reread();
    await copy.mend(drifted);
    await copy.check();
    expect(await openDrifts(copy.db)).toEqual([]);
    const [repaired] = (await copy.found()).filter((each) => each.day === day);
    expect(repaired).toMatchObject({ cause: 'corrected', repairedAt: copy.clock.now() });
    expect(warnings(copy.panel)).toHaveLength(1);
  });

  test('says that it does not know why, where reading again did not help', async () => {
    const copy = await panelWithCopy({ engine });
    await copy.drift(2, 1n);
    await copy.check();
    await copy.reread();
    await copy.check();
    expect(await openDrifts(copy.db)).toMatchObject([{ cause: 'unknown' }]);
    expect(warnings(copy.panel).map(({ cause }) => cause)).toEqual(['corrected', 'unknown']);
  });

  test('only takes note of a day that may still change', async () => {
    const copy = await panelWithCopy({ engine });
    await copy.db.updateTable('sync_windows').set({ is_final: 0 }).execute();
    const { day } = await copy.drift(9, 3n);
    await copy.check();
    expect([await openDrifts(copy.db), await copy.stale(), warnings(copy.panel)]).toEqual([
      [],
      [],
      [],
    ]);
    const [noted] = (await copy.found()).filter((each) => each.day === day);
    expect(noted?.localCost).toBe((noted?.falCost ?? 0n) + 3n);
  });
});

test('a day that was not read is not compared, nor one that slots reach out of', async () => {
  const copy = await panelWithCopy({ timezone: 'Asia/Kolkata', slotMinutes: 15 });
  const [first, second] = copy.days;
  if (!first || !second) throw new Error('no days');
  const [missing] = utcDaysOf(first);
  await copy.db
    .deleteFrom('sync_windows')
    .where('day', '=', missing ?? 0)
    .execute();
  await copy.check();
  expect((await copy.found()).map(({ day }) => day)).toEqual(
    copy.days.slice(1).map(({ day }) => day),
  );

  const rough = await panelWithCopy({ timezone: 'Asia/Kolkata', slotMinutes: 60 });
  expect(await rough.check()).toEqual([]);
  expect(rough.panel.fal.received).toEqual([]);
});

test('a day of which pages are missing is said to be that', async () => {
  const copy = await panelWithCopy();
  await copy.db.updateTable('sync_windows').set({ is_complete: 0 }).execute();
  await copy.drift(5, 2n);
  await copy.check();
  expect(await openDrifts(copy.db)).toMatchObject([{ cause: 'partial_window' }]);
});

test('fal’s answer that is not whole is no total: nothing is written down and the check fails', async () => {
  const copy = await panelWithCopy();
  copy.panel.fal.quirks.cursorMissing = true;
  await expect(copy.check()).rejects.toMatchObject({ code: 'fal_bad_response' });
  expect(await copy.found()).toEqual([]);
});

test('charges that can not be had leave their reason, and the days are compared without them', async () => {
  const copy = await panelWithCopy();
  copy.panel.fal.quirks.billingEventsDown = true;
  await copy.check();
  const days = await copy.found();
  expect(days).toHaveLength(DAYS);
  expect(days.flatMap(({ events }) => events.reason ?? [])).toEqual([
    'fal_unavailable',
    'fal_unavailable',
  ]);
  copy.panel.fal.quirks.billingEventsDown = false;
  for (let round = 0; round < 6; round += 1) {
    copy.clock.forward({ hours: 1 });
    await copy.check();
  }
  expect((await copy.found()).filter(({ events }) => events.cost === null)).toEqual([]);
});

test('charges that do not add up to usage are said, and nothing is read again for them', async () => {
  const copy = await panelWithCopy();
  copy.panel.fal.fault(
    '/models/billing-events',
    custom((_req, res) => {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ billing_events: [], has_more: false, next_cursor: null }));
    }),
  );
  await copy.check();
  const drifts = await openDrifts(copy.db);
  expect(drifts.length).toBeGreaterThan(0);
  expect(drifts.every(({ cause, events }) => cause === 'events_differ' && events.cost === 0n)).toBe(
    true,
  );
  expect(await copy.stale()).toEqual([]);
});

test('charges of a day with another currency are not asked for', async () => {
  const copy = await panelWithCopy();
  copy.panel.fal.quirks.foreignCurrency = { endpointId: 'fal-ai/flux/dev', currency: 'EUR' };
  await copy.check();
  const foreign = (await copy.found()).filter(({ events }) => events.reason === 'other_currency');
  expect(foreign.length).toBeGreaterThan(0);
});

test('the job comes back in a day, or in an hour while nothing was read yet', async () => {
  const copy = await panelWithCopy();
  expect(copy.job.name).toBe(`reconcile:${copy.id}`);
  const hoursTo = async () =>
    copy.clock
      .now()
      .until(await copy.job.run(LEASE))
      .total('hours');
  expect(await hoursTo()).toBe(24);
  await copy.db.deleteFrom('sync_windows').execute();
  expect(await hoursTo()).toBe(1);
  copy.panel.fal.fault('/models/usage', failWith(500));
  expect(await hoursTo()).toBe(1);
});
