import { cameLate } from './late-answers.ts';
import type { Measures } from './measures.ts';
import { type SlotMinutes, utcDayStart } from './slots.ts';
import type { WindowReading } from './store-window.ts';
import type { DaySeries, KeptSeries } from './window-rows.ts';

/** From this age on fal is not believed to correct much: what is gone then has been forgotten. */
const OLD_DAYS = 30;

/** What was read of a day before. */
export interface EarlierReading {
  readAt: Temporal.Instant;
  slotMinutes: SlotMinutes;
  isComplete: boolean;
  isFinal: boolean;
}

/** Why what is kept of a day stays as it is: it is *newer*, *fuller*, or fal has *forgotten* the day. */
export type KeptInstead = 'newer' | 'fuller' | 'forgotten';

/** @returns why a reading must not take the place of what is kept of that day; `null` where it may. */
export function whyKept(
  reading: WindowReading,
  before: EarlierReading | undefined,
  kept: readonly DaySeries[],
  read: readonly DaySeries[],
): KeptInstead | null {
  if (!before) return null;
  if (cameLate(reading.readAt, before.readAt)) return 'newer';
  // Rows of other slots can't be told from those that are kept.
  const isAlikeCut = before.slotMinutes === reading.slotMinutes;
  if (!reading.isComplete) return before.isComplete || !isAlikeCut ? 'fuller' : null;
  return isForgotten(reading, before, kept, read) ? 'forgotten' : null;
}

/**
 * An answer that lacks what fal said before, after its time for corrections. How long fal keeps usage
 * is not documented, and what it no longer has it answers with nothing.
 */
function isForgotten(
  { day, readAt, settleHours, slotMinutes, usage }: WindowReading,
  before: EarlierReading,
  kept: readonly DaySeries[],
  read: readonly DaySeries[],
): boolean {
  const hoursOld = utcDayStart(day + 1)
    .until(readAt)
    .total('hours');
  if (hoursOld < settleHours) return false;
  // What was read last before the corrections ended may well have been corrected since.
  if (!before.isFinal && hoursOld < OLD_DAYS * 24) return false;
  const costs = costByCurrency(kept);
  if (costs.size > 0 && usage.length === 0) return true;
  const now = costByCurrency(read);
  const lacks = (isLess: (cost: bigint, was: bigint) => boolean) =>
    [...costs].some(([currency, was]) => isLess(now.get(currency) ?? 0n, was));
  if (slotMinutes < before.slotMinutes && lacks((cost, was) => cost < was)) return true;
  return hoursOld >= OLD_DAYS * 24 && lacks((cost, was) => cost * 2n < was);
}

function costByCurrency(series: readonly DaySeries[]): Map<string | null, bigint> {
  const costs = new Map<string | null, bigint>();
  for (const { of, slots } of series) {
    if (of.measure !== 'billed') continue;
    let cost = costs.get(of.currency) ?? 0n;
    for (const measures of slots.values()) cost += measures[0] ?? 0n;
    costs.set(of.currency, cost);
  }
  return costs;
}

/** Endpoints whose calls of that day are not known in full: those too that were called in it before. */
export function uncountedOfDay(
  { uncounted, missed = [] }: WindowReading,
  kept: readonly DaySeries[],
): string[] {
  const called = kept.flatMap(({ of }) => (of.measure === 'called' && of.endpointId) || []);
  return [...new Set([...uncounted, ...called.filter((id) => missed.includes(id))])].toSorted();
}

/**
 * What is kept of a day from now on: of a part of it nothing that was known is given up, and of
 * endpoints whose calls could not be counted this time, those that were counted before.
 */
export function mergeReading(
  reading: WindowReading,
  before: EarlierReading | undefined,
  kept: readonly KeptSeries[],
  read: readonly KeptSeries[],
): KeptSeries[] {
  const { isComplete, slotMinutes } = reading;
  const uncounted = uncountedOfDay(reading, kept);
  const wanted = new Map(read.map((series) => [series.family.own, series]));
  for (const series of kept) {
    const isUncounted =
      series.of.measure === 'called' && uncounted.includes(series.of.endpointId ?? '');
    if (isComplete && !isUncounted) continue;
    const now = wanted.get(series.family.own);
    const isAlikeCut = before?.slotMinutes === slotMinutes;
    const slots = now && isAlikeCut ? greater(series.slots, now.slots) : series.slots;
    wanted.set(series.family.own, { ...series, slots });
  }
  return [...wanted.values()];
}

/** Of each slot what is more: of money, or else of calls. */
function greater(one: KeptSeries['slots'], other: KeptSeries['slots']): KeptSeries['slots'] {
  const slots = new Map(one);
  for (const [slot, measures] of other) {
    const was = slots.get(slot);
    if (!was || isMore(measures, was)) slots.set(slot, measures);
  }
  return slots;
}

function isMore(one: Measures, other: Measures): boolean {
  const index = one.findIndex((value, at) => value !== other[at]);
  return index >= 0 && (one[index] ?? 0n) > (other[index] ?? 0n);
}
