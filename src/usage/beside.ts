import { nextBucket } from '../buckets.ts';
import type { HistoryAnswer, UsageBucket } from '../history/answer.ts';

/**
 * The bucket of another time that stands beside each bucket; `null` where none does. Hours and days go
 * by the clock, counted from where each time begins, so that on a day whose clocks change three o'clock
 * is not compared with two. Weeks and months go by their number; one that its period cuts off stands
 * beside one of which as much is left, for five days say nothing beside one.
 */
export function bucketsBeside(
  answer: HistoryAnswer,
  before: Pick<HistoryAnswer, 'question' | 'series'>,
): (UsageBucket | null)[] {
  const { resolution } = answer.question;
  if (resolution === 'week' || resolution === 'month') {
    return answer.series.map((bucket, index) => {
      const other = before.series[index];
      return other && areAlike(daysLeft(bucket, answer), daysLeft(other, before)) ? other : null;
    });
  }
  const byClock = new Map<string, UsageBucket[]>();
  for (const bucket of before.series) {
    const clock = clockOf(bucket, before);
    byClock.set(clock, [...(byClock.get(clock) ?? []), bucket]);
  }
  // Where clocks go back an hour comes twice; the second has the last one beside it there was.
  return answer.series.map((bucket) => {
    const others = byClock.get(clockOf(bucket, answer)) ?? [];
    return (others.length > 1 ? others.shift() : others[0]) ?? null;
  });
}

/** What the clock says of how long it is since the period began. */
function clockOf({ start }: UsageBucket, { question }: Pick<HistoryAnswer, 'question'>): string {
  const began = question.start.toZonedDateTimeISO(question.timezone);
  return question.resolution === 'day'
    ? began.toPlainDate().until(start.toPlainDate(), { largestUnit: 'days' }).toString()
    : began.toPlainDateTime().until(start.toPlainDateTime(), { largestUnit: 'hours' }).toString();
}

/** Days of a bucket that lie in its period, and whether that is all of it. */
function daysLeft(
  { start }: UsageBucket,
  { question }: Pick<HistoryAnswer, 'question'>,
): { days: number; isAll: boolean } {
  const end = nextBucket(start, question.resolution).toPlainDate();
  const zoned = (at: Temporal.Instant) => at.toZonedDateTimeISO(question.timezone);
  const first = zoned(question.start).toPlainDate();
  const last = zoned(question.end.subtract({ nanoseconds: 1 }))
    .toPlainDate()
    .add({ days: 1 });
  const from = Temporal.PlainDate.compare(first, start) > 0 ? first : start.toPlainDate();
  const to = Temporal.PlainDate.compare(last, end) < 0 ? last : end;
  const isAll = from.equals(start.toPlainDate()) && to.equals(end);
  return { days: from.until(to).days, isAll };
}

/** Two whole months are, however many days they have. */
function areAlike(one: ReturnType<typeof daysLeft>, other: ReturnType<typeof daysLeft>): boolean {
  return (one.isAll && other.isAll) || one.days === other.days;
}
