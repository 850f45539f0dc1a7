import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createFormat } from '../../src/i18n/format.ts';
import { toNano } from '../../src/money.ts';

const es = createFormat('es');
const en = createFormat('en');

describe('money', () => {
  test('has three significant digits below a dollar, cents above', () => {
    expect(es.money(toNano(0.225))).toBe('$0.225');
    expect(es.money(toNano(1_234.5))).toBe('$1,234.50');
    expect(es.money(0n)).toBe('$0.00');
  });

  test('is exact to the nano, however large', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 60n), 2n ** 60n), (nano) => {
        const written = en.price(nano).replace(/[$,]/g, '');
        const [whole = '', decimals = ''] = written.replace('-', '').split('.');
        expect(BigInt(whole + decimals.padEnd(9, '0'))).toBe(nano < 0n ? -nano : nano);
        expect(written.startsWith('-')).toBe(nano < 0n);
      }),
    );
  });

  test('keeps all decimals of its step, so that columns align', () => {
    expect(en.money(toNano(0.15), 1_000_000n)).toBe('$0.150');
    expect(en.money(toNano(12.345), 1_000_000_000n)).toBe('$12');
  });

  test('is exact to the nano where asked, beyond what a double holds', () => {
    expect(en.exactMoney(123_456_789_012_345_678n)).toBe('$123,456,789.012345678 USD');
    expect(en.exactMoney(toNano(1.2), 'EUR')).toBe('€1.20 EUR');
  });

  test('prices keep every decimal', () => {
    expect(es.price(toNano(0.000000347))).toBe('$0.000000347');
    expect(es.price(toNano(0.04))).toBe('$0.04');
  });
});

test('counts and quantities', () => {
  expect(es.count(1_689)).toBe('1,689');
  expect(es.quantity(toNano(66.666666667))).toBe('66.67');
  expect(en.percent(67)).toBe('67%');
});

test('durations change to seconds from one second up', () => {
  expect(es.milliseconds(412.4)).toBe('412 ms');
  expect(es.milliseconds(20_001)).toBe('20 s');
});

describe('times', () => {
  const instant = Temporal.Instant.from('2026-11-23T02:05:09Z');

  test('are told in the zone, on a clock of 24 hours', () => {
    expect(es.dateTime(instant, 'America/Mexico_City')).toBe('22 nov 2026, 20:05');
    expect(en.exactTime(instant, 'America/Mexico_City')).toBe('Nov 22, 2026, 20:05:09 GMT-6');
    expect(en.date(instant, 'UTC')).toBe('Nov 23, 2026');
  });

  test('name hours and days of a chart', () => {
    const bucket = instant.toZonedDateTimeISO('America/Mexico_City').round('hour');
    expect(es.bucket(bucket, 'hour')).toBe('20:00');
    expect(es.bucket(bucket, 'day')).toBe('22 nov');
  });

  test.each([
    [0, 'ahora'],
    [12, 'hace 12 s'],
    [59.6, 'hace 60 s'],
    [180, 'hace 3 min'],
    [7_200, 'hace 2 h'],
  ])('say how long ago %d seconds are', (seconds, text) => {
    const now = instant.add({ milliseconds: Math.round(seconds * 1_000) });
    expect(es.ago(instant, now)).toBe(text);
  });

  test('a clock that runs behind does not put the answer into the future', () => {
    expect(es.ago(instant, instant.subtract({ seconds: 5 }))).toBe('ahora');
  });
});
