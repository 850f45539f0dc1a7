import { expect, test } from 'vitest';
import type { BucketState } from '../../src/history/answer.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { translator } from '../../src/i18n/index.ts';
import type { ChartModel } from '../../src/usage/chart-view.ts';
import { drawnChart } from '../../src/usage/drawn-chart.ts';

const START = Temporal.ZonedDateTime.from('2026-03-07T10:00[UTC]');

function model(state: BucketState, [one, other]: [bigint, bigint]): ChartModel {
  const cost = one + other;
  const parts = [one, other].map((part) => ({ cost: part, count: null }));
  return {
    resolution: 'hour',
    layers: [1, 2].map((color) => ({ name: `model ${color}`, color, href: null })),
    before: null,
    buckets: [{ start: START, cost, count: 3, state, parts, before: null, href: null }],
  };
}

test('a chart is drawn again only where something in it is another', async () => {
  const [format, t] = [createFormat('en'), translator('en')];
  const draw = (...made: Parameters<typeof model>) => drawnChart(model(...made), 'day', format, t);
  const first = draw('live', [7n, 5n]);
  expect(draw('live', [7n, 5n])).toBe(first);
  expect(draw('final', [7n, 5n])).not.toBe(first);
  expect(draw('live', [5n, 7n])).not.toBe(first);
});
