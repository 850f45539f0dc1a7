import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../src/alerts/finding.ts';
import { type BudgetLook, budget } from '../../src/alerts/kinds/budget.ts';
import { failureRate } from '../../src/alerts/kinds/failure-rate.ts';
import { type PriceLook, priceChanged } from '../../src/alerts/kinds/price-changed.ts';
import { type SpendLook, spendAbove } from '../../src/alerts/kinds/spend-above.ts';
import { spendUnusual, type UnusualLook } from '../../src/alerts/kinds/spend-unusual.ts';
import { replay } from '../../src/alerts/preview.ts';

const DOLLAR = 1_000_000_000n;
const AT = Temporal.Instant.from('2026-03-11T06:00:00Z');
const nano = fc.bigInt({ min: 0n, max: 300n * DOLLAR });
const subjects = ({ findings }: Evaluation) => findings.map(({ subject }) => subject);

const spendLook = (spent: bigint, isWhole = true): SpendLook => ({
  ...{ subject: '2026-03-11', spent, isWhole, since: AT, until: AT, model: null },
});

describe('spend above an amount', () => {
  const params = spendAbove.params.parse({ amount: '100' });
  const judge = (look: SpendLook, isOpen: boolean) =>
    spendAbove.judge([look], params, new Set(isOpen ? [look.subject] : []));

  test('it is found when it is above, and over below nine tenths', () => {
    fc.assert(
      fc.property(nano, fc.boolean(), (spent, isOpen) => {
        const found = judge(spendLook(spent), isOpen);
        const least = isOpen ? spent >= 90n * DOLLAR : spent > 100n * DOLLAR;
        expect(found.findings.length).toBe(least ? 1 : 0);
        expect(found.isKnown).toBe(true);
      }),
    );
  });

  test('of a lower bound only more can come: it is found, and never said to be over', () => {
    fc.assert(
      fc.property(nano, fc.boolean(), (spent, isOpen) => {
        const found = judge(spendLook(spent, false), isOpen);
        if (spent > 100n * DOLLAR) expect(found.findings).toHaveLength(1);
        else expect(found.isKnown && found.findings.length === 0).toBe(false);
      }),
    );
  });

  test('of a day that is over it ends without a word, and of the last hours with one', () => {
    const firing = new Set(['2026-03-10', '2026-03-11']);
    const today = [spendLook(101n * DOLLAR)];
    expect(spendAbove.judge(today, params, firing).lapsed).toEqual(['2026-03-10']);
    const hours = [{ ...spendLook(0n), subject: '' }];
    expect(spendAbove.judge(hours, params, new Set([''])).lapsed).toBeUndefined();
  });

  test('a look back ends what is of a day that is over, also while the next one is unknown', () => {
    const readings = [10, 11].map((day) => ({
      at: AT.add({ hours: 24 * (day - 10) }),
      reading: [
        { ...spendLook(day === 10 ? 101n * DOLLAR : 0n, day === 10), subject: `2026-03-${day}` },
      ],
    }));
    const { found } = replay(spendAbove, readings, params);
    expect(found.map(({ until }) => until?.toString())).toEqual([AT.add({ hours: 24 }).toString()]);
  });

  test('what is open and stays the same stays open', () => {
    fc.assert(
      fc.property(nano, (spent) => {
        const found = judge(spendLook(spent), false);
        const again = spendAbove.judge([spendLook(spent)], params, new Set(subjects(found)));
        expect(again).toEqual(found.findings.length > 0 ? found : again);
        expect(again.findings.length).toBeGreaterThanOrEqual(found.findings.length);
      }),
    );
  });
});

