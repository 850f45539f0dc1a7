import { type ExpressionBuilder, sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import type { DeliveryContent } from '../../src/deliveries/message.ts';
import { forgetAccount } from '../../src/history/forget-account.ts';
import { createScheduler } from '../../src/jobs/scheduler.ts';
import { createLogger } from '../../src/log.ts';
import { sumNano } from '../../src/money.ts';
import { changeSchedule, deleteSchedule } from '../../src/reports/change-schedules.ts';
import { reportJobs } from '../../src/reports/job.ts';
import { listSchedules } from '../../src/reports/report-rows.ts';
import type { Tables } from '../../src/store/tables.ts';
import { accountId, syncOnce, testLease } from '../history/synced.ts';
import { startPlanner, storeBooth, wordsOf } from '../planner/booth.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, type Panel, type PanelOptions } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { archive, channel, makeReports, schedule } from './made.ts';

/** Ten to nine in Mexico City, on a Saturday. */
const BEFORE_NINE = Temporal.Instant.from('2026-03-07T14:50Z');

async function startBooth(engine: PanelOptions['engine'] = 'sqlite', start = BEFORE_NINE) {
  const clock = stoppedClock(start);
  const { now } = clock;
  const panel = await startPlanner({ parts: { now }, simulator: { now }, engine });
  await storeBooth(panel);
  return { panel, clock };
}

async function outbox({ services: { store } }: Panel) {
  const rows = await store.db.selectFrom('deliveries').selectAll().orderBy('channel_id').execute();
  return rows.map((row) => ({ ...row, content: JSON.parse(row.content) as DeliveryContent }));
}

const firstDays = async ({ services }: Panel) =>
  (await archive(services)).map(({ report }) => report.period.firstDay.toString());

describe.each(ENGINES)('reports, on %s', (engine) => {
  test('are made once when they are due, and enqueued in each channel’s language', async () => {
    const { panel, clock } = await startBooth(engine);
    await schedule(panel);
    await channel(panel, 'c-es');
    await channel(panel, 'd-en', { locale: 'en' });
    await channel(panel, 'off', { isEnabled: false });
    const next = await makeReports(panel);
    expect(next?.toString()).toBe('2026-03-07T15:00:00Z');
    expect(await firstDays(panel)).toEqual([]);

    clock.forward({ minutes: 10 });
    await syncOnce(panel, 'booth');
    expect((await makeReports(panel))?.toString()).toBe('2026-03-08T15:00:00Z');
    await makeReports(panel);
    const [made, ...others] = await archive(panel.services);
    expect(others).toEqual([]);
    expect(made?.isLate).toBe(false);
    expect(made?.report.period.firstDay.toString()).toBe('2026-03-06');
    const [spanish, english, ...more] = await outbox(panel);
    expect(more).toEqual([]);
    expect(spanish).toMatchObject({
      ...{ channel_id: 'c-es', source_kind: 'report', source_id: made?.id },
      occasion: `report ${made?.id}`,
    });
    expect(spanish?.content.message.title).toMatch(/^Reporte diario fal\.ai · 6 mar · \$\d/);
    expect(english?.content.message.title).toMatch(/^Daily report fal\.ai · Mar 6 · \$\d/);
    expect(english?.content.event).toMatchObject({
      type: 'report.daily',
      data: { report: { id: made?.id, cadence: 'daily', first_day: '2026-03-06' } },
    });
  });

  test('are made once by two replicas that look at the same time', async () => {
    const { panel, clock } = await startBooth(engine);
    await schedule(panel);
    await channel(panel, 'c1');
    clock.forward({ minutes: 10 });
    await syncOnce(panel, 'booth');
    await Promise.all([makeReports(panel), makeReports(panel), makeReports(panel)]);
    expect(await firstDays(panel)).toEqual(['2026-03-06']);
    expect(await outbox(panel)).toHaveLength(1);
  });

  test('whose maker is killed before the end are made by the next, and sent once', async () => {
    const { panel, clock } = await startBooth(engine);
    await schedule(panel);
    await channel(panel, 'c1');
    clock.forward({ minutes: 10 });
    await syncOnce(panel, 'booth');
    // Its lease is lost where it would have kept the report.
    await expect(makeReports(panel, { lease: testLease(0) })).rejects.toThrow('lease');
    expect([await firstDays(panel), await outbox(panel)]).toEqual([[], []]);
    await makeReports(panel);
    expect(await firstDays(panel)).toEqual(['2026-03-06']);
    expect(await outbox(panel)).toHaveLength(1);
  });

  test('are gone with their account, but for those of all accounts', async () => {
    const { panel, clock } = await startBooth(engine);
    const { services } = panel;
    const [account] = await services.store.db.selectFrom('fal_accounts').select('id').execute();
    await schedule(panel);
    await schedule(panel, { accountId: account?.id ?? '' });
    await channel(panel, 'c1');
    clock.forward({ minutes: 10 });
    await syncOnce(panel, 'booth');
    await makeReports(panel);
    expect((await archive(services)).map(({ report }) => report.account?.slug ?? null)).toEqual(
      expect.arrayContaining([null, 'booth']),
    );
    expect(await outbox(panel)).toHaveLength(2);
    await services.store.db
      .transaction()
      .execute((trx) => forgetAccount(trx, engine, account?.id ?? ''));
    expect((await archive(services)).map(({ report }) => report.account)).toEqual([null]);
    expect(await listSchedules(services.store.db)).toHaveLength(1);
    expect(await outbox(panel)).toHaveLength(1);
  });
});

test('of an account that is deleted at that very moment are not made, on postgres', async () => {
  const { panel, clock } = await startBooth('postgres');
  const { services } = panel;
  const { db } = services.store;
  const id = await accountId(panel, 'booth');
  await schedule(panel, { accountId: id });
  await channel(panel, 'c1');
  clock.forward({ minutes: 10 });
  await syncOnce(panel, 'booth');
  const begun = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const deleteAccount = () =>
    db.transaction().execute(async (trx) => {
      await forgetAccount(trx, 'postgres', id);
      await trx.deleteFrom('fal_accounts').where('id', '=', id).execute();
      begun.resolve();
      await mayEnd.promise;
    });
  let deletion: Promise<void> | null = null;
  await makeReports(panel, {}, async () => {
    deletion = deleteAccount();
    await begun.promise;
    setTimeout(mayEnd.resolve, 300);
    return Buffer.from('PNG');
  });
  await deletion;
  expect(await archive(services)).toEqual([]);
});

test('have their chart in mails alone', async () => {
  const { panel, clock } = await startBooth();
  await schedule(panel);
  await channel(panel, 'c-mail');
  await channel(panel, 'd-chat', { kind: 'slack', locale: 'en' });
  clock.forward({ minutes: 10 });
  await syncOnce(panel, 'booth');
  let drawn = 0;
  await makeReports(panel, {}, async () => {
    drawn += 1;
    return Buffer.from('PNG');
  });
  const images = (await outbox(panel)).map(({ content }) => content.message.image);
  expect([drawn, images]).toEqual([1, [expect.objectContaining({ width: 600 }), null]]);
});

describe('missed reports', () => {
  test('are made up once when the panel is back, marked late, and only the latest is sent', async () => {
    const { panel, clock } = await startBooth();
    await schedule(panel);
    await channel(panel, 'c1');
    clock.forward({ hours: 74 });
    await syncOnce(panel, 'booth');
    await makeReports(panel);
    await makeReports(panel);
    const made = await archive(panel.services);
    expect(made.map(({ report }) => report.period.firstDay.toString())).toEqual([
      '2026-03-09',
      '2026-03-08',
      '2026-03-07',
      '2026-03-06',
    ]);
    expect(made.map(({ isLate }) => isLate)).toEqual([true, true, true, true]);
    const sent = await outbox(panel);
    expect(sent.map(({ source_id }) => source_id)).toEqual([made[0]?.id]);
    expect(sent[0]?.content.message.title).toMatch(/^Tarde: Reporte diario fal\.ai · 9 mar/);
  });

  test('are a month at most', async () => {
    const { panel, clock } = await startBooth();
    await schedule(panel);
    clock.forward({ hours: 24 * 50, minutes: 10 });
    await syncOnce(panel, 'booth');
    const waiting = new Map();
    await makeReports(panel, { waiting });
    clock.forward({ hours: 2 });
    await makeReports(panel, { waiting });
    expect(await firstDays(panel)).toHaveLength(31);
  });

  test('are none from before the first account, nor of a schedule that was switched off', async () => {
    const clock = stoppedClock(BEFORE_NINE);
    const { now } = clock;
    const panel = await startPlanner({ parts: { now }, simulator: { now } });
    const { services } = panel;
    const daily = await schedule(panel);
    clock.forward({ hours: 48 });
    await makeReports(panel);
    await storeBooth(panel);
    await makeReports(panel);
    expect(await firstDays(panel)).toEqual([]);

    const off = await changeSchedule(services, COMMAND_LINE, daily, { ...daily, isEnabled: false });
    clock.forward({ hours: 48 });
    await syncOnce(panel, 'booth');
    await makeReports(panel);
    await changeSchedule(services, COMMAND_LINE, off, { ...off, isEnabled: true });
    await makeReports(panel);
    expect(await firstDays(panel)).toEqual([]);
    clock.forward({ hours: 1 });
    await syncOnce(panel, 'booth');
    await makeReports(panel);
    expect(await firstDays(panel)).toEqual(['2026-03-10']);
  });

  test('are still made when somebody only changes who gets them', async () => {
    const { panel, clock } = await startBooth();
    const daily = await schedule(panel);
    clock.forward({ minutes: 11 });
    await syncOnce(panel, 'booth');
    await changeSchedule(panel.services, COMMAND_LINE, daily, { ...daily, channelIds: [] });
    await makeReports(panel);
    expect(await firstDays(panel)).toEqual(['2026-03-06']);
  });
});

describe('a schedule that is about something else from now on', () => {
  test.each([
    ['another zone', { timezone: 'Pacific/Honolulu', localTime: Temporal.PlainTime.from('05:10') }],
    ['another account', { accountId: 'booth', localTime: Temporal.PlainTime.from('09:10') }],
  ])(
    '%s, reports on a day of that name again',
    async (_, {
      accountId: slug,
      ...rule
    }: {
      accountId?: string;
      localTime: Temporal.PlainTime;
      timezone?: string;
    }) => {
      const { panel, clock } = await startBooth();
      const daily = await schedule(panel);
      await channel(panel, 'c1');
      clock.forward({ minutes: 11 });
      await syncOnce(panel, 'booth');
      await makeReports(panel);
      const fields = { ...daily, ...rule, accountId: slug ? await accountId(panel, slug) : null };
      await changeSchedule(panel.services, COMMAND_LINE, daily, fields);
      // Ten past nine in Mexico City is ten past five in Honolulu.
      clock.forward({ minutes: 10 });
      await syncOnce(panel, 'booth');
      await makeReports(panel);
      await makeReports(panel);
      expect(await firstDays(panel)).toEqual(['2026-03-06', '2026-03-06']);
      expect(await outbox(panel)).toHaveLength(2);
    },
  );
});

describe('a report whose period is not read', () => {
  test('waits for the local copy, and is made as soon as it is', async () => {
    const { panel, clock } = await startBooth();
    await schedule(panel);
    clock.forward({ hours: 24, minutes: 10 });
    const waiting = new Map();
    // What was due the day before can be made: its day was read.
    await makeReports(panel, { waiting });
    expect(await firstDays(panel)).toEqual(['2026-03-06']);
    await syncOnce(panel, 'booth');
    await makeReports(panel, { waiting });
    const [made] = await archive(panel.services);
    expect(made?.report.period.firstDay.toString()).toBe('2026-03-07');
    expect(['final', 'settling']).toContain(made?.report.state);
    expect(waiting.size).toBe(0);
  });

  test('waits for no account whose reading is paused, but for the others', async () => {
    const { panel, clock } = await startBooth();
    const { services, fal } = panel;
    await storeAccount(services, { slug: 'paused', name: 'En pausa', key: fal.keys.admin });
    await schedule(panel);
    const id = await accountId(panel, 'paused');
    await services.store.db
      .insertInto('account_syncs')
      .values({ account_id: id, is_paused: 1 })
      .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ is_paused: 1 }))
      .execute();
    clock.forward({ hours: 24, minutes: 10 });
    await makeReports(panel);
    expect(await firstDays(panel)).toEqual(['2026-03-06']);
    await syncOnce(panel, 'booth');
    await makeReports(panel);
    const [made] = await archive(services);
    expect(made?.report.period.firstDay.toString()).toBe('2026-03-07');
    expect(made?.report.state).toBe('partial');
  });

  test('waits for no account that can’t be read for longer than reports wait', async () => {
    const { panel, clock } = await startBooth();
    const { services, fal } = panel;
    await storeAccount(services, { slug: 'locked', name: 'Bloqueada', key: fal.keys.admin });
    await schedule(panel);
    const id = await accountId(panel, 'locked');
    const fails = async (lastSuccessAt: string) => {
      const row = {
        last_success_at: lastSuccessAt,
        ...{ last_error_code: 'account_locked', last_error_at: services.now().toString() },
      };
      await services.store.db
        .insertInto('account_syncs')
        .values({ account_id: id, ...row })
        .onConflict((conflict) => conflict.column('account_id').doUpdateSet(row))
        .execute();
    };
    clock.forward({ minutes: 11 });
    await syncOnce(panel, 'booth');
    // It may have failed for a moment only.
    await fails('2026-03-07T14:00:00.000Z');
    await makeReports(panel);
    expect(await firstDays(panel)).toEqual([]);
    await fails('2026-03-07T01:00:00.000Z');
    await makeReports(panel);
    const [made] = await archive(services);
    expect(made?.report).toMatchObject({ state: 'partial', total: { cost: { isWhole: false } } });
    expect(made?.isLate).toBe(false);
  });

  test('waits for what fal says late of its last minutes, and is not late for that', async () => {
    const { panel, clock } = await startBooth();
    await schedule(panel, { localTime: Temporal.PlainTime.from('00:00') });
    clock.forward({ hours: 15, minutes: 15 });
    await syncOnce(panel, 'booth');
    await makeReports(panel);
    expect(await firstDays(panel)).toEqual([]);
    clock.forward({ minutes: 15 });
    await makeReports(panel);
    expect(await firstDays(panel)).toEqual([]);
    await syncOnce(panel, 'booth');
    await makeReports(panel);
    const [made] = await archive(panel.services);
    expect(made?.report).toMatchObject({ state: 'settling', madeAt: panel.services.now() });
    expect(made?.isLate).toBe(false);
  });

  test('is made after two hours with what there is, and says so', async () => {
    const { panel, clock } = await startBooth();
    await schedule(panel);
    await channel(panel, 'c1');
    clock.forward({ hours: 24, minutes: 10 });
    const waiting = new Map();
    await makeReports(panel, { waiting });
    clock.forward({ hours: 1, minutes: 59 });
    await makeReports(panel, { waiting });
    expect(await firstDays(panel)).toEqual(['2026-03-06']);
    clock.forward({ minutes: 1 });
    await makeReports(panel, { waiting });
    const [made] = await archive(panel.services);
    expect(made?.report).toMatchObject({ state: 'partial', total: { cost: { isWhole: false } } });
    const { message } = (await outbox(panel)).at(-1)?.content ?? {};
    expect(message?.title).toContain('≥ $');
    expect(message?.text.join()).toContain('Faltaba leer una parte');
  });
});

