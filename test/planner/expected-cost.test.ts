import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Demand,
  expectedCost,
  outputsOf,
  type PricedShare,
  WHOLE_PERCENT,
} from '../../src/planner/expected-cost.ts';
import { judge, topUpBy } from '../../src/planner/verdict.ts';

const DOLLAR = 1_000_000_000n;
const ONE = 1_000_000_000n;

const demand: fc.Arbitrary<Demand> = fc.record({
  participants: fc.integer({ min: 0, max: 1_000_000 }),
  outputsPerParticipant: fc.bigInt({ min: 0n, max: 20n * ONE }),
  allowancePercent: fc.bigInt({ min: 0n, max: 200n * ONE }),
  marginPercent: fc.bigInt({ min: 0n, max: 200n * ONE }),
});
const price = fc
  .array(fc.bigInt({ min: 0n, max: 3n * DOLLAR }), { minLength: 3, maxLength: 3 })
  .map((three) => {
    const [low = 0n, expected = 0n, high = 0n] = three.sort((a, b) => (a < b ? -1 : 1));
    return { low, expected, high };
  });
const shares: fc.Arbitrary<PricedShare[]> = fc.array(
  fc.record({ share: fc.bigInt({ min: 0n, max: WHOLE_PERCENT }), price }),
  { maxLength: 5 },
);

test('low, expected and high stand in order, and are the sums of their parts', () => {
  fc.assert(
    fc.property(demand, shares, (wanted, models) => {
      const { total, parts } = expectedCost(wanted, models);
      expect(0n <= total.low && total.low <= total.expected && total.expected <= total.high).toBe(
        true,
      );
      for (const bound of ['low', 'expected', 'high'] as const) {
        expect(parts.reduce((sum, part) => sum + part[bound], 0n)).toBe(total[bound]);
      }
    }),
  );
});

test('more participants, outputs or retries never cost less, and more margin is never narrower', () => {
  const more: fc.Arbitrary<Demand> = demand;
  fc.assert(
    fc.property(demand, more, shares, (wanted, added, models) => {
      const before = expectedCost(wanted, models).total;
      const larger = {
        participants: wanted.participants + added.participants,
        outputsPerParticipant: wanted.outputsPerParticipant + added.outputsPerParticipant,
        allowancePercent: wanted.allowancePercent + added.allowancePercent,
        marginPercent: wanted.marginPercent,
      };
      const after = expectedCost(larger, models).total;
      const marginPercent = wanted.marginPercent + added.marginPercent;
      const safer = expectedCost({ ...larger, marginPercent }, models).total;
      expect(safer.low <= after.low && after.high <= safer.high).toBe(true);
      expect(safer.expected).toBe(after.expected);
      expect(
        before.low <= after.low && before.expected <= after.expected && before.high <= after.high,
      ).toBe(true);
    }),
  );
});

test("the seed's sum: participants times $0.005", () => {
  const each = { low: 5_000_000n, expected: 5_000_000n, high: 5_000_000n };
  const wanted = {
    participants: 450,
    outputsPerParticipant: ONE,
    allowancePercent: 0n,
    marginPercent: 0n,
  };
  const { total } = expectedCost(wanted, [{ share: WHOLE_PERCENT, price: each }]);
  expect(total).toEqual({ low: 2_250_000_000n, expected: 2_250_000_000n, high: 2_250_000_000n });
  expect(outputsOf(wanted)).toBe(450n * ONE);
});

test('the allowance is in what is expected, the margin in both bounds', () => {
  const { total } = expectedCost(
    {
      participants: 100,
      outputsPerParticipant: 2n * ONE,
      allowancePercent: 10n * ONE,
      marginPercent: 50n * ONE,
    },
    [{ share: WHOLE_PERCENT, price: { low: DOLLAR / 2n, expected: DOLLAR, high: 2n * DOLLAR } }],
  );
  expect(total).toEqual({ low: 50n * DOLLAR, expected: 220n * DOLLAR, high: 660n * DOLLAR });
});

test('it is never enough while the upper bound exceeds the credits, and the top-up makes it so', () => {
  const anything = fc.bigInt({ min: 0n, max: 100_000n * DOLLAR });
  // One nano-dollar less is less.
  const nearly = fc.record({
    bound: fc.constantFrom('expected', 'high'),
    off: fc.constantFrom(-1n, 0n, 1n),
  });
  const available = fc.oneof(anything, nearly);
  fc.assert(
    fc.property(demand, shares, available, (wanted, models, there) => {
      const { total } = expectedCost(wanted, models);
      const exact = typeof there === 'bigint' ? there : total[there.bound] + there.off;
      const credits = exact > 0n ? exact : 0n;
      const { verdict, topUp } = judge(total, credits);
      expect(verdict === 'enough').toBe(total.high <= credits);
      expect(verdict === 'top_up').toBe(total.expected > credits);
      expect(judge(total, credits + topUp).verdict).toBe('enough');
      expect(topUp % DOLLAR).toBe(0n);
    }),
  );
});

test('a top-up is due three days before the event or before credits run out, and now if that is over', () => {
  const now = Temporal.Instant.from('2026-05-01T10:00Z');
  const start = now.add({ hours: 240 });
  expect(topUpBy(now, start, null)).toEqual(now.add({ hours: 168 }));
  expect(topUpBy(now, start, now.add({ hours: 100 }))).toEqual(now.add({ hours: 28 }));
  expect(topUpBy(now, start, now.add({ hours: 300 }))).toEqual(now.add({ hours: 168 }));
  expect(topUpBy(now, now.add({ hours: 5 }), null)).toEqual(now);
});
