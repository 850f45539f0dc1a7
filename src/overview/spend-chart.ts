import { LRUCache } from 'lru-cache';
import type { UsageBucket } from '../history/answer.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { type ChartView, chartView, plainChart } from '../usage/chart-view.ts';

/** Drawing takes longer than all the rest of the page, and what is drawn changes every few minutes. */
const drawn = new WeakMap<Format, LRUCache<string, Promise<ChartView>>>();
const REMEMBERED = 20;

/** What each hour of a day, or each day of thirty, cost. */
export function spendChart(
  buckets: readonly UsageBucket[],
  resolution: 'hour' | 'day',
  format: Format,
  t: Translate,
): Promise<ChartView> {
  const remembered = drawn.get(format) ?? new LRUCache({ max: REMEMBERED });
  drawn.set(format, remembered);
  const key = JSON.stringify([
    resolution,
    buckets.map(({ start, cost, count }) => [start, String(cost), count]),
  ]);
  const known = remembered.get(key);
  if (known) return known;
  const chart = draw(buckets, resolution, format, t);
  remembered.set(key, chart);
  // What failed is tried again.
  chart.catch(() => remembered.delete(key));
  return chart;
}

function draw(
  buckets: readonly UsageBucket[],
  resolution: 'hour' | 'day',
  format: Format,
  t: Translate,
): Promise<ChartView> {
  const series = buckets.map(({ start, cost, count }) => ({ bucket: start, cost, count }));
  const range = t(resolution === 'hour' ? 'usage.last_24h' : 'usage.last_30d');
  return chartView(plainChart(series, resolution), range, format, t);
}
