import type { FalAccount } from '../../src/accounts/accounts.ts';
import { AccountUsage } from '../../src/alerts/account-usage.ts';
import { SlotSums } from '../../src/alerts/slot-sums.ts';
import { trafficOfHour } from '../../src/demo/traffic.ts';
import { utcDayOf } from '../../src/history/slots.ts';
import { prng } from './prng.ts';

const HOUR_MS = 3_600_000;
const TIMEZONE = 'America/Mexico_City';

export const ACCOUNT: FalAccount = {
  id: 'one',
  slug: 'one',
  name: 'One',
  note: '',
  timezone: TIMEZONE,
  color: 1,
  keyHint: 'abcd',
  isDefault: true,
  version: 1,
};

/** What each hour cost, in dollars; the hour's start is in the account's zone. */
export type Habit = (seed: number) => (hour: Temporal.ZonedDateTime) => number;

/** Booths that stand somewhere for good: by day, more at weekends, each day and hour a bit different. */
export const steady: Habit = (seed) => {
  const random = prng(seed);
  let [day, ofDay] = ['', 1];
  return (hour) => {
    const date = hour.toPlainDate().toString();
    if (date !== day) [day, ofDay] = [date, random.logNormal(0.35)];
    if (hour.hour < 10 || hour.hour >= 23) return 0;
    const weekend = hour.dayOfWeek >= 5 ? 2 : 1;
    const evening = hour.hour >= 17 ? 1.5 : 1;
    return weekend * evening * ofDay * random.logNormal(0.4);
  };
};

/** Events of some hours on some days, mostly at weekends, some twice as large as others. */
export const byEvents: Habit = (seed) => {
  const random = prng(seed);
  let [day, begins, until, size] = ['', 0, 0, 0];
  return (hour) => {
    const date = hour.toPlainDate().toString();
    if (date !== day) {
      day = date;
      const isOn = random.next() < (hour.dayOfWeek >= 5 ? 0.6 : 0.12);
      begins = 11 + Math.floor(random.next() * 9);
      until = isOn ? begins + 3 + Math.floor(random.next() * 3) : 0;
      size = 10 * random.logNormal(0.4);
    }
    return hour.hour >= begins && hour.hour < until ? size * random.logNormal(0.25) : 0;
  };
};

/** Somebody tries something out now and then, for cents. */
export const tryingOut: Habit = (seed) => {
  const random = prng(seed);
  return ({ hour }) =>
    hour >= 9 && hour < 19 && random.next() < 0.15 ? 0.1 * random.logNormal(0.8) : 0;
};

/** A steady account that grows by a tenth every week. */
export const growing: Habit = (seed) => {
  const usual = steady(seed);
  let hours = 0;
  return (hour) => usual(hour) * 1.1 ** (hours++ / 24 / 7);
};

/** What the simulator's booths use, in as many venues as most accounts have. */
export const simulated: Habit = (seed) => (hour) =>
  trafficOfHour(seed, hour.epochMilliseconds, TIMEZONE).reduce(
    (sum, { costNano }) => sum + Number(costNano) / 1e9,
    0,
  );

/** An account with that habit for so many days until `now`, all of them read. */
export function usageBy(
  habit: ReturnType<Habit>,
  now: Temporal.Instant,
  days: number,
  more: (hour: Temporal.ZonedDateTime) => number = () => 0,
): AccountUsage {
  const startMs = (utcDayOf(now) - days) * 24 * HOUR_MS;
  const rows: string[] = [];
  for (let ms = startMs; ms < now.epochMilliseconds; ms += HOUR_MS) {
    const hour = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(TIMEZONE);
    const cost = Math.round((habit(hour) + more(hour)) * 1e9);
    if (cost > 0) rows.push(`${ms / 60_000} ${cost} 1 0`);
  }
  const read = now.subtract({ seconds: 30 }).toString();
  const covered = Array.from({ length: days + 1 }, (_, index) => ({
    day: utcDayOf(now) - days + index,
    ...{ accounts: 1, isFinal: false, isComplete: true, isCoarse: true, isInZone: false },
    ...{ zoneId: null, hasUncounted: false, firstReadAt: read, lastReadAt: read },
  }));
  return new AccountUsage(ACCOUNT, [new SlotSums(rows.join(','))], covered, now);
}
