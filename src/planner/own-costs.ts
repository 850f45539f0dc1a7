import type { CostRange } from '../credits/projection.ts';
import type { HistoryAnswer, UsageBucket, UsageGroup, UsageHistory } from '../history/answer.ts';
import { divideNano, type Nano } from '../money.ts';
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

function unitsPerCall({ units }: UsageGroup, calls: number): OwnCost['unitsPerCall'] {
  const names = new Set(units.map(({ unit }) => unit));
  const [unit] = names;
  if (names.size !== 1 || !unit) return null;
  let sum = 0n;
  for (const { quantity } of units) {
    if (quantity === null) return null;
    sum += quantity;
  }
  return { unit, quantity: divideNano(sum, calls) };
}
