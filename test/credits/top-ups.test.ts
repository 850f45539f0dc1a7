import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CreditEntry } from '../../src/credits/ledger.ts';
import {
  type BalanceStep,
  roundest,
  type TopUp,
  topUpOf,
  unclearDays,
  unexplained,
  unseenTopUps,
} from '../../src/credits/top-ups.ts';

const DOLLAR = 1_000_000_000n;
const START = Temporal.Instant.from('2026-05-01T10:00Z');
const NOTHING = { low: 0n, high: 0n };

function step(before: bigint, now: bigint, minutes = 5): BalanceStep {
  return { after: START, until: START.add({ minutes }), before, now };
}

test('a balance that rises was topped up, between its last reading before and its first after', () => {
  expect(topUpOf(step(20n * DOLLAR, 70n * DOLLAR), NOTHING)).toEqual({
    after: START,
    until: START.add({ minutes: 5 }),
    amount: 50n * DOLLAR,
    low: 50n * DOLLAR,
    high: 50n * DOLLAR,
  });
});

test('what was spent meanwhile makes it more, and the roundest amount is proposed', () => {
  const topUp = topUpOf(step(20n * DOLLAR, 69_730_000_000n), { low: 0n, high: 2n * DOLLAR });
  expect(topUp).toMatchObject({
    amount: 50n * DOLLAR,
    low: 49_730_000_000n,
    high: 51_730_000_000n,
  });
});

test('is found behind spending, too, when fal could not be asked for hours', () => {
  const spent = { low: 104n * DOLLAR, high: 106n * DOLLAR };
  expect(topUpOf(step(80n * DOLLAR, 75n * DOLLAR, 600), spent)?.amount).toBe(100n * DOLLAR);
});

test('no spending, however late it is known, passes for a top-up', () => {
  const amount = fc.bigInt({ min: 0n, max: 500n * DOLLAR });
  fc.assert(
    fc.property(amount, amount, amount, (before, spent, known) => {
      const least = spent - (spent > known ? spent - known : 0n);
      const bounds = { low: least, high: 900n * DOLLAR };
      expect(topUpOf(step(before + spent, before), bounds)).toBeNull();
    }),
  );
});

test('every top-up of a dollar or more is found, and its amount lies within the bounds', () => {
  const amount = fc.bigInt({ min: 0n, max: 500n * DOLLAR });
  fc.assert(
    fc.property(amount, amount, amount, amount, (before, added, certain, perhaps) => {
      const topUp = DOLLAR + added;
      // What was spent lies anywhere between what whole hours say and all they touch.
      const spent = certain + perhaps / 2n;
      const found = topUpOf(step(before, before + topUp - spent), {
        low: certain,
        high: certain + perhaps,
      });
      if (topUp - perhaps / 2n < DOLLAR) return;
      expect(found && found.low <= topUp && topUp <= found.high).toBe(true);
      expect(found && found.low <= found.amount && found.amount <= found.high).toBe(true);
    }),
  );
});

test('a charge that is taken back is none, and a dollar is one', () => {
  expect(topUpOf(step(20n * DOLLAR, 21n * DOLLAR), NOTHING)?.amount).toBe(DOLLAR);
  expect(topUpOf(step(20n * DOLLAR, 20_400_000_000n), NOTHING)).toBeNull();
});

