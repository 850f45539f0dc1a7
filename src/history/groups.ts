import type { GroupBy, HistoryQuestion } from './answer.ts';
import type { StoredSeries } from './queries.ts';

/** Which series are of which group. */
export interface Grouping {
  groupBy: GroupBy;
  /** By the group's number. */
  groups: { key: string; name: string | null; series: StoredSeries[] }[];
  /** Ids of series and the number of their group; other currencies are in none. */
  members: [id: number, group: number][];
  /** Series that are in no group: of calls where a group can't be told by them, and of other currencies. */
  ungrouped: StoredSeries[];
}

/** Calls belong to an account and an endpoint, but to no key and no unit. */
const CALLS_ARE_KNOWN_BY: ReadonlySet<GroupBy> = new Set(['endpoint', 'account']);

/** The number, in cells, of what is in no group but counts in the total. */
export const UNGROUPED_CALLS = -1;

/** The coarsest sums that can answer: those across accounts where nothing is asked that they lack. */
export function scopeFor({
  accountId,
  groupBy,
  endpointIds,
  apiKeyIds,
}: Pick<
  HistoryQuestion,
  'accountId' | 'groupBy' | 'endpointIds' | 'apiKeyIds'
>): StoredSeries['scope'] {
  if (accountId !== null) return 'account';
  if (groupBy === 'account' || groupBy === 'api_key') {
    return endpointIds.length > 0 ? 'account' : 'by_account';
  }
  return apiKeyIds.length > 0 ? 'account' : 'by_endpoint';
}

export function groupSeries(
  series: readonly StoredSeries[],
  groupBy: GroupBy,
  accounts: ReadonlyMap<string, { slug: string; name: string }>,
): Grouping {
  const grouping: Grouping = { groupBy, groups: [], members: [], ungrouped: [] };
  const numbers = new Map<string, number>();
  for (const each of series) {
    const isForeign = each.measure === 'billed' && each.currency !== 'USD';
    const hasGroup = each.measure === 'billed' || CALLS_ARE_KNOWN_BY.has(groupBy);
    if (isForeign || !hasGroup) {
      grouping.ungrouped.push(each);
      if (!isForeign) grouping.members.push([each.id, UNGROUPED_CALLS]);
      continue;
    }
    const { key, name } = groupOf(each, groupBy, accounts);
    const number = numbers.get(key) ?? grouping.groups.length;
    numbers.set(key, number);
    const group = grouping.groups[number] ?? { key, name, series: [] };
    grouping.groups[number] = group;
    group.series.push(each);
    grouping.members.push([each.id, number]);
  }
  return grouping;
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
      return {
        key: series.apiKeyId ?? series.username ?? series.authDetail ?? '',
        name: series.authDetail,
      };
    case 'account': {
      const account = accounts.get(series.accountId ?? '');
      return { key: account?.slug ?? series.accountId ?? '', name: account?.name ?? null };
    }
  }
}
