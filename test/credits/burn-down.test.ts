import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BurnDown, burnDown, type Lot, type Spend } from '../../src/credits/burn-down.ts';
import { isBefore } from '../../src/instants.ts';
import { sumNano } from '../../src/money.ts';

const DOLLAR = 1_000_000_000n;
const START = Temporal.Instant.from('2026-01-01T00:00Z');

function day(number: number): Temporal.Instant {
  return START.add({ hours: 24 * number });
}

function lot(id: string, amount: bigint, from: number, expires: number | null): Lot {
  return { id, amount, from: day(from), expiresAt: expires === null ? null : day(expires) };
}

function remainingOf({ lots }: BurnDown): bigint {
  return sumNano(lots.map(({ remaining }) => remaining));
}

/** Within so few days that several things happen at the same instant. */
const lots = fc
  .array(
    fc.record({
      amount: fc.bigInt({ min: 1n, max: 500n * DOLLAR }),
      from: fc.integer({ min: 0, max: 30 }),
      lasts: fc.option(fc.integer({ min: 1, max: 20 })),
    }),
    { maxLength: 8 },
  )
  .map((rows) =>
    rows.map(({ amount, from, lasts }, index) =>
      lot(String(index), amount, from, lasts === null ? null : from + lasts),
    ),
  );
const spends = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 45 }).map(day),
    amount: fc.bigInt({ min: 0n, max: 80n * DOLLAR }),
  }),
  { maxLength: 40 },
);
const moment = fc.integer({ min: 0, max: 50 }).map(day);

test('no nano-dollar is lost or invented: of each lot, and of all that was spent', () => {
  fc.assert(
    fc.property(lots, spends, moment, (bought, spent, until) => {
      const result = burnDown(bought, spent, until);
      expect(result.lots.map(({ lot: { id } }) => id).sort()).toEqual(
        bought.filter(({ from }) => isBefore(from, until)).map(({ id }) => id),
      );
      for (const { lot: of, spent: gone, expired, remaining } of result.lots) {
        expect([gone >= 0n, expired >= 0n, remaining >= 0n]).toEqual([true, true, true]);
        expect(gone + expired + remaining).toBe(of.amount);
      }
      const until_ = spent.filter(({ at }) => isBefore(at, until));
      expect(sumNano(result.lots.map((state) => state.spent)) + result.unfunded).toBe(
        sumNano(until_.map(({ amount }) => amount)),
      );
    }),
  );
});

/** The same told plainly, one day after the other: what expires, what comes, what is spent. */
function dayByDay(bought: readonly Lot[], spent: readonly Spend[], until: Temporal.Instant) {
  const expiry = ({ lot: { expiresAt } }: { lot: Lot }) => expiresAt?.epochMilliseconds ?? Infinity;
  const purses = bought
    .filter(({ from }) => isBefore(from, until))
    .map((each) => ({ lot: each, spent: 0n, expired: 0n, remaining: 0n }))
    .sort(
      (one, other) =>
        expiry(one) - expiry(other) || Temporal.Instant.compare(one.lot.from, other.lot.from),
    );
  let owed = 0n;
  const pay = () => {
    for (const purse of purses) {
      const paid = purse.remaining < owed ? purse.remaining : owed;
      purse.remaining -= paid;
      purse.spent += paid;
      owed -= paid;
    }
  };
  for (let now = START; !isBefore(until, now); now = now.add({ hours: 24 })) {
    for (const purse of purses) {
      if (purse.lot.expiresAt?.equals(now)) {
        purse.expired = purse.remaining;
        purse.remaining = 0n;
      }
    }
    for (const purse of purses) if (purse.lot.from.equals(now)) purse.remaining = purse.lot.amount;
    pay();
    if (now.equals(until)) break;
    owed += sumNano(spent.filter(({ at }) => at.equals(now)).map(({ amount }) => amount));
    pay();
  }
  return { lots: purses, unfunded: owed };
}

