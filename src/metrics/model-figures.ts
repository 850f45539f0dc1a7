import type { HistoryAnswer, UsageGroup } from '../history/answer.ts';
import { type Nano, sumNano } from '../money.ts';
import { type KnownSum, sumBuckets } from '../overview/bucket-sums.ts';

/** What was used in a period. `null` is unknown, never zero; else a lower bound where it is not complete. */
export interface Figures {
  cost: Nano | null;
  calls: number | null;
  failures: number | null;
}

export interface ModelFigures extends Figures {
  /** Endpoint id, or `OTHER`. */
  model: string;
}

/** An account's period: the models' costs add up to its own. */
export interface PeriodFigures extends Figures {
  /** Whether all three are known in full. */
  isComplete: boolean;
  models: ModelFigures[];
}

/** All models together that are not told apart. No endpoint of fal's has an id without a slash. */
const OTHER = 'other';

type Answer = Pick<HistoryAnswer, 'groups' | 'series'>;

/** The models that cost most in any of the periods, the most expensive first: the same for all of them. */
export function modelsApart(answers: readonly Pick<Answer, 'groups'>[], limit: number): string[] {
  const most = new Map<string, Nano>();
  for (const { key, cost } of answers.flatMap(({ groups }) => groups)) {
    if (key === '' || key === OTHER) continue;
    const known = most.get(key);
    if (known === undefined || known < cost) most.set(key, cost);
  }
  return [...most]
    .sort(([a, costA], [b, costB]) => (costA === costB ? (a < b ? -1 : 1) : costA < costB ? 1 : -1))
    .slice(0, limit)
    .map(([key]) => key);
}

/** A period, with those models apart and the others as one. @param hasOthers in any period. */
export function periodFigures(
  { groups, series }: Answer,
  apart: readonly string[],
  hasOthers: boolean,
): PeriodFigures {
  const { cost, count, failures } = sumBuckets(series);
  const ofModels = (own: readonly UsageGroup[], model: string): ModelFigures => ({
    model,
    cost: told(cost, sumNano(own.map((group) => group.cost))),
    calls: told(count, sumCounts(own.map((group) => group.count))),
    failures: told(failures, sumCounts(own.map((group) => group.failures))),
  });
  const byModel = Map.groupBy(groups, ({ key }) => (apart.includes(key) ? key : OTHER));
  const names = hasOthers ? [...apart, OTHER] : apart;
  return {
    cost: told(cost),
    calls: told(count),
    failures: told(failures),
    isComplete: cost.isWhole && count.isWhole && failures.isWhole,
    models: names.map((model) => ofModels(byModel.get(model) ?? [], model)),
  };
}

/** Whether some models are not told apart. */
export function hasOtherModels(
  answers: readonly Pick<Answer, 'groups'>[],
  apart: readonly string[],
): boolean {
  return answers.some(({ groups }) => groups.some(({ key }) => !apart.includes(key)));
}

/**
 * The value of a sum, or of a part of it. At least nothing is no news, and would pass for zero.
 * @returns `null` for what is not known.
 */
function told<Value extends bigint | number>(
  sum: KnownSum<Value>,
  value: Value | null = sum.value,
): Value | null {
  if (sum.value === null || value === null) return null;
  return sum.isWhole || value > 0 ? value : null;
}

/** `null` where one of them is; none add up to zero. */
function sumCounts(counts: readonly (number | null)[]): number | null {
  return counts.reduce((sum, count) => (sum === null || count === null ? null : sum + count), 0);
}
