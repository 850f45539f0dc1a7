import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bar, barChartSvg, niceScale } from '../../src/usage/chart.ts';

const bar = (value: number | null, axisLabel: string | null = null): Bar => ({
  axisLabel,
  hint: `hint ${value}`,
  value,
});

function draw(bars: Bar[], colors?: string[]): string {
  const tick = (value: number, decimals: number) => `$${value.toFixed(decimals)}`;
  return barChartSvg(
    { bars, tick, ...(colors && { colors }) },
    { width: 400, height: 150 },
    'chart-wide',
  );
}

/** Bars, or parts of them, of a colour. */
function drawnBars(svg: string, color: number): number {
  const paths = svg.matchAll(/<path d="([^"]*)" fill="var\(--chart-(\d)\)"/g);
  return [...paths]
    .filter(([, , drawn]) => Number(drawn) === color)
    .flatMap(([, path]) => path?.match(/M/g) ?? []).length;
}

describe('barChartSvg', () => {
  test('has nothing that a strict content security policy refuses', () => {
    const svg = draw([bar(1, '09:00'), bar(2), bar(null), bar(0)]);
    expect(svg).not.toMatch(/style|<script|on\w+=|href=/i);
    expect(svg).toContain('fill="var(--chart-1)"');
  });

  test('fits its box: it has a view box and no size of its own', () => {
    const svg = draw([bar(1)]);
    expect(svg).toMatch(/^<svg class="chart-wide" aria-hidden="true"/);
    expect(svg).toContain('viewBox="0 0 400 150"');
    expect(svg).not.toMatch(/<svg[^>]* width=/);
  });

  test('draws a known value as a bar, zero as none, unknown as a gap; each has its hint', () => {
    const svg = draw([bar(1), bar(0), bar(null)]);
    expect(drawnBars(svg, 1)).toBe(1);
    expect(svg.match(/fill="var\(--chart-gap\)"[^>]*stroke-dasharray/g)).toHaveLength(1);
    for (const value of [1, 0, null]) expect(svg).toContain(`<title>hint ${value}</title>`);
  });

  test('draws one gap for all that is unknown in a row, and one behind what is known in part', () => {
    const svg = draw([bar(null), bar(null), bar(1), { ...bar(2), isPartial: true }]);
    expect(svg.match(/class="unknown"/g)).toHaveLength(2);
    expect(drawnBars(svg, 1)).toBe(2);
    expect(svg.indexOf('class="unknown"')).toBeLessThan(svg.indexOf('var(--chart-1)'));
  });

  test('stacks the parts of a bar in their colours, and leaves out what is nothing', () => {
    const bars = [
      { ...bar(3), parts: [1, 2] },
      { ...bar(4), parts: [4, 0] },
    ];
    const svg = draw(bars, ['var(--chart-3)', 'var(--chart-5)']);
    expect([drawnBars(svg, 3), drawnBars(svg, 5)]).toEqual([2, 1]);
    expect(svg).not.toContain('var(--chart-1)');
  });

  test('stacks the parts of a bar on each other, up to what it is worth', () => {
    const bars = [{ ...bar(4), parts: [1, 3] }];
    const svg = draw(bars, ['var(--chart-3)', 'var(--chart-5)']);
    const heights = [...svg.matchAll(/<path d="M[\d.]+ ([\d.]+)v-([\d.]+)/g)].map(([, ...at]) =>
      at.map(Number),
    );
    // The axis ends at 4, which is 114 pixels high.
    expect(heights).toEqual([
      [130, 28.5],
      [101.5, 85.5],
    ]);
  });

  test('hatches what may still change, marks what it is compared with, and leads on', () => {
    const plain = draw([bar(1), bar(2)]);
    expect(plain).not.toMatch(/pattern|class="before"|<a /);
    const svg = draw([{ ...bar(2), isMoving: true, before: 3, href: '/a?b=1&c=2' }, bar(1)]);
    expect(svg).toContain('<pattern id="moving-chart-wide"');
    expect(svg.match(/fill="url\(#moving-chart-wide\)"/g)).toHaveLength(1);
    expect(svg.match(/class="before"/g)).toHaveLength(1);
    expect(svg).toContain('<a href="/a?b=1&#38;c=2" tabindex="-1"><rect class="column"');
    // The axis reaches what the bar is compared with.
    expect(svg).toContain('>$3');
  });

  test('labels the axis where a label was given, and nowhere else', () => {
    const svg = draw([bar(1, '09:00'), bar(2), bar(3, '15:00')]);
    const labels = [...svg.matchAll(/text-anchor="middle"[^>]*>([^<]*)</g)].map(([, text]) => text);
    expect(labels).toEqual(['09:00', '15:00']);
  });

  test('has room for the whole label of its last bar', () => {
    const svg = draw([...Array.from({ length: 30 }, () => bar(1)), bar(1, 'Wednesday')]);
    const center = Number(svg.match(/x="([\d.]+)"[^>]*>Wednesday/)?.[1]);
    expect(center).toBeLessThan(380);
    expect(center).toBeGreaterThan(350);
  });

  test('escapes what it is given', () => {
    const svg = draw([{ axisLabel: '<i>&', hint: '<img src=x>"&', value: 1 }]);
    expect(svg).not.toMatch(/<i>|<img/);
  });

  test('draws nothing but its axes when nothing is known', () => {
    expect(draw([])).toContain('viewBox');
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
