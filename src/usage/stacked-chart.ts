import type { HistoryAnswer, UsageBucket } from '../history/answer.ts';
import type { Translate } from '../i18n/index.ts';
import { bucketsBeside } from './beside.ts';
import type { ChartBucket, ChartModel } from './chart-model.ts';
import type { ExplorerLinks } from './explorer-links.ts';
import { COLORED_GROUPS, groupColors, LEFT_OVER_COLOR } from './group-colors.ts';

export interface Stacking {
  /** What the groups are called, in their order. */
  names: readonly string[];
  /** Keys of all groups, filters aside, most expensive first: their colours go by it. */
  ranking: readonly string[];
  /** What its bars are compared with; `null` for nothing. */
  before: { name: string; answer: HistoryAnswer } | null;
  /** Where groups and bars lead; `null` for nowhere. */
  links: Pick<ExplorerLinks, 'group' | 'bucket'> | null;
}

/** Bars stacked of the groups with a colour of their own, and of all others together. */
export function stackedChart(
  answer: HistoryAnswer,
  { names, ranking, before, links }: Stacking,
  t: Translate,
): ChartModel {
  const { groups, series, question } = answer;
  const named = groups.slice(0, COLORED_GROUPS);
  const colors = groupColors(
    named.map(({ key }) => key),
    ranking,
  );
  const rest = groups.length - named.length;
  const layers = named.map((group, index) => ({
    name: names[index] ?? group.key,
    color: colors.get(group.key) ?? LEFT_OVER_COLOR,
    href: links?.group(group.key) ?? null,
  }));
  const others = {
    name: t('explorer.others', { count: rest }),
    color: LEFT_OVER_COLOR,
    href: null,
  };
  const beside = before ? bucketsBeside(answer, before.answer) : [];
  return {
    resolution: question.resolution,
    layers: rest > 0 ? [...layers, others] : layers,
    before: before?.name ?? null,
    buckets: series.map((bucket, index) => ({
      start: bucket.start,
      cost: bucket.cost,
      count: bucket.count,
      state: bucket.state,
      parts: partsOf(bucket, named.length),
      before: beside[index] ?? null,
      href: links?.bucket(bucket, question) ?? null,
    })),
  };
}

/** One for each group that is named, then all others together. */
function partsOf({ parts, others }: UsageBucket, named: number): ChartBucket['parts'] {
  const byGroup = new Map(parts.map((part) => [part.group, part]));
  const own = Array.from({ length: named }, (_, group) => byGroup.get(group) ?? NOTHING);
  return others ? [...own, others] : own;
}

const NOTHING = { cost: 0n, count: null };
