import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import type { Channel } from '../deliveries/channel.ts';
import { listChannels } from '../deliveries/channel-rows.ts';
import type { MessageImage } from '../deliveries/message.ts';
import { enqueue, type NewDelivery } from '../deliveries/outbox.ts';
import { recipientsOf } from '../deliveries/recipients.ts';
import { AccountGoneError, holdAccount } from '../history/hold-account.ts';
import { panelUrl } from '../http/panel-url.ts';
import { createFormat } from '../i18n/format.ts';
import { type Locale, translator } from '../i18n/index.ts';
import { later } from '../instants.ts';
import type { Lease } from '../jobs/leases.ts';
import { PartlyDoneError } from '../jobs/partly-done.ts';
import type { PriceServices } from '../planner/known-prices.ts';
import type { CurrentSettings } from '../settings/current-settings.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant } from '../store/values.ts';
import { chartPicture } from './chart-picture.ts';
import { type DueReport, dueReports, nextDue } from './due.ts';
import { awaitedAccounts, isPeriodRead, MAX_WAIT, saidFrom } from './period-read.ts';
import { readReport } from './read-report.ts';
import { renderPng } from './render-png.ts';
import type { Report } from './report.ts';
import { reportChart } from './report-chart.ts';
import { reportContent } from './report-message.ts';
import {
  findSchedule,
  insertReport,
  listSchedules,
  madeSince,
  type StoredReport,
} from './report-rows.ts';
import { daysOf } from './report-words.ts';
import type { Schedule } from './schedule.ts';

export type ReportServices = PriceServices & {
  settings: CurrentSettings;
  /** Draws an SVG as a PNG. */
  drawPng?: typeof renderPng;
};

/** Missed ones of a schedule that are made up: a month of daily reports. */
const MOST_MADE_UP = 31;
/** Made later than so after it could be made, it says that it is late. */
const LATE_AFTER = { minutes: 15 };
/** Schedules are changed at any time, and what is missing may be read soon. */
export const LOOK_AGAIN = { minutes: 1 };
/** Screens of phones have two pixels or more for one. */
const PIXELS = 2;

/** Since when a report waits, by schedule and period: as long as this process remembers. */
export type Waiting = Map<string, Temporal.Instant>;

/**
 * Makes every report that is due and not there yet, the latest first: that one is sent, for nobody wants a
 * month of them at once.
 * @returns when the next one is due; `null`: nothing is scheduled.
 * @throws PartlyDoneError where some could not be made.
 */
