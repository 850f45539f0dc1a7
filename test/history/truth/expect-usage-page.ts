import { expect } from 'vitest';
import { listAccounts } from '../../../src/accounts/accounts.ts';
import type { GroupBy } from '../../../src/history/answer.ts';
import { RequestError } from '../../../src/http/failure.ts';
import type { Nano } from '../../../src/money.ts';
import { type ExplorerQuery, readExplorerQuery } from '../../../src/usage/explorer-query.ts';
import { byClass, isOf, seenText } from '../../support/html.ts';
import { type Ask, queryOf } from './asking.ts';
import { costOfFile } from './files.ts';
import { type Answered, askApi, type Looking } from './looks.ts';
import {
  expectBuckets,
  expectDigits,
  fileAddresses,
  headlineIn,
  type ShownRow,
  type ShownUsage,
  sectionOf,
  usageIn,
} from './pages.ts';

/**
 * `/admin/usage` says what the API says: in its tooltips to the nano, in its digits so that every
 * column adds up. So does a file of it, and the page that one of its rows or bars leads to.
 */
export async function expectUsagePage(looking: Looking): Promise<void> {
  const { ask, look } = looking;
  const { address, query, dates } = await asked(looking);
  const page = await ask(address);
  const expected = query && (await askApi(looking, query.question, dates));
  const before = query?.comparison ? await askApi(looking, query.comparison) : undefined;
  if (!query || !expected || page.status !== 200) {
    // What it is to be compared with may be what can't be cut.
    expect([address, page.status, expected && before]).toEqual([address, 400, null]);
    return;
  }

  const section = sectionOf(page.text, ({ attributes }) => 'data-result' in attributes);
  if (byClass(section, 'empty').length > 0) {
    expect(seenText(section)).not.toContain('$');
    if (expected.freshness === 'unknown') return;
    expect([expected.total.cost, expected.groups]).toEqual([0n, []]);
    return;
  }
  const shown = usageIn(section);
  const headline = headlineIn(section);
  const { groupBy } = query.question;
  expect(headline).toMatchObject({ exact: expected.total.cost, isAtLeast: expected.isAtLeast });
  if (shown.total) expect(shown.total.cost).toEqual(headline);
  expect(shown.groups.map((row) => [keyOf(row, groupBy), row.cost?.exact, row.calls])).toEqual(
    expected.groups.map(({ key, cost, count }) => [key, cost, count]),
  );
  expectBuckets(shown, expected);
  if (headline) expectDigits(shown, headline);
  if (query.comparison) expectComparison(shown, before?.buckets ?? []);

  const file = chosen(fileAddresses(section), look.file);
  if (file) expect([file, await costOfFile(ask, file)]).toEqual([file, headline?.exact]);
  // Addresses name whole days: the first bar of the last so many hours leads to all of its day.
  const bars = shown.buckets.slice(/^\d/.test(look.period) ? 1 : 0);
  const listed: readonly Omit<ShownRow, 'name'>[] = look.follows === 'row' ? shown.groups : bars;
  const { href, cost } = chosen(listed, look.place) ?? {};
  if (href) expect([href, await totalAt(ask, href)]).toEqual([href, cost?.exact ?? null]);
}

function chosen<T>(list: readonly T[], place: number): T | undefined {
  return list[place % list.length];
}

/** Where the page is asked so, and how it understands that; `null` where it can't. */
async function asked({ telling, look, question }: Looking) {
  const { services } = telling.panel;
  const { start, end, timezone, resolution, groupBy, endpointIds, apiKeyIds, slug } = question;
  const dayOf = (at: Temporal.Instant) => at.toZonedDateTimeISO(timezone).toPlainDate().toString();
  const dates = { start: dayOf(start), end: dayOf(end.subtract({ nanoseconds: 1 })) };
  const isDated = look.period === 'custom';
  const fields = {
    ...{ account: slug ?? '', period: look.period, compare: look.compare },
    ...{ timezone, timeframe: resolution, group_by: groupBy },
    ...{ endpoint_id: endpointIds, api_key_id: apiKeyIds },
    ...(isDated && { start_date: dates.start, end_date: dates.end }),
  };
  const accounts = await listAccounts(services.store.db);
  let query: ExplorerQuery | null = null;
  try {
    query = readExplorerQuery(fields, { accounts, chosen: null, timezone }, services.now());
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
  }
  const address = `/admin/usage?${queryOf(fields)}`;
  return { address, query, dates: isDated ? dates : undefined };
}

/** By what a row is told apart: what its link asks for, where it has one. */
function keyOf({ name, href }: ShownRow, groupBy: GroupBy): string {
  const field = { endpoint: 'endpoint_id', api_key: 'api_key_id', account: 'account', unit: '' };
  return href ? (parametersOf(href).get(field[groupBy]) ?? '') : name;
}

function parametersOf(href: string): URLSearchParams {
  return new URL(href, 'http://panel.invalid').searchParams;
}

/**
 * What each bar is compared with is what a bucket of that time cost, to the digits shown: the one of
 * its number, or its neighbour where clocks changed. Weeks and months cut off have none.
 */
function expectComparison({ buckets }: ShownUsage, before: Answered['buckets']): void {
  for (const [index, { before: shown }] of buckets.entries()) {
    if (!shown) continue;
    const near = [index, index - 1, index + 1].map((each) => before[each]?.cost ?? null);
    const isThat = (cost: Nano | null) =>
      cost !== null && Math.abs(Number(shown.shown - cost)) * 2 <= Number(shown.step);
    expect(near.some(isThat)).toBe(true);
  }
}

/** `null` where nothing is known there. */
async function totalAt(ask: Ask, href: string): Promise<Nano | null> {
  const { text } = await ask(href).expect(200);
  const section = sectionOf(text, ({ attributes }) => 'data-result' in attributes);
  if (byClass(section, 'empty').length === 0) return headlineIn(section)?.exact ?? null;
  const isUnread = byClass(section, 'badge').some((badge) => isOf(badge, 'unknown'));
  return isUnread ? null : 0n;
}