describe('what is proposed', () => {
  const topUp: TopUp = {
    after: START,
    until: START.add({ minutes: 5 }),
    amount: 50n * DOLLAR,
    low: 49_500_000_000n,
    high: 50_200_000_000n,
  };

  function entry(fields: Partial<CreditEntry>): CreditEntry {
    return {
      id: 'e',
      accountId: 'a',
      revision: 0,
      kind: 'purchase',
      amount: 50n * DOLLAR,
      currency: 'USD',
      at: START,
      expiresAt: null,
      note: '',
      isVoid: false,
      source: 'hand',
      seenAfter: null,
      recordedAt: START,
      recordedBy: 'ana@example.com',
      ...fields,
    };
  }

  test('is what no entry explains and nobody dismissed', () => {
    expect(unexplained([topUp], [], [], 'USD')).toEqual([topUp]);
    expect(unexplained([topUp], [entry({ seenAfter: START, amount: 9n })], [], 'USD')).toEqual([]);
    expect(unexplained([topUp], [], [START], 'USD')).toEqual([]);
  });

  test('is not what somebody wrote down by its day and amount, once', () => {
    const day = START.subtract({ hours: 10 });
    const later = { ...topUp, after: START.add({ hours: 2 }), until: START.add({ hours: 3 }) };
    expect(unexplained([topUp, later], [entry({ at: day })], [], 'USD')).toEqual([later]);
    expect(unexplained([topUp], [entry({ at: START.subtract({ hours: 50 }) })], [], 'USD')).toEqual(
      [topUp],
    );
    const by = (amount: bigint) => unexplained([topUp], [entry({ amount })], [], 'USD');
    for (const amount of [48_400_000_000n, 51_300_000_000n]) expect(by(amount)).toEqual([topUp]);
    for (const amount of [48_500_000_000n, 51_200_000_000n]) expect(by(amount)).toEqual([]);
  });

  test('is there again when the entry that explained it was taken back', () => {
    const entries = [
      entry({ seenAfter: START }),
      entry({ seenAfter: START, revision: 1, isVoid: true }),
    ];
    expect(unexplained([topUp], entries, [], 'USD')).toEqual([topUp]);
  });

  test('is not what several entries make up together, but more than they make up', () => {
    const some = [20n, 30n, 7n].map((dollars, index) =>
      entry({ id: String(index), amount: dollars * DOLLAR }),
    );
    expect(unexplained([topUp], some, [], 'USD')).toEqual([]);
    expect(unexplained([topUp], some.slice(1), [], 'USD')).toEqual([topUp]);
    const later = { ...topUp, after: START.add({ hours: 2 }), until: START.add({ hours: 3 }) };
    expect(unexplained([topUp, later], some, [], 'USD')).toEqual([later]);
    const lessFee = [entry({ amount: 60n * DOLLAR }), entry({ id: 'fee', amount: -10n * DOLLAR })];
    expect(unexplained([topUp], lessFee, [], 'USD')).toEqual([]);
    const least = { ...topUp, low: DOLLAR, high: DOLLAR, amount: DOLLAR };
    expect(unexplained([least], [], [], 'USD')).toEqual([least]);
    // One that is about as much by itself is for that one, whichever comes first.
    const own = { ...later, low: 20n * DOLLAR, high: 20n * DOLLAR, amount: 20n * DOLLAR };
    expect(unexplained([topUp, own], some, [], 'USD')).toEqual([topUp]);
  });

  test('is not explained by what came in another currency', () => {
    expect(unexplained([topUp], [entry({ currency: 'MXN' })], [], 'USD')).toEqual([topUp]);
  });

  test('is not confirmed or dismissed once more when its days are cut in another way', () => {
    const hours = 6;
    const byDay = (from: number, to: number): TopUp => ({
      ...{ ...topUp, isByDay: true },
      ...{ after: START.add({ hours: from }), until: START.add({ hours: to }) },
    });
    for (const moved of [byDay(hours, 24 + hours), byDay(-24, 24), byDay(0, 48)]) {
      expect(unexplained([moved], [entry({ seenAfter: START })], [], 'USD')).toEqual([]);
      expect(unexplained([moved], [], [START], 'USD')).toEqual([]);
    }
    // What was said of another top-up that is still there is of that one alone.
    const other = byDay(hours, 24 + hours);
    expect(unexplained([topUp, other], [entry({ seenAfter: START })], [], 'USD')).toEqual([other]);
    expect(unexplained([topUp, other], [], [START], 'USD')).toEqual([other]);
    const seen = { ...topUp, after: START.add({ hours }), until: START.add({ hours: 7 }) };
    expect(unexplained([seen], [], [START], 'USD')).toEqual([seen]);
  });
});

describe('the roundest amount', () => {
  test('lies within its bounds', () => {
    const amounts = fc.bigInt({ min: DOLLAR, max: 9_000n * DOLLAR });
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 0n, max: 40n * DOLLAR }), (low, width) => {
        const amount = roundest(low, low + width);
        expect(low <= amount && amount <= low + width).toBe(true);
      }),
    );
  });

  test.each([
    ['49.20', '50.90', '50'],
    ['9.8', '10.4', '10'],
    ['24.9', '25.1', '25'],
    ['20.6', '20.9', '20.75'],
    ['7.123456789', '7.123456789', '7.123456789'],
  ])('of %s to %s is %s', (low, high, amount) => {
    const nano = (decimal: string) => BigInt(Math.round(Number(decimal) * 1e9));
    expect(roundest(nano(low), nano(high))).toBe(nano(amount));
  });
});

test('where nothing is left nobody can tell: fal states no debt', () => {
  const spent = { low: 30n * DOLLAR, high: 40n * DOLLAR };
  expect(topUpOf(step(0n, 0n, 600), spent)).toBeNull();
  expect(topUpOf(step(20n * DOLLAR, 0n, 600), spent)).toBeNull();
});

