import type { UsageBucket } from '../history/answer.ts';
import type { Translate } from '../i18n/index.ts';
import type { ChartBucket, ChartModel } from './chart-view.ts';
import type { ExplorerFindings } from './explorer-findings.ts';
import type { ExplorerLinks } from './explorer-links.ts';
import { COLORED_GROUPS, groupColors, LEFT_OVER_COLOR } from './group-colors.ts';

/** @param names of the groups, in their order. @param beforeName what it is compared with. */
export function explorerChart(
  { answer, before, ranking }: ExplorerFindings,
  names: readonly string[],
  beforeName: string | null,
  links: ExplorerLinks,
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
    href: links.group(group.key),
  }));
  const others = {
    name: t('explorer.others', { count: rest }),
    color: LEFT_OVER_COLOR,
    href: null,
  };
  return {
    resolution: question.resolution,
    layers: rest > 0 ? [...layers, others] : layers,
    before: beforeName,
    buckets: series.map((bucket, index) => ({
      start: bucket.start,
      cost: bucket.cost,
      count: bucket.count,
      state: bucket.state,
      parts: partsOf(bucket, named.length),
      before: before?.series[index] ?? null,
      href: links.bucket(bucket, question.resolution),
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
