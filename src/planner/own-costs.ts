import type { CostRange } from '../credits/projection.ts';
import type { HistoryAnswer, UsageBucket, UsageGroup, UsageHistory } from '../history/answer.ts';
import { divideNano, type Nano, sumNano } from '../money.ts';
import type { OwnCost } from './output-price.ts';

/** What an account's calls of the last days cost is what they will. */
export const OWN_COST_DAYS = 30;
/** Of the days in order of their average: cheap and dear ones, without the oddest. */
const [CHEAP, DEAR] = [0.1, 0.9];

/** What an account's own calls of these models cost lately, by endpoint id; those never called are not in it. */
export async function readOwnCosts(
  history: Pick<UsageHistory, 'usage'>,
  account: { id: string; timezone: string },
  endpointIds: readonly string[],
  now: Temporal.Instant,
): Promise<Map<string, OwnCost>> {
  if (endpointIds.length === 0) return new Map();
  const { timezone } = account;
  const start = now.toZonedDateTimeISO(timezone).subtract({ days: OWN_COST_DAYS }).startOfDay();
  return ownCosts(
    await history.usage({
      ...{ start: start.toInstant(), end: now, timezone, resolution: 'day', groupBy: 'endpoint' },
      ...{ accountId: account.id, endpointIds, apiKeyIds: [] },
    }),
  );
}

/** The same from an answer by endpoint and day. */
export function ownCosts({ groups, series }: HistoryAnswer): Map<string, OwnCost> {
  return new Map(
    groups.flatMap((group, index): [string, OwnCost][] => {
      const { count, averageCost, key } = group;
      if (!count || averageCost === null) return [];
      const averages = dayAverages(series, index);
      const perCall = spread(averageCost, averages);
      return [
        [
          key,
          {
            perCall,
            unitsPerCall: unitsPerCall(group, count),
            calls: count,
            days: averages.length,
          },
        ],
      ];
    }),
  );
}

/** What a call cost on each day that had some, cheapest first. */
function dayAverages(series: readonly UsageBucket[], group: number): Nano[] {
  return series
    .flatMap(({ parts }) => {
      const part = parts.find((each) => each.group === group);
      return part?.count ? [divideNano(part.cost, part.count)] : [];
    })
    .sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
}

function spread(average: Nano, days: readonly Nano[]): CostRange {
  const at = (part: number) => days[Math.round(part * (days.length - 1))] ?? average;
  const [low, high] = [at(CHEAP), at(DEAR)];
  return {
    low: low < average ? low : average,
    expected: average,
    high: high > average ? high : average,
  };
}

/**
 * Units billed for a call, in the unit that cost most and at its lowest price: what a model bills at a
 * higher one, by resolution, or in other units besides counts for as many as it costs.
 */
function unitsPerCall({ units }: UsageGroup, calls: number): OwnCost['unitsPerCall'] {
  const priced = units.flatMap(({ unit, quantity, unitPrice }) =>
    unit === null || quantity === null || unitPrice === null
      ? []
      : [{ unit, unitPrice, sum: quantity * unitPrice }],
  );
  const billed = priced.filter(({ sum }) => sum > 0n);
  if (billed.length === 0 || priced.length < units.length) return null;
  const sumOf = (unit: string) => sumNano(billed.map((row) => (row.unit === unit ? row.sum : 0n)));
  const { unit } = billed.reduce((one, other) =>
    sumOf(other.unit) > sumOf(one.unit) ? other : one,
  );
  const [lowest = 1n] = billed
    .flatMap((row) => (row.unit === unit ? [row.unitPrice] : []))
    .sort((one, other) => (one < other ? -1 : 1));
  const sum = sumNano(billed.map((row) => row.sum));
  return { unit, quantity: divideNano(sum, lowest * BigInt(calls)) };
}
