import type { Kysely } from 'kysely';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import type { Resolution } from '../buckets.ts';
import type { HistoryAnswer, UsageGroup } from '../history/answer.ts';
import { earlier } from '../instants.ts';
import { type SpanSums, sumBuckets } from '../overview/bucket-sums.ts';
import type { PriceServices } from '../planner/known-prices.ts';
import type { Tables } from '../store/tables.ts';
import { COLORED_GROUPS } from '../usage/group-colors.ts';
import type { Span } from '../usage/spans.ts';
import { mostUsed } from '../usage/totals.ts';
import { type PartSums, sumParts } from './parts.ts';
import { previous, type ReportPeriod, spanOf } from './period.ts';
import { readCredits } from './read-credits.ts';
import type { Report } from './report.ts';

/** Models and accounts that are listed; all others are one line. */
const LISTED = 50;

/** What a report is to be about; `account` `null`: all accounts together. */
export interface ReportQuestion {
  period: ReportPeriod;
  account: FalAccount | null;
}

/**
 * Reads what a report says from the local copy alone, by the same questions and sums as the overview's.
 * A period that is not over counts until now.
 */
export async function readReport(
  services: PriceServices,
  { period, account }: ReportQuestion,
  caller: AbortSignal,
): Promise<Report> {
  const { store } = services;
  const now = services.now();
  const whole = spanOf(period);
  const span = { start: whole.start, end: earlier(whole.end, now) };
  const isOver = Temporal.Instant.compare(whole.end, now) <= 0;
  const accounts = account ? [account] : await listAccounts(store.db);
  const ask = asker(services, period.timezone, account?.id ?? null);
  const resolution = period.cadence === 'daily' ? 'hour' : 'day';
  const used = await ask(span, resolution, 'endpoint', COLORED_GROUPS);
  const spanBefore = spanOf(previous(period));
  const before = isOver ? await ask(spanBefore, 'day', 'endpoint', 0) : null;
  const byAccount = accounts.length > 1 ? await ask(span, resolution, 'account', 0) : null;
  const { credits, events } = await readCredits(services, accounts, caller);
  return {
    period,
    ...span,
    isOver,
    madeAt: now,
    account: account && { slug: account.slug, name: account.name },
    state: used.state,
    total: totals(used),
    before: before && { ...spanBefore, ...totals(before) },
    mostUsed: mostUsed(used.groups.map((group) => ({ ...group, endpointId: group.key }))),
    ...modelsOf(used.groups),
    accounts: byAccount && accountsOf(byAccount.groups),
    otherCurrencies: used.otherCurrencies.map(({ currency, cost }) => ({ currency, cost })),
    chart: chartOf(used, resolution),
    credits,
    events,
    openIncidents: await countOpen(store.db, account?.id ?? null),
  };
}

function asker(
  { history }: Pick<PriceServices, 'history'>,
  timezone: string,
  accountId: string | null,
) {
  return (
    { start, end }: Span,
    resolution: Resolution,
    groupBy: 'endpoint' | 'account',
    groupsApart: number,
  ) =>
    history.usage({
      ...{ start, end, timezone, resolution, accountId, groupBy, groupsApart },
      ...{ endpointIds: [], apiKeyIds: [] },
    });
}

function totals({ series }: HistoryAnswer) {
  const { cost, count, failures }: SpanSums = sumBuckets(series);
  return { cost, calls: count, failures };
}

function partOf({ cost, count, failures }: UsageGroup): PartSums {
  return { cost, calls: count, failures };
}

function othersOf(groups: readonly UsageGroup[]) {
  const rest = groups.slice(LISTED);
  return rest.length > 0 ? { number: rest.length, ...sumParts(rest.map(partOf)) } : null;
}

function modelsOf(groups: readonly UsageGroup[]): Pick<Report, 'models' | 'otherModels'> {
  const listed = groups.slice(0, LISTED);
  return {
    models: listed.map((group) => ({ endpointId: group.key, ...partOf(group) })),
    otherModels: othersOf(groups),
  };
}

function accountsOf(groups: readonly UsageGroup[]): Report['accounts'] {
  const listed = groups.slice(0, LISTED);
  return {
    listed: listed.map((group) => ({
      ...{ slug: group.key, name: group.name ?? group.key },
      ...partOf(group),
    })),
    others: othersOf(groups),
  };
}

function chartOf(
  { groups, series }: HistoryAnswer,
  resolution: Report['chart']['resolution'],
): Report['chart'] {
  const named = groups.slice(0, COLORED_GROUPS);
  return {
    resolution,
    models: named.map(({ key }) => key),
    otherModels: groups.length - named.length,
    buckets: series.map(({ start, state, cost, count, parts, others }) => {
      const byGroup = new Map(parts.map((part) => [part.group, part]));
      const own = named.map((_, index) => byGroup.get(index) ?? { cost: 0n, count: null });
      const all = others ? [...own, others] : own;
      return {
        ...{ start: start.toInstant(), state, cost, calls: count },
        parts: all.map((part) => ({ cost: part.cost, calls: part.count })),
      };
    }),
  };
}

async function countOpen(db: Kysely<Tables>, accountId: string | null): Promise<number> {
  let query = db
    .selectFrom('incidents')
    .select(({ fn }) => fn.countAll<number | string>().as('number'))
    .where('state', 'in', ['open', 'acknowledged']);
  if (accountId !== null) query = query.where('account_id', '=', accountId);
  return Number((await query.executeTakeFirst())?.number ?? 0);
}