export async function makeDueReports(
  services: ReportServices,
  lease: Lease,
  waiting: Waiting,
): Promise<Temporal.Instant | null> {
  const { store, now, log } = services;
  const failures: unknown[] = [];
  const upcoming: Temporal.Instant[] = [];
  for (const schedule of await listSchedules(store.db)) {
    if (!schedule.isEnabled) continue;
    try {
      upcoming.push(nextDue(schedule, now()).at);
      await makeDueOf(services, lease, waiting, schedule);
    } catch (error) {
      lease.signal.throwIfAborted();
      // With its account the schedule is gone, too.
      if (error instanceof AccountGoneError) continue;
      log.warn({ err: error, schedule: schedule.id }, 'a report could not be made');
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new PartlyDoneError(now().add(LOOK_AGAIN), failures[0]);
  return upcoming.sort(Temporal.Instant.compare)[0] ?? null;
}

async function makeDueOf(
  services: ReportServices,
  lease: Lease,
  waiting: Waiting,
  schedule: Schedule,
): Promise<void> {
  const { store, now } = services;
  const { db } = store;
  const since = await accountsSince(db, schedule.accountId);
  // Without an account there is nothing to tell, and never was before the first.
  if (since === null) return;
  const at = now();
  const due = dueReports(schedule, later(schedule.from, since), at, MOST_MADE_UP);
  const oldest = due.at(-1);
  if (!oldest) return;
  const made = await madeSince(db, schedule, oldest.period.firstDay);
  const missing = due.filter(({ period }) => !made.has(period.firstDay.toString()));
  if (missing.length === 0) return;
  const account = schedule.accountId === null ? null : await findAccount(db, schedule.accountId);
  const awaited = await awaitedAccounts(db, schedule.accountId, at);
  for (const each of missing) {
    lease.signal.throwIfAborted();
    const name = `${schedule.id} ${schedule.cadence} ${each.period.firstDay}`;
    if (!(await isPeriodRead(db, each.period, awaited, at))) {
      const began = waiting.get(name) ?? at;
      waiting.set(name, began);
      if (Temporal.Instant.compare(now(), began.add(MAX_WAIT)) < 0) continue;
    }
    await make(services, lease, schedule, each, account, each === due[0]);
    waiting.delete(name);
  }
}

/** Since when there is the account, or any; `null`: there is none. */
async function accountsSince(
  db: Kysely<Tables>,
  accountId: string | null,
): Promise<Temporal.Instant | null> {
  let query = db.selectFrom('fal_accounts').select(({ fn }) => fn.min('created_at').as('since'));
  if (accountId !== null) query = query.where('id', '=', accountId);
  const since = (await query.executeTakeFirst())?.since ?? null;
  return since === null ? null : toInstant(since);
}

async function make(
  services: ReportServices,
  lease: Lease,
  schedule: Schedule,
  { at: dueAt, period }: DueReport,
  account: FalAccount | null,
  isSent: boolean,
): Promise<void> {
  const { store, now, config } = services;
  const report = await readReport(services, { period, account }, lease.signal);
  const readBy = saidFrom(period).add({ seconds: config.syncIntervalSeconds });
  const possibleAt = later(dueAt, readBy);
  const isLate = Temporal.Instant.compare(report.madeAt, possibleAt.add(LATE_AFTER)) > 0;
  const stored = { id: randomUUID(), scheduleId: schedule.id, dueAt, isLate, report };
  const channels = isSent ? recipientsOf(await listChannels(store.db), schedule.channelIds) : [];
  const deliveries = await deliveriesOf(services, stored, channels, lease.signal);
  await store.db.transaction().execute(async (trx) => {
    await lease.confirm(trx);
    // Who deletes the account waits, and finds this report, or this one finds no account.
    if (account) await holdAccount(trx, account.id);
    const current = await findSchedule(trx, schedule.id);
    // Somebody changed it while this was read: the next look makes what is wanted now.
    if (current?.version !== schedule.version) return;
    if (!(await insertReport(trx, stored, schedule.accountId))) return;
    await enqueue(trx, now(), deliveries);
  });
}

async function deliveriesOf(
  services: ReportServices,
  stored: StoredReport,
  channels: readonly Channel[],
  signal: AbortSignal,
): Promise<NewDelivery[]> {
  const { config, settings } = services;
  const { currencyDisplay } = settings.current();
  const address = panelUrl(config);
  // Other kinds have no room for one.
  const images = new Map<Locale, MessageImage | null>();
  for (const { kind, locale } of channels) {
    if (kind !== 'email' || images.has(locale)) continue;
    images.set(locale, await imageOf(services, stored.report, locale, signal));
  }
  return channels.map((channel) => {
    const { kind, locale } = channel;
    const image = kind === 'email' ? (images.get(locale) ?? null) : null;
    return {
      channel,
      source: { kind: 'report', id: stored.id },
      occasion: `report ${stored.id}`,
      content: reportContent(stored, { locale, currencyDisplay, address, image }),
    };
  });
}

/** `null` where nothing was used, or it can't be drawn: a report without its chart is still one. */
async function imageOf(
  { settings, log, drawPng = renderPng }: ReportServices,
  report: Report,
  locale: Locale,
  signal: AbortSignal,
): Promise<MessageImage | null> {
  if (report.models.length === 0 && report.total.cost.isWhole) return null;
  const words = {
    format: createFormat(locale, settings.current().currencyDisplay),
    t: translator(locale),
  };
  const { svg, alt, width, height } = chartPicture(
    reportChart(report, words.t),
    daysOf(report, words),
    words.format,
    words.t,
  );
  try {
    const png = await drawPng({ svg, width: width * PIXELS }, signal);
    return { alt, png: png.toString('base64'), width, height };
  } catch (error) {
    signal.throwIfAborted();
    log.error({ err: error }, 'the chart of a report could not be drawn');
    return null;
  }
}
