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
  const { endpointIds, apiKeyIds } = question;
  const isFiltered = endpointIds.length > 0 || apiKeyIds.length > 0;
  const [answer, before, all] = await Promise.all([
    history.usage({ ...question, groupsApart: COLORED_GROUPS }),
    comparison && history.usage({ ...comparison, groupsApart: 0 }),
    isFiltered
      ? history.usage({ ...question, endpointIds: [], apiKeyIds: [], groupsApart: 0 })
      : null,
  ]);
  return {
    answer,
    before,
    ranking: (all ?? answer).groups.map(({ key }) => key),
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
