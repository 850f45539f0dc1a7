import { daysFrom } from '../calendar-days.ts';
import { BASIS_DAYS } from '../usage/pace.ts';
import type { AccountUsage } from './account-usage.ts';
import { type SpendSamples, type UsualSpend, usualSpend } from './usual-spend.ts';

const HOUR_MS = 3_600_000;
/** How far around the hour a habit may move, in hours. */
const AROUND = [-2, -1, 0, 1, 2];
const NEXT_TO = [-1, 0, 1];

/** Tells what spans that end with the hour of a moment usually cost an account; days are added up once. */
export function createUsualReader(usage: AccountUsage) {
  const peaks = new Map<string, number>();
  const isKnown = new Map<number, boolean>();

  function costUntil(endMs: number, hours: number): number {
    return Number(usage.cost(endMs - hours * HOUR_MS, endMs));
  }

  function peakOf(startMs: number, endMs: number, hours: number): number {
    const name = `${startMs} ${hours}`;
    let peak = peaks.get(name);
    if (peak === undefined) {
      peak = 0;
      for (let ms = startMs + HOUR_MS; ms <= endMs; ms += HOUR_MS) {
        peak = Math.max(peak, costUntil(ms, hours));
      }
      peaks.set(name, peak);
    }
    return peak;
  }

  function isDayKnown(startMs: number, endMs: number): boolean {
    let known = isKnown.get(startMs);
    if (known === undefined) {
      known = usage.isWhole({ epochMilliseconds: startMs }, { epochMilliseconds: endMs });
      isKnown.set(startMs, known);
    }
    return known;
  }

  function samplesAt(hour: Temporal.ZonedDateTime, hours: number): SpendSamples {
    const today = hour.startOfDay();
    const todayMs = today.epochMilliseconds;
    const untilMs = hour.epochMilliseconds - todayMs + HOUR_MS;
    const samples = {
      sameWeekday: [] as number[],
      sameHour: [] as number[],
      peaks: [] as number[],
    };
    // A long span moves by itself, and its days have one each.
    const isLong = hours >= 24;
    let index = 0;
    let before: number | null = null;
    for (const { startMs } of daysFrom(today.subtract({ days: BASIS_DAYS }).startOfDay())) {
      if (before !== null && isDayKnown(before, startMs)) {
        const endMs = before + untilMs;
        const around = (isLong ? [0] : AROUND).map((shift) =>
          costUntil(Math.min(endMs + shift * HOUR_MS, todayMs), hours),
        );
        samples.sameHour.push(Math.max(...around));
        samples.peaks.push(isLong ? (around[0] ?? 0) : peakOf(before, startMs, hours));
        if ((BASIS_DAYS - index) % 7 === 0) {
          const next = isLong ? around : NEXT_TO.map((shift) => around[2 + shift] ?? 0);
          samples.sameWeekday.push(...next);
        }
      }
      if (before !== null) index += 1;
      if (startMs >= todayMs) break;
      before = startMs;
    }
    return samples;
  }

  /** @param hour in which the span ends; its hours are whole ones, that one among them. */
  return function usualAt(hour: Temporal.ZonedDateTime, hours: number): UsualSpend | null {
    return usualSpend(samplesAt(hour, hours));
  };
}