test('each lot has spent, lost and left what it has told day by day', () => {
  fc.assert(
    fc.property(lots, spends, moment, (bought, spent, until) => {
      const told = new Map(dayByDay(bought, spent, until).lots.map((each) => [each.lot.id, each]));
      const { lots: states, unfunded } = burnDown(bought, spent, until);
      for (const state of states) expect(state).toEqual(told.get(state.lot.id));
      expect(unfunded).toBe(dayByDay(bought, spent, until).unfunded);
    }),
    { numRuns: 300 },
  );
});

test('nothing is left of what is over, and nothing is lost of what is not', () => {
  fc.assert(
    fc.property(lots, spends, moment, (bought, spent, until) => {
      for (const { lot: of, expired, remaining } of burnDown(bought, spent, until).lots) {
        const isOver = of.expiresAt !== null && !isBefore(until, of.expiresAt);
        expect(isOver ? remaining : expired).toBe(0n);
      }
    }),
  );
});

test('something is owed only while nothing is left', () => {
  fc.assert(
    fc.property(lots, spends, moment, (bought, spent, until) => {
      const result = burnDown(bought, spent, until);
      if (result.unfunded > 0n) expect(remainingOf(result)).toBe(0n);
    }),
  );
});

test('what is spent or expired stays so as time goes on', () => {
  fc.assert(
    fc.property(lots, spends, moment, moment, (bought, spent, one, other) => {
      const [sooner, later] = isBefore(one, other) ? [one, other] : [other, one];
      const before = burnDown(bought, spent, sooner);
      const after = new Map(burnDown(bought, spent, later).lots.map((each) => [each.lot.id, each]));
      for (const state of before.lots) {
        const then = after.get(state.lot.id);
        expect(then && then.spent >= state.spent && then.expired >= state.expired).toBe(true);
      }
    }),
  );
});

test('in whichever order spends and lots are told, and however finely, the result is the same', () => {
  fc.assert(
    fc.property(lots, spends, moment, (bought, spent, until) => {
      const halves = spent.flatMap(({ at, amount }): Spend[] => [
        { at, amount: amount / 2n },
        { at, amount: amount - amount / 2n },
      ]);
      expect(burnDown([...bought].reverse(), halves.reverse(), until)).toEqual(
        burnDown(bought, spent, until),
      );
    }),
  );
});

test('what expires first is spent first, whichever was bought first', () => {
  const bought = lot('bought', 100n, 0, 365);
  const promotion = lot('promotion', 50n, 5, 30);
  const { lots: states } = burnDown([bought, promotion], [{ at: day(6), amount: 60n }], day(7));
  expect(states).toEqual([
    { lot: promotion, spent: 50n, expired: 0n, remaining: 0n },
    { lot: bought, spent: 10n, expired: 0n, remaining: 90n },
  ]);
});

test('what is left of a lot when it expires is lost, and pays for nothing after', () => {
  const promotion = lot('promotion', 50n, 0, 30);
  const spent = [
    { at: day(10), amount: 20n },
    { at: day(30), amount: 5n },
  ];
  expect(burnDown([promotion], spent, day(31))).toEqual({
    lots: [{ lot: promotion, spent: 20n, expired: 30n, remaining: 0n }],
    unfunded: 5n,
  });
  expect(burnDown([promotion], spent, day(30)).lots[0]?.expired).toBe(30n);
});

test('what was owed is paid by the next lot that comes', () => {
  const { lots: states, unfunded } = burnDown(
    [lot('late', 100n, 2, null)],
    [{ at: day(1), amount: 30n }],
    day(3),
  );
  expect([states[0]?.spent, states[0]?.remaining, unfunded]).toEqual([30n, 70n, 0n]);
});

test("the seed's sum: $10.00 bought, $0.225 spent, a year to use the rest", () => {
  const bought = lot('first', 10n * DOLLAR, 0, 365);
  const result = burnDown([bought], [{ at: day(3), amount: 225_000_000n }], day(4));
  expect(remainingOf(result)).toBe(9_775_000_000n);
  expect(
    burnDown([bought], [{ at: day(3), amount: 225_000_000n }], day(365)).lots[0],
  ).toMatchObject({ spent: 225_000_000n, expired: 9_775_000_000n, remaining: 0n });
});
