import { setImmediate as othersTurn } from 'node:timers/promises';
import type { HistoryAnswer, UsageBucket, UsageGroup } from '../history/answer.ts';
import { toJsonNumber } from '../money.ts';
import { numberOrNull, zoned } from './answer.ts';

/**
 * The body of `GET /api/v1/usage`, in pieces with requests in between: a month of hours by key is tens
 * of megabytes. Amounts are JSON numbers in US dollars, durations ms, `null` is "not known".
 */
export async function* historyAnswer(
  { question, total, groups, series, ...answer }: HistoryAnswer,
  message: string,
): AsyncGenerator<string> {
  const inZone = (instant: Temporal.Instant) => zoned(instant, question.timezone);
  const usage = {
    total_cost: answer.state === 'unknown' ? null : toJsonNumber(total.cost),
    total_requests: total.count,
    successful_requests: total.successes,
    failed_requests: total.failures,
    currency: 'USD',
    start: inZone(question.start),
    end: inZone(question.end),
    timezone: question.timezone,
    timeframe: question.resolution,
    group_by: question.groupBy,
    freshness: answer.state,
    as_of: answer.asOf && inZone(answer.asOf),
    partial: answer.partial.length > 0,
    partial_reason: answer.partial.join(',') || null,
    groups: groups.map(groupAnswer),
    other_currencies: answer.otherCurrencies.map(({ currency, cost }) => ({
      currency,
      cost: toJsonNumber(cost),
    })),
  };
  let piece = `${JSON.stringify({ ok: true, message, usage }).slice(0, -2)},"series":[`;
  for (const [index, bucket] of series.entries()) {
    piece += (index > 0 ? ',' : '') + JSON.stringify(bucketAnswer(bucket, groups));
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
    await othersTurn();
  }
  yield `${piece}]}}`;
}

const PIECE_LENGTH = 64 * 1024;

function groupAnswer(group: UsageGroup) {
  return {
    key: group.key,
    name: group.name,
    cost: toJsonNumber(group.cost),
    count: group.count,
    failures: group.failures,
    units: group.units.map(({ unit, quantity, unitPrice }) => ({
      unit,
      quantity: numberOrNull(quantity),
      unit_price: numberOrNull(unitPrice),
    })),
    average_cost: numberOrNull(group.averageCost),
    share: group.share,
    p50_duration: group.p50Ms,
    p95_duration: group.p95Ms,
  };
}

function bucketAnswer(bucket: UsageBucket, groups: readonly UsageGroup[]) {
  return {
    bucket: bucket.start.toString({ timeZoneName: 'never' }),
    state: bucket.state,
    cost: numberOrNull(bucket.cost),
    count: bucket.count,
    failures: bucket.failures,
    groups: bucket.parts.map(({ group, cost, count, failures }) => ({
      key: groups[group]?.key ?? '',
      cost: toJsonNumber(cost),
      count,
      failures,
    })),
  };
}
