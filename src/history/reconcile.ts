import type { Kysely } from 'kysely';
import { openAccount } from '../accounts/accounts.ts';
import type { FalClient } from '../fal/client.ts';
import { FalError, isFalError } from '../fal/errors.ts';
import type { PageStop } from '../fal/pages.ts';
import { openQuestion } from '../fal/transport.ts';
import type { Lease } from '../jobs/leases.ts';
import type { Job } from '../jobs/scheduler.ts';
import type { Logger } from '../log.ts';
import { type Nano, toDecimal } from '../money.ts';
import type { Seal } from '../secrets/seal.ts';
import type { Tables } from '../store/tables.ts';
import {
  type ClosedDay,
  closedDays,
  compareDay,
  type DayVerdict,
  daysForEvents,
  type EventsSum,
  isComparable,
  type ReadWindow,
  type Reconciliation,
  utcDaysOf,
} from './compare-days.ts';
import { AccountGoneError, holdAccount } from './hold-account.ts';
import {
  holdDay,
  localCost,
  markStale,
  readWindows,
  reconciliationsOf,
  storeReconciliation,
} from './reconciliations.ts';
import { type EpochDay, utcDayOf } from './slots.ts';

const EVERY_HOURS = 24;
/** Before closed days were read there is nothing to compare, but soon there will be. */
const WITHOUT_DAYS_HOURS = 1;
const EVENT_DAYS_A_CHECK = 2;
/** A busy day has many pages of charges, and nobody waits for them. */
const EVENTS_TIMEOUT_MS = 5 * 60_000;

export interface ReconcileServices {
  db: Kysely<Tables>;
  fal: Pick<FalClient, 'usage' | 'billingEvents'>;
  seal: Seal;
  log: Logger;
  now: () => Temporal.Instant;
  /** How long fal's answer with the totals may take, in ms. */
  timeoutMs: number;
}

/** The job that compares, once a day, what was kept of an account's days with fal's own totals. */
export function reconcileJob(services: ReconcileServices, accountId: string): Job {
  return {
    name: `reconcile:${accountId}`,
    kind: 'daily',
    async run(lease) {
      const verdicts = await reconcile(services, accountId, lease).catch((error: unknown) => {
        // The next look for jobs does not find this one.
        if (error instanceof AccountGoneError) return [];
        throw error;
      });
      const hours = verdicts.length > 0 ? EVERY_HOURS : WITHOUT_DAYS_HOURS;
      return services.now().add({ hours });
    },
  };
}

/** What fal says of a day. */
interface FalDay {
  /** In US dollars. */
  cost: Nano;
  /** Some of it was billed in another currency; of single charges fal states none. */
  hasOtherCurrency: boolean;
}

type OpenCheck = ReconcileServices & { accountId: string; key: string; signal: AbortSignal };

/**
 * Checks the closed days of an account that were read, writes down what it finds, and has final days
 * that differ read again.
 * @throws FalError where fal's totals are not to be had whole; SealError, LeaseLostError.
 */
export async function reconcile(
  services: ReconcileServices,
  accountId: string,
  lease: Lease,
): Promise<DayVerdict[]> {
  const { db, seal, log, now } = services;
  const open = await openAccount(db, seal, accountId);
  if (!open) return [];
  const { slug, timezone } = open.account;
  const askedAt = now();
  const days = await comparableDays(db, accountId, closedDays(askedAt, timezone), askedAt);
  if (days.length === 0) return [];

  const check = { ...services, accountId, key: open.key, signal: lease.signal };
  const falDays = await askTotals(check, days, timezone);
  const events = await askEvents(check, days, falDays, utcDayOf(askedAt));
  const verdicts: DayVerdict[] = [];
  for (const known of days) {
    const { day } = known.day;
    const { cost } = falDays.get(day) ?? NOTHING_BILLED;
    const verdict = await db.transaction().execute(async (trx) => {
      await lease.confirm(trx);
      const answers = { askedAt, falCost: cost, events: events.get(day) ?? null };
      return settleDay(trx, accountId, known, answers);
    });
    if (!verdict) continue;
    verdicts.push(verdict);
    say(log, slug, verdict);
  }
  return verdicts;
}

interface ComparableDay {
  day: ClosedDay;
  isFinal: boolean;
  last: Reconciliation | null;
}

const NOTHING_BILLED: FalDay = { cost: 0n, hasOtherCurrency: false };

async function comparableDays(
  db: Kysely<Tables>,
  accountId: string,
  days: readonly ClosedDay[],
  askedAt: Temporal.Instant,
): Promise<ComparableDay[]> {
  const [first] = days;
  if (!first) return [];
  const windows = await readWindows(db, accountId, days);
  const found = await reconciliationsOf(db, accountId, first.day);
  const byDay = new Map(found.map((each) => [each.day, each]));
  return days.flatMap((day) => {
    const own = windowsOf(day, windows);
    if (!isComparable(day, own, askedAt)) return [];
    const isFinal = own.every((window) => window.isFinal);
    return [{ day, isFinal, last: byDay.get(day.day) ?? null }];
  });
}

