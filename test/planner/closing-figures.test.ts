import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closingOf,
  type EndedEvent,
  learntFrom,
  spreadOf,
} from '../../src/planner/closing-figures.ts';
import { learntFields } from '../../src/planner/event-form.ts';

const ONE = 1_000_000_000n;

/** 200 guests with two outputs each were planned for, at a dime, and came. */
function ended(
  event: Partial<EndedEvent['event']> = {},
  actual: Partial<EndedEvent['actual']> = {},
): EndedEvent {
  return {
    event: {
      participants: 200,
      outputsPerParticipant: 2n * ONE,
      allowancePercent: 5n * ONE,
      marginPercent: 10n * ONE,
      participantsCame: 200,
      priceCharged: 420n * ONE,
      ...event,
    },
    actual: { cost: 42n * ONE, count: 420, successes: 400, failures: 20, ...actual },
  };
}
const plan = { low: 40n * ONE, expected: 42n * ONE, high: 46n * ONE };

describe('an event that is over', () => {
  test('came to what was planned', () => {
    expect(closingOf(ended(), plan)).toEqual({
      outputsPerParticipant: 2n * ONE,
      allowancePercent: 5n * ONE,
      costPerOutput: 105_000_000n,
      costPerCall: 100_000_000n,
      costPerParticipant: 210_000_000n,
      margin: 378n * ONE,
      marginPercent: 90,
      against: { place: 'inside', percent: 0 },
      why: null,
      lessons: [],
    });
  });

  test.each([
    ['participants', { participantsCame: 300 }, { cost: 63n * ONE, successes: 600, failures: 30 }],
    ['outputs', {}, { cost: 63n * ONE, successes: 600, failures: 30 }],
    ['price', {}, { cost: 63n * ONE }],
  ])('cost more because of its %s', (of, event, actual) => {
    const closing = closingOf(ended(event, actual), plan);
    expect(closing.against).toEqual({ place: 'above', percent: 50 });
    expect(closing.why?.of).toBe(of);
    expect(closing.lessons.map((lesson) => lesson.of)).toEqual([of]);
  });

  test('cost less because fewer came', () => {
    const closing = closingOf(
      ended({ participantsCame: 100 }, { cost: 21n * ONE, successes: 200, failures: 10 }),
      plan,
    );
    expect(closing.against).toEqual({ place: 'below', percent: -50 });
    expect(closing.why).toEqual({ of: 'participants', planned: 200n, actual: 100n });
  });

  test('teaches how much to allow for', () => {
    const { lessons } = closingOf(ended({}, { failures: 48 }), plan);
    expect(lessons).toEqual([{ of: 'allowance', planned: 5n * ONE, actual: 12n * ONE }]);
  });

  test('says of what nobody knows that it is not known', () => {
    const unknown = { count: null, successes: null, failures: null };
    const closing = closingOf(ended({ participantsCame: null, priceCharged: null }, unknown), null);
    expect(closing).toEqual({
      outputsPerParticipant: null,
      allowancePercent: null,
      costPerOutput: null,
      costPerCall: null,
      costPerParticipant: null,
      margin: null,
      marginPercent: null,
      against: null,
      why: null,
      lessons: [],
    });
  });

  test('cost something though nothing was planned for', () => {
    const nothing = { low: 0n, expected: 0n, high: 0n };
    const { against } = closingOf(ended({ participants: 0 }), nothing);
    expect(against).toEqual({ place: 'above', percent: null });
  });

  test('may have been free, empty, or a gift', () => {
    const closing = closingOf(
      ended(
        { participants: 0, participantsCame: 0, priceCharged: 0n },
        { cost: 0n, count: 0, successes: 0, failures: 0 },
      ),
      { low: 0n, expected: 0n, high: 0n },
    );
    expect(closing).toMatchObject({
      costPerParticipant: null,
      margin: 0n,
      marginPercent: null,
      against: { place: 'inside', percent: null },
    });
  });
});

const closed = fc
  .record({
    came: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: null }),
    cost: fc.bigInt({ min: 0n, max: 10n ** 13n }),
    successes: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: null }),
    failures: fc.option(fc.nat(2_000), { nil: null }),
  })
  .map(({ came, cost, successes, failures }) =>
    ended({ participantsCame: came }, { cost, count: null, successes, failures }),
  );

describe('what closed events teach', () => {
  test('is what the next plan begins with, but never with nothing or with more than a plan takes', () => {
    const begins = (event: EndedEvent) =>
      learntFields({ rates: learntFrom(event), events: 1, spreadPercent: null });
    expect(begins(ended({}, { successes: 397, failures: 21 }))).toEqual({
      outputs_per_participant: '1.99',
      allowance_percent: '5.3',
      price_per_output: '0.1',
    });
    const unused = ended({}, { cost: 0n, successes: 0, failures: 0 });
    expect(begins(unused)).toEqual({});
    expect(begins(ended({}, { cost: 0n }))).not.toHaveProperty('price_per_output');
    expect(begins(ended({ participantsCame: 1 }, { successes: 1_001 }))).not.toHaveProperty(
      'outputs_per_participant',
    );
    expect(learntFields(null)).toEqual({});
  });

  test('is nothing without any', () => {
    expect(learntFrom().costPerOutput).toBeNull();
  });

  test('differs by what a guest cost more or less than on average, which is the least margin then', () => {
    const usual = ended();
    // Twice as many guests as came to the other, at half of what they cost.
    const cheap = ended({ participantsCame: 400 }, { successes: 800, failures: 40 });
    expect(spreadOf([usual])).toBeNull();
    expect(spreadOf([usual, ended()])).toBe(0n);
    const spread = spreadOf([usual, cheap]);
    // 84 dollars for 600 guests are 14 cents each: 21 is half as much again, 10.5 a quarter less.
    expect(spread).toBe(50n * ONE);
    const begins = (spreadPercent: bigint | null) =>
      learntFields({ rates: learntFrom(usual, cheap), events: 2, spreadPercent });
    expect(begins(spread)).toHaveProperty('margin_percent', '50');
    expect(begins(15n * ONE)).not.toHaveProperty('margin_percent');
    expect(spreadOf([usual, ended({ participantsCame: null })])).toBeNull();
  });

  test('weighs each by how much there was of it', () => {
    const small = ended({ participantsCame: 10 }, { successes: 40, failures: 0, cost: 8n * ONE });
    expect(learntFrom(ended(), small)).toEqual({
      outputsPerParticipant: 2_095_238_095n,
      allowancePercent: 4_545_454_545n,
      costPerOutput: 113_636_364n,
      costPerCall: 108_695_652n,
    });
  });

  test('lies between what each of them teaches', () => {
    fc.assert(
      fc.property(fc.array(closed, { minLength: 1, maxLength: 6 }), (events) => {
        const all = learntFrom(...events);
        for (const name of ['outputsPerParticipant', 'allowancePercent', 'costPerCall'] as const) {
          const each = events
            .map((event) => learntFrom(event)[name])
            .filter((value) => value !== null)
            .sort((one, other) => (one < other ? -1 : 1));
          const learnt = all[name];
          if (each.length === 0) continue;
          const [least = 0n, most = 0n] = [each[0], each.at(-1)];
          expect(learnt !== null && learnt >= least && learnt <= most).toBe(true);
        }
      }),
    );
  });
});
