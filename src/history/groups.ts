import type { GroupBy, HistoryQuestion } from './answer.ts';
import type { StoredSeries } from './queries.ts';

/** Series of one group. */
export interface SeriesGroup {
  key: string;
  name: string | null;
  series: StoredSeries[];
}

/** Calls belong to an account and an endpoint, but to no key and no unit. */
export function areCallsKnownBy(groupBy: GroupBy): boolean {
  return groupBy === 'endpoint' || groupBy === 'account';
}

type Filtered = Pick<HistoryQuestion, 'accountId' | 'endpointIds' | 'apiKeyIds'>;

/** The coarsest sums that tell the groups apart and lack nothing that is filtered by. */
export function scopeOfGroups(groupBy: GroupBy, filter: Filtered): StoredSeries['scope'] {
  const { accountId, endpointIds, apiKeyIds } = filter;
  if (groupBy === 'account' || groupBy === 'api_key') {
    return endpointIds.length > 0 ? 'account' : 'by_account';
  }
  return accountId !== null || apiKeyIds.length > 0 ? 'account' : 'by_endpoint';
}

/** The coarsest sums that say what all of it was together. */
export function scopeOfTotal({
  accountId,
  endpointIds,
  apiKeyIds,
}: Filtered): StoredSeries['scope'] {
  if (accountId !== null) return endpointIds.length > 0 ? 'account' : 'by_account';
  return apiKeyIds.length > 0 ? 'account' : 'by_endpoint';
}

/** Whether it counts in totals: costs in other currencies stand apart. */
export function countsInTotal({ measure, currency }: StoredSeries): boolean {
  return measure === 'called' || currency === 'USD';
}

/** Puts series that count in totals into their groups; calls only where a group can be told by them. */
export function groupSeries(
  series: readonly StoredSeries[],
  groupBy: GroupBy,
  accounts: ReadonlyMap<string, { slug: string; name: string }>,
): SeriesGroup[] {
  const groups = new Map<string, SeriesGroup>();
  for (const each of series) {
    if (!countsInTotal(each)) continue;
    if (each.measure === 'called' && !areCallsKnownBy(groupBy)) continue;
    const { key, name } = groupOf(each, groupBy, accounts);
    const group = groups.get(key) ?? { key, name, series: [] };
    groups.set(key, group);
    group.series.push(each);
  }
  return [...groups.values()];
}

/** As `CALLER` in a query. */
function callerOf({ apiKeyId, username, authDetail }: StoredSeries): string {
  return apiKeyId ?? username ?? authDetail ?? '';
}

/** What people call the callers of these series. */
export function namesOfCallers(series: readonly StoredSeries[]): Map<string, string> {
  return new Map(
    series.flatMap((each) =>
      each.authDetail === null ? [] : [[callerOf(each), each.authDetail] as const],
    ),
  );
}

function groupOf(
  series: StoredSeries,
  groupBy: GroupBy,
  accounts: ReadonlyMap<string, { slug: string; name: string }>,
): { key: string; name: string | null } {
  switch (groupBy) {
    case 'endpoint':
      return { key: series.endpointId ?? '', name: null };
    case 'unit':
      return { key: series.unit ?? '', name: null };
    case 'api_key':
      return { key: callerOf(series), name: series.authDetail };
    case 'account': {
      const account = accounts.get(series.accountId ?? '');
      return { key: account?.slug ?? series.accountId ?? '', name: account?.name ?? null };
    }
  }
}