function windowsOf(day: ClosedDay, windows: ReadonlyMap<EpochDay, ReadWindow>): ReadWindow[] {
  return utcDaysOf(day).flatMap((each) => windows.get(each) ?? []);
}

/** fal's own totals by day; an answer that is not whole is none. @throws FalError */
async function askTotals(
  { fal, key, timeoutMs, signal }: OpenCheck,
  days: readonly ComparableDay[],
  timezone: string,
): Promise<Map<string, FalDay>> {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return new Map();
  using question = openQuestion(key, timeoutMs, signal);
  const { rows, stops } = await fal.usage(question, {
    start: first.day.start,
    end: last.day.end,
    timeframe: 'day',
    timezone,
  });
  const [stop] = stops;
  if (stop) throw stop.cause ?? new FalError('fal_bad_response', `totals of days: ${stop.reason}`);
  const totals = new Map<string, FalDay>();
  for (const { bucket, cost, currency } of rows) {
    const day = bucket.toZonedDateTimeISO(timezone).toPlainDate().toString();
    const total = totals.get(day) ?? { ...NOTHING_BILLED };
    totals.set(day, total);
    if (currency === 'USD') total.cost += cost;
    else total.hasOtherCurrency = true;
  }
  return totals;
}

/** Sums of the single charges of those days whose turn it is, by day. */
async function askEvents(
  check: OpenCheck,
  days: readonly ComparableDay[],
  falDays: ReadonlyMap<string, FalDay>,
  turn: number,
): Promise<Map<string, EventsSum>> {
  const sums = new Map<string, EventsSum>();
  const askable = days.flatMap(({ day: { day }, isFinal, last }) => {
    const { cost: falCost, hasOtherCurrency } = falDays.get(day) ?? NOTHING_BILLED;
    if (hasOtherCurrency) sums.set(day, { cost: null, reason: 'other_currency' });
    return isFinal && !hasOtherCurrency ? [{ day, falCost, last }] : [];
  });
  const wanted = new Set(daysForEvents(askable, EVENT_DAYS_A_CHECK, turn));
  for (const { day } of days) {
    if (wanted.has(day.day)) sums.set(day.day, await sumOfEvents(check, day));
  }
  return sums;
}

async function sumOfEvents(
  { fal, key, signal }: OpenCheck,
  { start, end }: ClosedDay,
): Promise<EventsSum> {
  let cost = 0n;
  let stops: PageStop[];
  try {
    using question = openQuestion(key, EVENTS_TIMEOUT_MS, signal);
    stops = await fal.billingEvents(question, { start, end }, (events) => {
      // fal may hand out a charge of the very moment the day ends.
      for (const event of events) {
        if (event.timestampMs < end.epochMilliseconds) cost += event.cost;
      }
      return undefined;
    });
  } catch (error) {
    if (!isFalError(error)) throw error;
    return { cost: null, reason: error.code };
  }
  const [stop] = stops;
  return stop ? { cost: null, reason: stop.cause?.code ?? stop.reason } : { cost, reason: null };
}

interface AnswersOfDay {
  askedAt: Temporal.Instant;
  falCost: Nano;
  events: EventsSum | null;
}

/** Compares one day as it stands now. @returns `null` where it was read anew since fal was asked. */
async function settleDay(
  trx: Kysely<Tables>,
  accountId: string,
  { day, last }: ComparableDay,
  { askedAt, falCost, events }: AnswersOfDay,
): Promise<DayVerdict | null> {
  await holdAccount(trx, accountId);
  await holdDay(trx, accountId, day);
  const windows = windowsOf(day, await readWindows(trx, accountId, [day]));
  if (!isComparable(day, windows, askedAt)) return null;
  const verdict = compareDay(
    {
      day: day.day,
      windows,
      localCost: await localCost(trx, accountId, day),
      falCost,
      events,
      last,
    },
    askedAt,
  );
  await storeReconciliation(trx, accountId, verdict.found);
  if (verdict.isToBeReread) await markStale(trx, accountId, day);
  return verdict;
}

function say(log: Logger, account: string, { found, isDrift, isNews }: DayVerdict): void {
  const facts = {
    account,
    day: found.day,
    local: toDecimal(found.localCost),
    fal: toDecimal(found.falCost),
    events: found.events.cost === null ? found.events.reason : toDecimal(found.events.cost),
    cause: found.cause,
  };
  if (isNews) log.warn(facts, 'the local copy of a day and fal disagree');
  else if (isDrift) log.info(facts, 'the local copy of a day still differs from fal');
}
