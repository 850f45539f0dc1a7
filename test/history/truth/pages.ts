import { expect } from 'vitest';
import { type Nano, sumNano } from '../../../src/money.ts';
import { byClass, byTag, type Element, elements, readHtml, seenText } from '../../support/html.ts';
import { nano } from './files.ts';
import type { Shown } from './shown.ts';

/** An amount as a page shows it. */
export interface Amount {
  /** What its digits say; less than the smallest of them is nothing. */
  shown: Nano;
  /** What the last digit counts. */
  step: Nano;
  /** All of its digits, in its tooltip. */
  exact: Nano;
  isAtLeast: boolean;
}

export interface ShownRow {
  name: string;
  href: string | null;
  /** `null`: it is said that it is not known. So are the others. */
  cost: Amount | null;
  calls: number | null;
}

export interface ShownBucket extends Omit<ShownRow, 'name'> {
  startMs: number;
  parts: (Nano | null)[];
  /** What it is compared with, where anything is. */
  before?: Pick<Amount, 'shown' | 'step'> | null;
}

/** What the chart with its table and the table of groups below it show. */
export interface ShownUsage {
  buckets: ShownBucket[];
  groups: ShownRow[];
  /** Of the table of groups; `null` where there is none. */
  total: ShownRow | null;
}

/** The main part of a page, or of a section of it. @throws Error where there is none. */
export function sectionOf(html: string, isWanted: (element: Element) => boolean): Element {
  const [found] = elements(readHtml(html), isWanted);
  if (!found) throw new Error('the page lacks what it is about');
  return found;
}

export function usageIn(section: Element): ShownUsage {
  const [chart] = byClass(section, 'chart');
  const [table] = byClass(section, 'models');
  const bodies = table ? byTag(table, 'tbody') : [];
  const [foot] = table ? byTag(table, 'tfoot').flatMap((each) => byTag(each, 'tr')) : [];
  return {
    buckets: chart ? bucketsOf(chart) : [],
    groups: bodies.flatMap((body) => byTag(body, 'tr').map(groupOf)),
    total: foot ? groupOf(foot) : null,
  };
}

/** The figure at the top of `/admin/usage`. */
export function headlineIn(section: Element): Amount | null {
  const [figure = section] = byClass(section, 'headline').flatMap((each) =>
    byClass(each, 'figure'),
  );
  return amountIn(figure);
}

/** What today, the last 24 hours and this month cost until now, on the overview. */
export function costsSoFarIn(section: Element): (Amount | null)[] {
  return byClass(section, 'cost-figures')
    .flatMap((list) => byClass(list, 'figure'))
    .slice(0, 3)
    .map(amountIn);
}

/** Where the page hands out the same figures as files. */
export function fileAddresses(section: Element): string[] {
  return byClass(section, 'exports').flatMap((list) =>
    byTag(list, 'a').map(({ attributes }) => attributes.href ?? ''),
  );
}

/** The buckets as the API says them; what is not known is no amount, and neither are its parts. */
export function expectBuckets({ buckets }: ShownUsage, expected: Pick<Shown, 'buckets'>): void {
  expect(buckets.map((row) => [row.startMs, row.cost?.exact ?? null, row.calls])).toEqual(
    expected.buckets.map(({ startMs, cost, count }) => [startMs, cost, count]),
  );
  expect(buckets.map(({ cost }) => cost?.isAtLeast ?? false)).toEqual(
    expected.buckets.map(({ state }) => state === 'partial'),
  );
  for (const { cost, parts } of buckets) {
    if (cost === null) expect(new Set([null, ...parts])).toEqual(new Set([null]));
    else if (parts.length > 0) expect(sumNano(parts.map((part) => part ?? 0n))).toBe(cost.shown);
  }
}

/** Rounded as it is, each table adds up to the total above it, and no row is a digit off. */
export function expectDigits({ groups, buckets }: ShownUsage, total: Amount): void {
  for (const rows of [groups, buckets].filter(({ length }) => length > 0)) {
    const amounts = rows.flatMap(({ cost }) => cost ?? []);
    expect(sumNano(amounts.map(({ exact }) => exact))).toBe(total.exact);
    expect(sumNano(amounts.map(({ shown }) => shown))).toBe(total.shown);
    for (const { shown, exact, step } of amounts) {
      expect(shown - exact < step && exact - shown < step).toBe(true);
    }
  }
}

function groupOf(row: Element): ShownRow {
  const [heading = row] = byTag(row, 'th');
  const [name = heading] = [...byClass(heading, 'model'), heading];
  const cells = byTag(row, 'td');
  const [cost] = byClass(row, 'cost');
  return {
    name: seenText(name),
    href: hrefIn(heading),
    cost: cost ? amountIn(cost) : null,
    calls: callsIn(cells),
  };
}

function callsIn(cells: readonly Element[]): number | null {
  const cell = cells.find(({ attributes }) =>
    /^(?:Llamadas|Calls)$/.test(attributes['data-label'] ?? ''),
  );
  return cell ? countIn(cell) : null;
}

function bucketsOf(chart: Element): ShownBucket[] {
  const layers = byClass(chart, 'layers').flatMap((list) => byTag(list, 'li')).length;
  return byTag(chart, 'tbody').flatMap((body) =>
    byTag(body, 'tr').map((row) => {
      const [heading = row] = byTag(row, 'th');
      const cells = byTag(row, 'td');
      const [cost, ...others] = cells;
      const parts = layers > 0 ? others.slice(-layers) : [];
      const [calls, before] = others.slice(0, others.length - layers).reverse();
      const iso = byTag(heading, 'time')[0]?.attributes.datetime ?? '';
      return {
        startMs: Temporal.Instant.from(iso).epochMilliseconds,
        href: hrefIn(heading),
        cost: cost ? amountIn(cost) : null,
        calls: calls ? countIn(calls) : null,
        parts: parts.map((part) => digitsIn(part)?.shown ?? null),
        ...(before && { before: digitsIn(before) }),
      };
    }),
  );
}

function hrefIn(element: Element): string | null {
  return byTag(element, 'a')[0]?.attributes.href ?? null;
}

function amountIn(element: Element): Amount | null {
  const digits = digitsIn(element);
  if (!digits) return null;
  const titles = [element, ...elements(element, () => true)].map(
    ({ attributes }) => attributes.title,
  );
  const exact = digitsOf(titles.find((title) => title) ?? '');
  if (!exact) throw new Error(`no exact amount beside ${seenText(element)}`);
  return {
    ...digits,
    exact: exact.shown,
    isAtLeast: /≥|al menos|at least/.test(seenText(element)),
  };
}

/** `null` where there are none: it is not known. */
function digitsIn(element: Element) {
  return digitsOf(seenText(element));
}

/** Both languages separate thousands by commas. */
function digitsOf(text: string): Pick<Amount, 'shown' | 'step'> | null {
  const [digits] = text.match(/\d[\d,]*(?:\.\d+)?/) ?? [];
  if (!digits) return null;
  const decimals = digits.split('.')[1]?.length ?? 0;
  const isLess = text.includes('<');
  return {
    shown: isLess ? 0n : nano(digits.replaceAll(',', '')),
    step: 10n ** BigInt(9 - decimals),
  };
}

function countIn(element: Element): number | null {
  const [digits] = seenText(element).match(/\d[\d,]*/) ?? [];
  return digits ? Number(digits.replaceAll(',', '')) : null;
}
