import { z } from 'zod';
import { bucketStart } from '../../buckets.ts';
import { type AccountUsage, longUsageOf, usageOf } from '../account-usage.ts';
import { type Evaluation, UNKNOWN } from '../finding.ts';
import { readEveryHour } from '../hours.ts';
import type { AlertKind } from '../kind.ts';
import { hourlyModels, type MainModel, mainModel } from '../main-model.ts';
import { numberParam, wholeParam } from '../param-fields.ts';

const params = z.object({
  percent: numberParam(1, 100).default(20),
  min_calls: wholeParam(1, 1_000_000).default(20),
  hours: wholeParam(1, 168).default(1),
});
type Params = z.infer<typeof params>;

/** How many calls there were, and how many failed, in the last hours. */
export interface FailureReading {
  calls: number;
  failures: number;
  /** Whether every call of that time is known and counted. */
  isWhole: boolean;
  /** Where most of them failed; read only of what may be above the rate. */
  model: MainModel | null;
}

/** What is open is over below this part of the rate. */
const OVER_BELOW = 0.7;

/** Too many of an account's calls failed lately. */
export const failureRate: AlertKind<Params, FailureReading> = {
  kind: 'failure_rate',
  params,
  fields: [
    { name: 'percent', type: 'number', min: 1, max: 100, unit: 'percent' },
    { name: 'min_calls', type: 'number', min: 1, max: 1_000_000, unit: 'calls' },
    { name: 'hours', type: 'number', min: 1, max: 168, unit: 'hours' },
  ],
  defaults: [{ params: { percent: 20, min_calls: 20, hours: 1 }, severity: 'warning' }],

  async read(round, account, asked) {
    const usage = await usageOf(round, account);
    const start = startAt(usage, round.now, asked);
    const reading = lookAt(usage, round.now, asked);
    if (!isNear(reading, asked)) return reading;
    const span = { start, end: round.now };
    const model = await mainModel(round, account, span, 'failures', reading.failures);
    return { ...reading, model };
  },

  judge(reading, { percent, min_calls: minCalls, hours }, firing): Evaluation {
    const { calls, failures, isWhole, model } = reading;
    const rate = rateOf(reading);
    const isOpen = firing.has('');
    const least = isOpen ? percent * OVER_BELOW : percent;
    // When a new hour begins an old one's calls go.
    const leastCalls = isOpen ? minCalls / 2 : minCalls;
    // Of calls that are not known yet some may have succeeded.
    if (!isWhole && (calls < leastCalls || rate < least)) return UNKNOWN;
    if (calls < leastCalls || rate < least) return { isKnown: true, findings: [] };
    return {
      isKnown: true,
      findings: [
        {
          subject: '',
          nature: 'state',
          cause: 'failures',
          facts: {
            rate: { as: 'percent', value: Math.round(rate) },
            failures: { as: 'count', value: failures },
            calls: { as: 'count', value: calls },
            hours: { as: 'hours', value: hours },
            ...(model && { model: { as: 'model', value: model.endpointId } }),
          },
        },
      ],
    };
  },

  async past(round, account, asked, span) {
    const since = span.start.subtract({ hours: asked.hours + 1 });
    const usage = await longUsageOf(round, account, since);
    const models = await hourlyModels(round, account, span, 'failures');
    return readEveryHour(span, (at) => {
      const reading = lookAt(usage, at, asked);
      if (!isNear(reading, asked)) return reading;
      const startMs = startAt(usage, at, asked).epochMilliseconds;
      return { ...reading, model: models(startMs, at.epochMilliseconds) };
    });
  },
};

/** In per cent; of no calls 0. */
function rateOf({ calls, failures }: Pick<FailureReading, 'calls' | 'failures'>): number {
  return calls === 0 ? 0 : (failures / calls) * 100;
}

/** Whether it may be told, so that it is worth knowing where calls fail. */
function isNear(reading: FailureReading, { percent }: Params): boolean {
  return reading.failures > 0 && rateOf(reading) >= percent * OVER_BELOW;
}

/** As many whole hours and the one that is running. */
function startAt(usage: AccountUsage, now: Temporal.Instant, { hours }: Params): Temporal.Instant {
  return bucketStart(now, 'hour', usage.account.timezone).toInstant().subtract({ hours });
}

function lookAt(usage: AccountUsage, now: Temporal.Instant, asked: Params): FailureReading {
  const start = startAt(usage, now, asked);
  const { calls, failures } = usage.used(start, now);
  // Models that can't be counted at all stand aside; without any count nothing is known.
  const isCounted = calls > 0 || !usage.isUncounted(start, now);
  return { calls, failures, isWhole: isCounted && usage.isWhole(start, now), model: null };
}
