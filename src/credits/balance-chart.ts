import { bucketsOf, nextBucket } from '../buckets.ts';
import { lastBalancesIn } from '../history/balance-samples.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { displayStep, NANO_PER_UNIT, type Nano, toJsonNumber, toNano } from '../money.ts';
import type { Services } from '../services.ts';
import { barChartSvg } from '../usage/chart.ts';

/** The last balance read on each day, as a drawing and as the table behind it. */
export interface BalanceChartView {
  title: string;
  /** What the drawing shows, for those who can't see it. */
  description: string;
  svg: string;
  /** How many days have none; `null` when all have one. */
  unknown: string | null;
  /** The latest first; a `balance` that is not known is `null`. */
  rows: { day: string; iso: string; balance: string | null; exact: string | null }[];
}

const DAYS = 30;
const SIZE = { width: 440, height: 150 };
const MOST_LABELS = 5;

interface Day {
  start: Temporal.ZonedDateTime;
  balance: Nano | null;
}

/**
 * The balances sampled in the last 30 days, since the first that is known.
 * @param currency of the account's balance; what was in another one is not drawn.
 * @returns `null` while there are fewer than two days.
 */
export async function balanceChart(
  { store, now }: Pick<Services, 'store' | 'now'>,
  account: { id: string; timezone: string },
  currency: string,
  format: Format,
  t: Translate,
): Promise<BalanceChartView | null> {
  const today = now().toZonedDateTimeISO(account.timezone).startOfDay();
  const days = await daysUntil(store, account.id, today, currency);
  if (days.length < 2) return null;
  const known = days.flatMap(({ balance }) => (balance === null ? [] : [balance]));
  const [first, last] = [known[0] ?? 0n, known.at(-1) ?? 0n];
  // A balance can be a debt.
  const step = displayStep(last < 0n ? -last : last);
  const money = (nano: Nano) => format.money(nano, step, currency);
  const name = (day: Day) => format.bucket(day.start, 'weekday');
  const every = Math.ceil(days.length / MOST_LABELS);
  const bars = days.map((day, index) => ({
    axisLabel: index % every === 0 ? format.bucket(day.start, 'day') : null,
    hint: `${name(day)} · ${day.balance === null ? t('credits.day_unread') : money(day.balance)}`,
    // The axis begins at zero: a debt has no height, only words.
    value: day.balance === null ? null : Math.max(0, toJsonNumber(day.balance)),
  }));
  const tick = (value: number, decimals: number) =>
    format.money(toNano(value), decimals === 0 ? NANO_PER_UNIT : NANO_PER_UNIT / 100n, currency);
  const unread = days.length - known.length;
  return {
    title: t('credits.by_day'),
    description: t('credits.by_day_description', {
      ...{ title: t('credits.by_day'), first: money(first), last: money(last) },
      ...{ from: format.bucket(today.subtract({ days: days.length - 1 }), 'weekday') },
      ...{ until: format.bucket(today, 'weekday') },
    }),
    svg: barChartSvg({ bars, tick }, SIZE, 'chart-balance'),
    unknown:
      unread === 0
        ? null
        : t('credits.days_unread', { count: unread, formatted: format.count(unread) }),
    rows: days.toReversed().map((day) => ({
      day: name(day),
      iso: day.start.toPlainDate().toString(),
      balance: day.balance === null ? null : money(day.balance),
      exact: day.balance === null ? null : format.exactMoney(day.balance, currency),
    })),
  };
}

async function daysUntil(
  { engine, reader }: Services['store'],
  accountId: string,
  today: Temporal.ZonedDateTime,
  currency: string,
): Promise<Day[]> {
  const tomorrow = nextBucket(today, 'day');
  const since = today.subtract({ days: DAYS - 1 }).toInstant();
  const starts = bucketsOf(since, tomorrow.epochMilliseconds, 'day', today.timeZoneId);
  const periods = starts.map((start, index) => ({
    start: start.toInstant(),
    end: (starts[index + 1] ?? tomorrow).toInstant(),
  }));
  const read = await reader.snapshot((db) => lastBalancesIn(db, engine, accountId, periods));
  const days = starts.map((start, index) => {
    const balance = read[index];
    return { start, balance: balance?.currency === currency ? balance.balance : null };
  });
  const first = days.findIndex(({ balance }) => balance !== null);
  return first === -1 ? [] : days.slice(first);
}