test('a chart that can’t be drawn does not keep a report back', async () => {
  const { panel, clock } = await startBooth();
  await schedule(panel);
  await channel(panel, 'c1');
  clock.forward({ minutes: 10 });
  await syncOnce(panel, 'booth');
  await makeReports(panel, {}, async () => {
    throw new Error('no memory');
  });
  expect((await outbox(panel))[0]?.content.message.image).toBe(null);
  expect(panel.logged()).toContain('the chart of a report could not be drawn');
});

test('a report of a zone that hours can’t be cut in fails by itself, not the others', async () => {
  const { panel, clock } = await startBooth();
  await schedule(panel, {
    timezone: 'Asia/Kathmandu',
    localTime: Temporal.PlainTime.from('20:44'),
  });
  await schedule(panel);
  clock.forward({ minutes: 10 });
  await syncOnce(panel, 'booth');
  await panel.services.store.db.updateTable('sync_windows').set({ slot_minutes: 60 }).execute();
  await expect(makeReports(panel)).rejects.toThrow('a part of it could not be done');
  expect(await firstDays(panel)).toEqual(['2026-03-06']);
});

test('a schedule of a zone that is no longer known keeps no other back, and can be mended', async () => {
  const { panel, clock } = await startBooth();
  const { db } = panel.services.store;
  const lost = await schedule(panel);
  await schedule(panel);
  clock.forward({ minutes: 10 });
  await syncOnce(panel, 'booth');
  const timezone = 'America/Atlantis';
  await db.updateTable('report_schedules').set({ timezone }).where('id', '=', lost.id).execute();
  await expect(makeReports(panel)).rejects.toThrow('a part of it could not be done');
  expect(await firstDays(panel)).toEqual(['2026-03-06']);
  await db
    .updateTable('reports')
    .set((row) => ({ timezone, summary: inZone(row, 'summary'), content: inZone(row, 'content') }))
    .execute();
  const operator = await panel.as('operator');
  const [made] = await archive(panel.services);
  const path = '/admin/reports';
  const edit = `${path}/schedules/${lost.id}/edit`;
  for (const page of [path, `${path}/${made?.id}`, edit, edit.replace('edit', 'delete')]) {
    expect([page, (await operator.get(page)).status]).toEqual([page, 200]);
  }
  const text = wordsOf((await operator.get(path)).text);
  expect(text).toContain('esta versión no conoce la zona horaria');

  /** The same in what is kept of the report. */
  function inZone({ ref }: ExpressionBuilder<Tables, 'reports'>, column: 'summary' | 'content') {
    return sql<string>`replace(${ref(column)}, 'America/Mexico_City', ${timezone})`;
  }
});