describe('a budget', () => {
  const params = budget.params.parse({ amount: '100', steps: [80, 100, 50] });
  const look = (spent: bigint, facts: Partial<BudgetLook> = {}): BudgetLook => ({
    ...{ day: '2026-03-01', lastDay: '2026-03-31', spent, isWhole: true, isOver: false },
    ...{ until: Temporal.Instant.from('2026-03-11T12:00Z'), forecast: null, model: null, ...facts },
  });
  const forecast = (low: bigint, expected: bigint) => ({ low, expected, high: expected * 2n });

  test('as it is spent every step is told once, and none is over before the period', () => {
    fc.assert(
      fc.property(fc.array(nano, { minLength: 1 }), (amounts) => {
        let firing = new Set<string>();
        for (const spent of amounts.toSorted((a, b) => (a < b ? -1 : 1))) {
          const found = subjects(budget.judge([look(spent)], params, firing));
          expect(found.filter((subject) => !firing.has(subject)).length).toBeLessThanOrEqual(1);
          expect([...firing].every((subject) => found.includes(subject))).toBe(true);
          firing = new Set(found);
        }
      }),
    );
  });

  test('what is below the whole is one level less grave', () => {
    const severities = (spent: bigint, severity: 'critical' | 'info') =>
      budget
        .judge([look(spent)], params, new Set(), severity)
        .findings.map((finding) => finding.severity);
    expect(severities(85n * DOLLAR, 'critical')).toEqual(['warning']);
    expect(severities(85n * DOLLAR, 'info')).toEqual(['info']);
    expect(severities(101n * DOLLAR, 'critical')).toEqual([undefined]);
  });

  test('that it will not do is foretold when even the lower bound is near, and not once it is spent', () => {
    const judge = (spent: bigint, low: bigint, expected: bigint, firing: string[] = []) =>
      subjects(
        budget.judge(
          [look(spent * DOLLAR, { forecast: forecast(low * DOLLAR, expected * DOLLAR) })],
          params,
          new Set(firing),
        ),
      );
    expect(judge(40n, 85n, 120n)).toEqual(['2026-03-01 forecast']);
    expect(judge(40n, 70n, 120n)).toEqual([]);
    expect(judge(40n, 85n, 99n)).toEqual([]);
    expect(judge(40n, 60n, 95n, ['2026-03-01 forecast'])).toEqual(['2026-03-01 forecast']);
    expect(judge(100n, 110n, 120n)).toEqual(['2026-03-01 100']);
  });

  test('what was foretold stays open while nobody can foretell, whatever else is found', () => {
    const firing = new Set(['2026-03-01 forecast']);
    const judge = (facts: Partial<BudgetLook>, asked = params) =>
      budget.judge([look(85n * DOLLAR, facts)], asked, firing);
    expect(subjects(judge({}))).toEqual(['2026-03-01 80', '2026-03-01 forecast']);
    expect(subjects(judge({ forecast: forecast(80n * DOLLAR, 89n * DOLLAR) }))).toEqual([
      '2026-03-01 80',
    ]);
    // Nobody wants to know any more.
    const unasked = budget.params.parse({ amount: '100', forecast: false });
    expect(subjects(judge({}, unasked))).toEqual(['2026-03-01 80']);
  });

  test('of a period that is over nothing is told: it ends without a word', () => {
    const firing = new Set(['2026-02-01 80', '2026-03-01 80', '2026-03-01 forecast']);
    const judge = (isOver: boolean) =>
      budget.judge([look(85n * DOLLAR, { isOver })], params, firing);
    expect(judge(false)).toMatchObject({ lapsed: ['2026-02-01 80'] });
    expect(judge(true)).toMatchObject({
      findings: [{ subject: '2026-03-01 80' }],
      lapsed: ['2026-02-01 80', '2026-03-01 forecast'],
    });
  });
});