describe('a top-up while more is spent than it is', () => {
  const edge = (day: number, dollars: bigint) => {
    return { at: START.add({ hours: 24 * day }), balance: dollars * DOLLAR };
  };
  const exactly = (dollars: bigint) => ({ low: dollars * DOLLAR, high: dollars * DOLLAR });
  /** The second day cost 60 dollars, and the balance fell by 10. */
  const edges = [edge(0, 100n), edge(1, 95n), edge(2, 85n), edge(3, 80n)];
  const costs = [5n, 60n, 5n].map((dollars) => dollars * DOLLAR);

  test('is found in its day', () => {
    const days = unclearDays(edges, costs, []);
    expect(days.map(([alone]) => alone?.after)).toEqual([edges[1]?.at]);
    expect(unseenTopUps(days, () => exactly(60n), [])).toMatchObject([
      { after: edges[1]?.at, until: edges[2]?.at, amount: 50n * DOLLAR },
    ]);
  });

  test('is found with the day after, where midnight was too busy to tell', () => {
    const days = unclearDays(edges, costs, []);
    const spentIn = ({ until, after }: BalanceStep) =>
      after.until(until).total('hours') > 24
        ? exactly(65n)
        : { low: 10n * DOLLAR, high: 70n * DOLLAR };
    expect(unseenTopUps(days, spentIn, [])).toMatchObject([
      { after: edges[1]?.at, until: edges[3]?.at, amount: 50n * DOLLAR },
    ]);
  });

  const seenAt = (hours: number, low: bigint, high: bigint): TopUp => ({
    ...{ after: START.add({ hours }), until: START.add({ hours: hours + 1 }) },
    ...{ amount: low * DOLLAR, low: low * DOLLAR, high: high * DOLLAR },
  });

  test('is none where one that was seen tells why, in that day', () => {
    expect(unclearDays(edges, costs, [seenAt(30, 50n, 50n)])).toEqual([]);
    // From one reading to the other is the whole of what was seen.
    expect(unclearDays(edges, costs, [seenAt(24, 50n, 50n)])).toEqual([]);
    expect(unclearDays(edges, costs, [seenAt(47, 50n, 50n)])).toEqual([]);
    for (const hours of [2, 23.5, 47.5, 50].map((hour) => Math.round(hour * 60))) {
      const seen = seenAt(0, 50n, 50n);
      const moved = {
        ...seen,
        after: seen.after.add({ minutes: hours }),
        until: seen.until.add({ minutes: hours }),
      };
      expect(unclearDays(edges, costs, [moved])).toHaveLength(1);
    }
  });

  test('is what those that were seen leave, between as much and as little as they may have been', () => {
    const seen = [seenAt(30, 20n, 30n)];
    expect(unseenTopUps(unclearDays(edges, costs, seen), () => exactly(60n), seen)).toMatchObject([
      { low: 20n * DOLLAR, high: 30n * DOLLAR },
    ]);
  });

  test('is none of less than what a day may be off by', () => {
    const off = (dollars: bigint) =>
      unseenTopUps(unclearDays(edges, costs, []), () => exactly(10n + dollars), []);
    expect([off(4n).length, off(5n).length]).toEqual([0, 1]);
  });

  test('is found once where two days speak of it, and twice where there were two', () => {
    const fell = [edge(0, 100n), edge(1, 95n), edge(2, 85n), edge(3, 75n)];
    const twice = [5n, 60n, 60n].map((dollars) => dollars * DOLLAR);
    const days = unclearDays(fell, twice, []);
    expect(days).toHaveLength(2);
    expect(unseenTopUps(days, () => exactly(60n), [])).toMatchObject([
      { after: fell[1]?.at, until: fell[2]?.at },
      { after: fell[2]?.at, until: fell[3]?.at },
    ]);
    const isLong = ({ after, until }: BalanceStep) => after.until(until).total('hours') > 24;
    const either = (each: BalanceStep) =>
      isLong(each) || each.after.equals(START.add({ hours: 48 }))
        ? exactly(70n)
        : { low: 10n * DOLLAR, high: 70n * DOLLAR };
    expect(unseenTopUps(days, either, [])).toMatchObject([
      { after: fell[1]?.at, until: fell[3]?.at },
    ]);
  });

  test('is none where a day or its balance is not known', () => {
    expect(unclearDays([edge(0, 9n), null, edge(2, 9n)], [DOLLAR, 90n * DOLLAR], [])).toEqual([]);
    expect(unclearDays([edge(0, 9n), edge(1, 9n)], [null], [])).toEqual([]);
  });
});
