import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { createFormat } from '../../src/i18n/format.ts';
import { translator } from '../../src/i18n/index.ts';
import { chartPicture } from '../../src/reports/chart-picture.ts';
import { periodWith, spanOf } from '../../src/reports/period.ts';
import { renderPng } from '../../src/reports/render-png.ts';
import { parseReport, type Report, reportJson } from '../../src/reports/report.ts';
import { reportChart } from '../../src/reports/report-chart.ts';
import { reportContent } from '../../src/reports/report-message.ts';
import { plainReport } from '../../src/reports/report-words.ts';

const ZONE = 'America/Mexico_City';
const CENT = 10_000_000n;
const known = <Value>(value: Value) => ({ value, isWhole: true });

/** The 26th of November: $12.40 for 3,000 calls, $10.51 the day before. */
function aReport(fields: Partial<Report> = {}): Report {
  const period = periodWith('daily', Temporal.PlainDate.from('2026-11-26'), ZONE);
  const span = spanOf(period);
  const models = [
    {
      endpointId: 'fal-ai/gemini-3-pro-image-preview/edit',
      cost: 1_000n * CENT,
      calls: 1_000,
      failures: 20,
    },
    { endpointId: 'fal-ai/fast-sdxl', cost: 240n * CENT, calls: 2_000, failures: 0 },
  ];
  return {
    ...{ period, ...span, isOver: true, madeAt: Temporal.Instant.from('2026-11-27T15:00Z') },
    ...{ account: null, state: 'final', mostUsed: 'fal-ai/fast-sdxl' },
    total: { cost: known(1_240n * CENT), calls: known(3_000), failures: known(20) },
    before: { ...span, cost: known(1_051n * CENT), calls: known(1), failures: known(0) },
    ...{ models, otherModels: null, accounts: null, otherCurrencies: [] },
    chart: {
      ...{ resolution: 'hour', otherModels: 0 },
      models: models.map(({ endpointId }) => endpointId),
      buckets: Array.from({ length: 24 }, (_, hour) => ({
        ...{ start: span.start.add({ hours: hour }), state: 'final' as const, calls: 125 },
        cost: (1_240n * CENT) / 24n,
        parts: models.map(({ cost, calls }) => ({ cost: cost / 24n, calls })),
      })),
    },
    credits: { total: null, known: 0, leftOut: 0, leftOutUnknown: 0, accounts: [] },
    ...{ events: [], openIncidents: 2 },
    ...fields,
  };
}

const stored = (report: Report, isLate = false) => ({
  ...{ id: 'r1', scheduleId: 's1', isLate, report },
  dueAt: Temporal.Instant.from('2026-11-27T15:00Z'),
});

function message(report: Report, locale: 'es' | 'en' = 'es', isLate = false) {
  return reportContent(stored(report, isLate), {
    ...{ locale, currencyDisplay: 'symbol', image: null },
    address: 'https://panel.example.com/futurelab_ai',
  }).message;
}

describe('a message of a report', () => {
  test('says in its title what it came to, and how that changed', () => {
    expect(message(aReport()).title).toBe('Reporte diario fal.ai · 26 nov · $12.40 (↑ 18%)');
    expect(message(aReport(), 'en').title).toBe('Daily report fal.ai · Nov 26 · $12.40 (↑ 18%)');
    const one = aReport({ account: { slug: 'booth', name: 'Cabinas' } });
    expect(message(one, 'es', true).title).toBe(
      'Tarde: Reporte diario fal.ai · Cabinas · 26 nov · $12.40 (↑ 18%)',
    );
  });

  test('has the figures, the models and where to see all of it', () => {
    const { facts, tables, links, tone } = message(aReport());
    expect(tone).toBe('report');
    expect(Object.fromEntries(facts.map(({ label, value }) => [label, value]))).toMatchObject({
      Costo: '$12.40',
      Llamadas: '3,000',
      'Modelo más usado': 'fal-ai/fast-sdxl',
      Fallos: '20 (<1%)',
      Cambio: '▲ +18%: el día anterior fueron $10.51',
      Alertas: '2 alertas abiertas',
    });
    expect(tables[0]?.rows).toEqual([
      ['fal-ai/gemini-3-pro-image-preview/edit', '1,000', '$10.00', '81%'],
      ['fal-ai/fast-sdxl', '2,000', '$2.40', '19%'],
    ]);
    expect(links.map(({ href }) => href)).toEqual([
      'https://panel.example.com/futurelab_ai/admin/reports/r1',
    ]);
  });

  test.each(['es', 'en'] as const)('says of credits how long they last once, in %s', (locale) => {
    const until = Temporal.Instant.from('2026-12-11T15:00Z');
    const account = {
      ...{ slug: 'a', name: 'Cabinas', timezone: ZONE, currency: 'USD', balance: 5_000n * CENT },
      ...{ asOf: until, isEstimate: false, reason: null, runwayReason: null, expiring: [] },
      runway: { until, earliest: until, latest: until },
    };
    const credits = { total: null, known: 1, leftOut: 0, leftOutUnknown: 0, accounts: [account] };
    const { facts } = message(aReport({ credits }), locale);
    expect(facts.some(({ value }) => /^(?:Alcanza|Lasts) /.test(value))).toBe(true);
    expect(facts.filter(({ label, value }) => value.startsWith(label))).toEqual([]);
  });

  test('says unknown as unknown and why, and never zero', () => {
    const nothing = { value: null, isWhole: false };
    const unknown = message(
      aReport({
        ...{ state: 'unknown', mostUsed: null, models: [] },
        total: { cost: nothing, calls: nothing, failures: nothing },
      }),
    );
    expect(unknown.title).toBe('Reporte diario fal.ai · 26 nov · —');
    const values = unknown.facts.map(({ value }) => value);
    expect(values.filter((value) => /^[$≥]?\s*0/.test(value))).toEqual([]);
    expect(unknown.facts[0]?.value).toMatch(/^— \(.+\)$/);
    expect(unknown.text).toContain('No se había leído nada de este período.');
  });
});

