import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bar, barChartSvg, niceScale } from '../../src/usage/chart.ts';

const bar = (value: number | null, axisLabel: string | null = null): Bar => ({
  axisLabel,
  hint: `hint ${value}`,
  value,
});

function draw(bars: Bar[]): Promise<string> {
  const tick = (value: number, decimals: number) => `$${value.toFixed(decimals)}`;
  return barChartSvg({ bars, tick }, { width: 400, height: 150 }, 'chart-wide');
}

describe('barChartSvg', () => {
  test('has nothing that a strict content security policy refuses', async () => {
    const svg = await draw([bar(1, '09:00'), bar(2), bar(null), bar(0)]);
    expect(svg).not.toMatch(/style|<script|on\w+=|href=/i);
    expect(svg).toContain('fill="var(--chart-1)"');
  });

  test('fits its box: it has a view box and no size of its own', async () => {
    const svg = await draw([bar(1)]);
    expect(svg).toMatch(/^<svg class="chart-wide" aria-hidden="true"/);
    expect(svg).toContain('viewBox="0 0 400 150"');
    expect(svg).not.toMatch(/<svg[^>]* width=/);
  });

  test('draws a known value as a bar with its hint, zero as none, unknown as a gap', async () => {
    const svg = await draw([bar(1), bar(0), bar(null)]);
    expect(svg.match(/<path[^>]*fill="var\(--chart-1\)"/g)).toHaveLength(1);
    expect(svg.match(/<path[^>]*fill="var\(--chart-gap\)"[^>]*stroke-dasharray/g)).toHaveLength(1);
    expect(svg).toContain('<title>hint 1</title>');
    expect(svg).toContain('<title>hint null</title>');
    expect(svg).not.toContain('hint 0');
  });

  test('labels the axis where a label was given, and nowhere else', async () => {
    const svg = await draw([bar(1, '09:00'), bar(2), bar(3, '15:00')]);
    const labels = [...svg.matchAll(/text-anchor="middle"[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(labels).toEqual(['09:00', '15:00']);
  });

  test('escapes what it is given', async () => {
    const svg = await draw([{ axisLabel: '<i>&', hint: '<img src=x>"&', value: 1 }]);
    expect(svg).not.toMatch(/<i>|<img/);
  });

  test('draws nothing but its axes when nothing is known', async () => {
    expect(await draw([])).toContain('viewBox');
  });
});

describe('niceScale', () => {
  test.each([
    [0, 1, 1],
    [0.0115, 0.015, 0.005],
    [1, 1, 0.5],
    [45, 60, 20],
    [100, 100, 50],
  ])('for a highest value of %d ends at %d in steps of %d', (highest, max, step) => {
    expect(niceScale(highest)).toMatchObject({ max, step });
  });

  test('holds the highest value in two to five steps that their decimals tell apart', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-8, max: 1e8, noNaN: true }), (highest) => {
        const { max, step, decimals } = niceScale(highest);
        const steps = Math.round(max / step);
        expect(max).toBeGreaterThanOrEqual(highest * (1 - 1e-6));
        expect(steps).toBeGreaterThanOrEqual(2);
        expect(steps).toBeLessThanOrEqual(5);
        expect(Number(step.toFixed(decimals))).toBeCloseTo(step, decimals + 1);
      }),
    );
  });
});