describe('failures', () => {
  const params = failureRate.params.parse({ percent: 20, min_calls: 20 });
  const counts = fc.record({
    calls: fc.nat(200),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  test('they are found at the rate with enough calls, and over at seven tenths of it', () => {
    fc.assert(
      fc.property(counts, fc.boolean(), fc.boolean(), ({ calls, part }, isOpen, isWhole) => {
        const failures = Math.floor(calls * part);
        const reading = { calls, failures, isWhole, model: null };
        const found = failureRate.judge(reading, params, new Set(isOpen ? [''] : []));
        const least = isOpen ? 14 : 20;
        const isMany = calls >= (isOpen ? 10 : 20) && (failures / calls) * 100 >= least;
        expect(found.findings.length).toBe(isMany ? 1 : 0);
        expect(found.isKnown).toBe(isMany || isWhole);
      }),
    );
  });
});

test('calls that go on to fail are found once, also when an hour begins and an old one goes', () => {
  const params = failureRate.params.parse({ percent: 20, min_calls: 20 });
  // Thirteen an hour.
  const calls = [13, 19, 22, 26, 13, 15, 19, 22, 26, 13];
  const firing = new Set<string>();
  const found = calls.map((count) => {
    const reading = { calls: count, failures: count, isWhole: true, model: null };
    const is = failureRate.judge(reading, params, firing).findings.length > 0;
    if (is) firing.add('');
    else firing.delete('');
    return Number(is);
  });
  expect(found).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
});

describe('prices', () => {
  const params = priceChanged.params.parse({});
  const priceLook = (before: bigint, after: bigint): PriceLook => ({
    ...{ endpointId: 'fal-ai/a', unit: 'image', currency: 'USD', before, after, at: AT },
    monthlyUnits: null,
  });

  test('a change of as many per cent either way is a moment, and a fall only informs', () => {
    const price = fc.bigInt({ min: 1n, max: 10n * DOLLAR });
    fc.assert(
      fc.property(price, price, (before, after) => {
        const { findings } = priceChanged.judge([priceLook(before, after)], params, new Set());
        const change = Math.abs(Number(after) / Number(before) - 1) * 100;
        if (Math.abs(change - 5) < 1e-6) return;
        expect(findings.length).toBe(change > 5 ? 1 : 0);
        for (const { nature, severity } of findings) {
          expect([nature, severity]).toEqual(['moment', after < before ? 'info' : undefined]);
        }
      }),
    );
  });

  test('from nothing to something is a change, too', () => {
    const { findings } = priceChanged.judge([priceLook(0n, 5n)], params, new Set());
    expect(findings).toHaveLength(1);
  });
});

describe('unusual spend', () => {
  const params = spendUnusual.params.parse({});
  const usual = { normal: 10e9, basis: 'weekday_hour', bound: 25e9 } as const;
  const look = (spent: bigint, facts: Partial<UnusualLook> = {}): UnusualLook => ({
    ...{ hours: 3, since: AT, spent, isWhole: true, usual, planned: 0n, model: null, ...facts },
  });
  const judge = (looks: UnusualLook[], isOpen = false) =>
    spendUnusual.judge({ looks, weekday: 3, hour: '18:00' }, params, new Set(isOpen ? [''] : []));

  test('more is never less unusual, and what is open is over later than it was found', () => {
    fc.assert(
      fc.property(nano, nano, (one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        const found = (spent: bigint, isOpen = false) =>
          judge([look(spent)], isOpen).findings.length;
        expect(found(more)).toBeGreaterThanOrEqual(found(less));
        expect(found(one, true)).toBeGreaterThanOrEqual(found(one));
      }),
    );
  });

  test('what is spent steadily just above the bound is found once, also when an hour begins', () => {
    const perMinute = (104n * DOLLAR) / 600n;
    let found = 0;
    let isOpen = false;
    for (let minute = 0; minute < 6 * 60; minute += 5) {
      const spent = perMinute * BigInt(120 + (minute % 60));
      const is: boolean = judge([look(spent)], isOpen).findings.length > 0;
      if (is && !isOpen) found += 1;
      isOpen = is;
    }
    expect([found, isOpen]).toEqual([1, true]);
  });

  test('a planned event may cost half more than it is expected to', () => {
    const planned = 60n * DOLLAR;
    expect(judge([look(95n * DOLLAR, { planned })]).findings).toEqual([]);
    expect(judge([look(101n * DOLLAR, { planned })]).findings).toHaveLength(1);
    expect(judge([look(95n * DOLLAR)]).findings).toHaveLength(1);
  });

  test('it tells of the hours that are furthest from normal', () => {
    const { findings } = judge([look(31n * DOLLAR), look(90n * DOLLAR, { hours: 24 })]);
    expect(findings).toHaveLength(1);
    expect(findings[0]?.facts).toMatchObject({
      hours: { value: 24 },
      factor: { as: 'times', value: 9 },
      normal: { value: '10' },
      weekday: { value: 'wednesday' },
    });
  });

  test('what can not be compared is not known', () => {
    expect(judge([look(90n * DOLLAR, { usual: null })])).toEqual({ isKnown: false, findings: [] });
    expect(judge([look(0n, { isWhole: false })])).toEqual({ isKnown: false, findings: [] });
  });
});
