import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { FalAccount } from '../accounts/accounts.ts';
import type { HistoryQuestion, UsageGroup, UsageHistory } from '../history/answer.ts';
import { RequestError } from '../http/failure.ts';
import type { Nano } from '../money.ts';
import type { Tables } from '../store/tables.ts';
import type { Span } from '../usage/spans.ts';
import type { Facts } from './finding.ts';
import type { Round } from './kind.ts';

/** The model that most of something is of. */
export interface MainModel {
  endpointId: string;
  /** Its part of the whole, in per cent. */
  percent: number;
}

type Measure = 'cost' | 'failures';

const REMEMBERED = 2_000;
const remembered = new WeakMap<Kysely<Tables>, LRUCache<string, { model: MainModel | null }>>();

/**
 * The model that most of an account's cost or failures in a span is of; `null` where there is none. It
 * is only read again where the sum has changed.
 */
export async function mainModel(
  round: Round,
  account: FalAccount,
  { start, end }: Span,
  measure: Measure,
  sum: Nano | number,
): Promise<MainModel | null> {
  const { history, store } = round.services;
  const known = remembered.get(store.db) ?? new LRUCache({ max: REMEMBERED });
  remembered.set(store.db, known);
  const name = [account.id, measure, start.epochMilliseconds, sum].join(' ');
  const found = known.get(name);
  if (found) return found.model;
  const model = await readMainModel(
    history,
    question(account, { start, end }, 'month', 0),
    measure,
  );
  known.set(name, { model });
  return model;
}

async function readMainModel(
  history: UsageHistory,
  asked: HistoryQuestion,
  measure: Measure,
): Promise<MainModel | null> {
  try {
    const { groups } = await history.usage(asked);
    return mostOf(groups.map((group) => ({ key: group.key, value: partOf(group, measure) })));
  } catch (error) {
    // Days that can't be cut in the account's zone: what is found is told without a model.
    if (error instanceof RequestError) return null;
    throw error;
  }
}

/** Tells the model that most of some hours is of, given in epoch ms: for looks back. */
export async function hourlyModels(
  round: Round,
  account: FalAccount,
  span: Span,
  measure: Measure,
): Promise<(startMs: number, endMs: number) => MainModel | null> {
  const { groups, series } = await round.services.history.usage(question(account, span, 'hour'));
  return (startMs, endMs) => {
    const sums = new Map<number, number>();
    for (const { start, parts } of series) {
      if (start.epochMilliseconds < startMs || start.epochMilliseconds >= endMs) continue;
      for (const part of parts) {
        sums.set(part.group, (sums.get(part.group) ?? 0) + partOf(part, measure));
      }
    }
    return mostOf([...sums].map(([group, value]) => ({ key: groups[group]?.key ?? '', value })));
  };
}

/** What is told of it. */
export function modelFacts(model: MainModel | null): Facts {
  if (!model) return {};
  return {
    model: { as: 'model', value: model.endpointId },
    share: { as: 'percent', value: model.percent },
  };
}

function question(
  { id, timezone }: FalAccount,
  { start, end }: Span,
  resolution: HistoryQuestion['resolution'],
  groupsApart?: number,
): HistoryQuestion {
  return {
    ...{ start, end, timezone, resolution, accountId: id, groupBy: 'endpoint' },
    ...{ endpointIds: [], apiKeyIds: [] },
    ...(groupsApart === undefined ? {} : { groupsApart }),
  };
}

function partOf(sums: Pick<UsageGroup, Measure>, measure: Measure): number {
  return measure === 'cost' ? Number(sums.cost) : (sums.failures ?? 0);
}

function mostOf(values: readonly { key: string; value: number }[]): MainModel | null {
  const whole = values.reduce((sum, { value }) => sum + value, 0);
  const [first] = values.toSorted((a, b) => b.value - a.value);
  if (!first || whole <= 0 || first.key === '') return null;
  return { endpointId: first.key, percent: Math.round((first.value / whole) * 100) };
}
