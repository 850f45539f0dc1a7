import type { AnalyticsRow } from '../fal/analytics.ts';
import { type AuthMethod, callerOf } from '../fal/auth-method.ts';
import { FalError } from '../fal/errors.ts';
import type { UsageRow } from '../fal/usage.ts';
import { NANO_PER_UNIT } from '../money.ts';
import { addMeasures, type Measures } from './measures.ts';
import { billedFamily, calledFamily, type SeriesFamily } from './series.ts';
import { type Slot, type SlotMinutes, slotOf } from './slots.ts';

/** One series of a day, slot by slot. */
export interface SeriesSums {
  family: SeriesFamily;
  slots: Map<Slot, Measures>;
}

/**
 * Adds up what fal answered for a day: rows of the same series and slot become one.
 * @throws FalError for numbers that can't be true.
 */
export function windowSums(reading: {
  accountId: string;
  slotMinutes: SlotMinutes;
  usage: readonly UsageRow[];
  calls: readonly AnalyticsRow[];
}): SeriesSums[] {
  const { accountId, slotMinutes } = reading;
  const slotAt = slotClock(slotMinutes);
  // By endpoint, then by caller: which of the few series left a row is of needs no text to be made.
  const billed = new Map<string, Map<string, BilledSeries[]>>();
  for (const row of reading.usage) {
    const ofEndpoint = billed.getOrInsertComputed(row.endpointId, () => new Map());
    const ofCaller = ofEndpoint.getOrInsertComputed(callerOf(row.auth), () => []);
    let series = ofCaller.find(({ first }) => isCutAlike(first, row));
    if (!series) {
      series = { first: row, family: billedFamily(accountId, row), slots: new Map() };
      ofCaller.push(series);
    }
    add(series.slots, slotAt(row.bucket), billedMeasures(row));
  }
  const called = new Map<string, SeriesSums>();
  for (const row of reading.calls) {
    const measures = calledMeasures(row);
    if (!measures) continue;
    const { slots } = called.getOrInsertComputed(row.endpointId, (endpointId) => ({
      family: calledFamily(accountId, endpointId),
      slots: new Map(),
    }));
    add(slots, slotAt(row.bucket), measures);
  }
  const ofCallers = billed.values().flatMap((ofEndpoint) => ofEndpoint.values());
  const read = [
    ...[...ofCallers].flat().map(({ family, slots }): SeriesSums => ({ family, slots })),
    ...called.values(),
  ];
  for (const series of read) refuseUnlikely(series);
  return read;
}

/** With the first row of it, which all others are cut like. */
interface BilledSeries extends SeriesSums {
  first: UsageRow;
}

function add(slots: SeriesSums['slots'], slot: Slot, measures: Measures): void {
  const sum = slots.get(slot);
  if (sum) addMeasures(sum, measures);
  else slots.set(slot, measures);
}

/**
 * Far beyond what a slot can have, and some ninety of it can still be added up in 64 bits: a hundred
 * million dollars, or so many units or calls.
 */
const MOST = 10n ** 17n;
const MOST_QUANTITY = MOST * NANO_PER_UNIT;

/** @throws FalError for what no sum of the store's could hold in the end. */
function refuseUnlikely({ family: { own }, slots }: SeriesSums): void {
  let isLikely = isWithin(BigInt(own.unitPrice ?? 0), MOST);
  slots.forEach((measures) => {
    for (let index = 0; index < measures.length; index += 1) {
      const value = measures[index] ?? 0n;
      if (value !== 0n) isLikely &&= isWithin(value, index === 1 ? MOST_QUANTITY : MOST);
    }
  });
  if (!isLikely) {
    throw new FalError('fal_bad_response', `${own.endpointId}: amounts beyond belief`);
  }
}

function isWithin(value: bigint, most: bigint): boolean {
  return (value < 0n ? -value : value) <= most;
}

/** Whether rows of an endpoint are alike in all that fal cuts billed rows by. */
function isCutAlike(one: UsageRow, other: UsageRow): boolean {
  return (
    one.unit === other.unit &&
    one.unitPrice === other.unitPrice &&
    one.percentDiscount === other.percentDiscount &&
    one.currency === other.currency &&
    isSameCaller(one.auth, other.auth)
  );
}

function isSameCaller(one: AuthMethod | null, other: AuthMethod | null): boolean {
  return (
    (one?.detail ?? null) === (other?.detail ?? null) &&
    (one?.apiKeyId ?? null) === (other?.apiKeyId ?? null) &&
    (one?.username ?? null) === (other?.username ?? null)
  );
}

/** Rows of one bucket often share the instant. */
function slotClock(minutes: SlotMinutes): (bucket: Temporal.Instant) => Slot {
  let last: Temporal.Instant | undefined;
  let slot: Slot = 0;
  return function slotAt(bucket) {
    if (bucket !== last) slot = slotOf(bucket, minutes);
    last = bucket;
    return slot;
  };
}

function billedMeasures({ cost, quantity }: UsageRow): Measures {
  return [cost, quantity ?? 0n, 0n, 0n, 0n, 0n, 0n, 0n];
}

/** `null` where fal does not say how many calls there were. @throws FalError */
function calledMeasures({ endpointId, metrics }: AnalyticsRow): Measures | null {
  const { request_count, success_count, user_error_count, error_count } = metrics;
  if (request_count === undefined) return null;
  const { p50_duration: p50, p95_duration: p95 } = metrics;
  const timed = p50 === undefined || p95 === undefined ? 0 : request_count;
  const counts = [
    request_count,
    success_count ?? 0,
    (user_error_count ?? 0) + (error_count ?? 0),
    timed,
    Math.round((p50 ?? 0) * 1_000) * timed,
    Math.round((p95 ?? 0) * 1_000) * timed,
  ];
  if (!counts.every(Number.isInteger)) {
    throw new FalError('fal_bad_response', `${endpointId}: calls that are no whole number`);
  }
  return [0n, 0n, ...counts.map(BigInt)];
}
