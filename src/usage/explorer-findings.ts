import type { HistoryAnswer, HistoryQuestion, UsageHistory } from '../history/answer.ts';
import type { ExplorerQuery } from './explorer-query.ts';
import { COLORED_GROUPS } from './group-colors.ts';
import { findPriceChanges, type PriceChange, unitsWithSeveralPrices } from './price-changes.ts';

/** Everything that is found out for one page. */
export interface ExplorerFindings {
  answer: HistoryAnswer;
  /** `null` where nothing is compared. */
  before: HistoryAnswer | null;
  /** Keys of all groups, filters aside, most expensive first: their colours go by it. */
  ranking: readonly string[];
  /** Of the models shown, newest first. */
  priceChanges: readonly PriceChange[];
}

/** @throws RequestError where the copy can't be cut as asked. */
export async function findUsage(
  history: UsageHistory,
  { question, comparison }: Pick<ExplorerQuery, 'question' | 'comparison'>,
): Promise<ExplorerFindings> {
  const [answer, before] = await Promise.all([
    history.usage({ ...question, groupsApart: COLORED_GROUPS, isRanked: true }),
    comparison && history.usage({ ...comparison, groupsApart: 0 }),
  ]);
  return {
    answer,
    before,
    ranking: answer.ranking ?? answer.groups.map(({ key }) => key),
    priceChanges: await priceChanges(history, question, answer),
  };
}

async function priceChanges(
  history: UsageHistory,
  question: HistoryQuestion,
  { groups }: HistoryAnswer,
): Promise<PriceChange[]> {
  const units = question.groupBy === 'endpoint' ? unitsWithSeveralPrices(groups) : [];
  if (units.length === 0) return [];
  const endpointIds = [...new Set(units.map(({ endpointId }) => endpointId))];
  return findPriceChanges(units, history.rows({ ...question, endpointIds }));
}