test('parts of a report add up to its total', async () => {
  const { panel, clock } = await startBooth();
  for (const cadence of ['daily', 'weekly', 'monthly'] as const) {
    await schedule(panel, { cadence, weekday: 6, monthDay: 7 });
  }
  clock.forward({ minutes: 10 });
  await syncOnce(panel, 'booth');
  await makeReports(panel, {});
  const made = await archive(panel.services);
  const whole = made.filter(({ report }) => report.total.cost.isWhole);
  expect(whole.map(({ report }) => report.period.cadence).sort()).toEqual(['daily', 'weekly']);
  for (const { report } of whole) {
    const { total, models, otherModels, chart } = report;
    expect(total.cost.value).toBeGreaterThan(0n);
    const parts = [...models, ...(otherModels ? [otherModels] : [])];
    expect(sumNano(parts.map(({ cost }) => cost))).toBe(total.cost.value);
    expect(sumNano(chart.buckets.map(({ cost }) => cost ?? 0n))).toBe(total.cost.value);
    for (const bucket of chart.buckets) {
      expect(sumNano(bucket.parts.map(({ cost }) => cost))).toBe(bucket.cost);
    }
  }
});

describe('the usual schedule', () => {
  test('is there once, made by the job, and stays away when it was deleted', async () => {
    const { panel, clock } = await startBooth();
    const { services } = panel;
    const [job] = await reportJobs(services)();
    await job?.run(testLease());
    const [usual, ...others] = await listSchedules(services.store.db);
    expect(others).toEqual([]);
    expect(usual).toMatchObject({
      ...{ cadence: 'daily', accountId: null, channelIds: null, isEnabled: true },
      timezone: 'America/Mexico_City',
    });
    expect(usual?.localTime.toString()).toBe('09:00:00');
    clock.forward({ minutes: 10 });
    await syncOnce(panel, 'booth');
    const next = await job?.run(testLease());
    expect(next?.toString()).toBe('2026-03-07T15:01:00Z');
    expect(await firstDays(panel)).toEqual(['2026-03-06']);
    if (usual) await deleteSchedule(services, COMMAND_LINE, usual);
    await job?.run(testLease());
    expect(await listSchedules(services.store.db)).toEqual([]);
  });

  test('is one with two schedulers on one database', async () => {
    const { panel } = await startBooth();
    const { services } = panel;
    const { now } = services;
    const schedulers = [1, 2].map(() =>
      createScheduler({
        ...{ db: services.store.db, now, log: createLogger('silent') },
        jobs: reportJobs(services),
      }),
    );
    await Promise.all(schedulers.map((scheduler) => scheduler.wake()));
    await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
    expect(await listSchedules(services.store.db)).toHaveLength(1);
  });
});
