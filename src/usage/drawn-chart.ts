import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { type ChartModel, type ChartView, chartView } from './chart-view.ts';

/** Drawing takes longer than all the rest of a page, and what is drawn changes every few minutes. */
const drawn = new WeakMap<Format, LRUCache<string, Promise<ChartView>>>();
const REMEMBERED = 20;

/** As `chartView`, once for everything that it is made of. */
export function drawnChart(
  model: ChartModel,
  range: string,
  format: Format,
  t: Translate,
): Promise<ChartView> {
  const remembered = drawn.get(format) ?? new LRUCache({ max: REMEMBERED });
  drawn.set(format, remembered);
  const key = hash('sha256', JSON.stringify([range, model], withoutBigints));
  const known = remembered.get(key);
  if (known) return known;
  const chart = chartView(model, range, format, t);
  remembered.set(key, chart);
  // What failed is tried again.
  chart.catch(() => remembered.delete(key));
  return chart;
}

function withoutBigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