describe('the report as three lines of text', () => {
  const words = (locale: 'es' | 'en') => ({ format: createFormat(locale), t: translator(locale) });

  test('is the seed’s, in both languages', () => {
    expect(plainReport(aReport(), words('es'))).toBe(
      '📊 Reporte diario fal.ai, 26 nov 2026:\n- Requests: 3,000\n- Costo: $12.40\n- Modelo más usado: fal-ai/fast-sdxl\n',
    );
    expect(plainReport(aReport(), words('en'))).toBe(
      '📊 Daily report fal.ai, Nov 26, 2026:\n- Requests: 3,000\n- Cost: $12.40\n- Most used model: fal-ai/fast-sdxl\n',
    );
  });

  test('says what is not known', () => {
    const nothing = { value: null, isWhole: false };
    const total = { cost: nothing, calls: nothing, failures: nothing };
    const text = plainReport(aReport({ total, mostUsed: null }), words('es'));
    expect(text).toContain('Requests: sin dato\n- Costo: sin dato\n- Modelo más usado: sin dato');
  });
});

test('a report is kept exactly as it was', () => {
  const report = aReport({ otherCurrencies: [{ currency: 'EUR', cost: 9_007_199_254_740_993n }] });
  const written = reportJson(report);
  const fields = (json: string) => JSON.parse(json) as object;
  expect(fields(reportJson(parseReport(written)))).toEqual(fields(written));
  expect(parseReport(written).otherCurrencies[0]?.cost).toBe(9_007_199_254_740_993n);
});

describe('the chart of a message', () => {
  const words = { format: createFormat('es'), t: translator('es') };
  const picture = (report: Report) =>
    chartPicture(reportChart(report, words.t), '26 nov 2026', words.format, words.t);

  test('is a PNG of two pixels for one, on white, small, and the same every time', async () => {
    const { svg, width, height, alt } = picture(aReport());
    const png = await renderPng({ svg, width: 2 * width });
    expect(png.length).toBeLessThan(40_000);
    const { data, ...read } = PNG.sync.read(png);
    expect([read.width, read.height]).toEqual([1_200, 2 * height]);
    expect([...data.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
    // Some letters, and bars of both models.
    const colors = new Set<string>();
    for (let place = 0; place < data.length; place += 4) {
      colors.add(data.subarray(place, place + 3).toString('hex'));
    }
    expect(colors.size).toBeGreaterThan(10);
    expect(alt).toContain('26 nov 2026');
    expect((await renderPng({ svg, width: 2 * width })).equals(png)).toBe(true);
  });

  test('needs nothing of a page: no variable is left, and names are text', () => {
    const report = aReport();
    const chart = { ...report.chart, models: ['fal-ai/<b>&"', 'fal-ai/x'] };
    const { svg } = picture({ ...report, chart });
    expect(svg).not.toContain('var(');
    expect(svg).not.toContain('<b>');
    expect(svg).toContain('&#60;b&#62;&#38;&#34;');
  });
});
