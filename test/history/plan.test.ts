import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chunksOf,
  firstDayOf,
  type KnownDay,
  type PlanRules,
  pagesOf,
  planDays,
  slotMinutesByDay,
  slotMinutesFor,
} from '../../src/history/plan.ts';
import { utcDayOf, utcDayStart } from '../../src/history/slots.ts';
import { NOW } from '../support/panel.ts';

const TODAY = utcDayOf(NOW);
const RULES: PlanRules = {
  firstDay: TODAY - 10,
  settleHours: 72,
  intervalSeconds: 300,
  slotMinutesOf: () => 60,
};

function knownDay(day: number, fields: Partial<KnownDay> = {}): KnownDay {
  const readAt = fields.readAt ?? NOW.subtract({ minutes: 1 });
  const rest = { slotMinutes: 60, changedAt: readAt, isFinal: false } as const;
  return { day, readAt, isCounted: true, isStale: false, ...rest, ...fields };
}

/** Days from one to another, as the plan has them: the newest first. */
function daysDown(from: number, to: number): number[] {
  return Array.from({ length: from - to + 1 }, (_, index) => from - index);
}

const knownDays = fc
  .uniqueArray(
    fc.record({
      day: fc.integer({ min: TODAY - 40, max: TODAY }),
      slotMinutes: fc.constantFrom(60 as const, 15 as const),
      ageMinutes: fc.integer({ min: 0, max: 60 * 24 * 20 }),
      alikeMinutes: fc.integer({ min: 0, max: 60 * 24 * 20 }),
      isFinal: fc.boolean(),
      isCounted: fc.boolean(),
      isStale: fc.boolean(),
    }),
    { selector: ({ day }) => day },
  )
  .map((days) =>
    days.map(({ ageMinutes, alikeMinutes, ...rest }): KnownDay => {
      const readAt = NOW.subtract({ minutes: ageMinutes });
      return { ...rest, readAt, changedAt: readAt.subtract({ minutes: alikeMinutes }) };
    }),
  );

const rules = fc.record({
  firstDay: fc.integer({ min: TODAY - 40, max: TODAY }),
  settleHours: fc.integer({ min: 24, max: 168 }),
  intervalSeconds: fc.integer({ min: 60, max: 3_600 }),
  slotMinutes: fc.constantFrom(60 as const, 15 as const),
});

test('a new account is read from today back to the first day', () => {
  expect(planDays([], NOW, RULES)).toEqual(daysDown(TODAY, TODAY - 10));
});

test('days that are settling go first, then stale ones, open ones, and those never read', () => {
  const long = NOW.subtract({ hours: 30 });
  const plan = planDays(
    [
      knownDay(TODAY),
      knownDay(TODAY - 1, { readAt: NOW.subtract({ minutes: 6 }) }),
      knownDay(TODAY - 2, { isStale: true }),
      knownDay(TODAY - 3),
      knownDay(TODAY - 5, { readAt: long }),
      knownDay(TODAY - 6, { isFinal: true, readAt: long }),
      knownDay(TODAY - 7, { isFinal: true, isStale: true }),
      knownDay(TODAY - 20, { isFinal: true, slotMinutes: 60 }),
    ],
    NOW,
    { ...RULES, slotMinutesOf: (day) => (day === TODAY - 20 ? 15 : 60) },
  );
  expect(plan).toEqual([
    ...[TODAY - 1, TODAY - 2],
    ...[TODAY - 7, TODAY - 20],
    TODAY - 5,
    ...[TODAY - 4, TODAY - 8, TODAY - 9, TODAY - 10],
  ]);
});

test('a day that settled is read once more at once, then after pauses that grow up to a day', () => {
  const day = TODAY - 10;
  const settled = utcDayStart(day + 1).add({ hours: 72 });
  const isPlanned = (
    readAt: Temporal.Instant,
    changedAt: Temporal.Instant,
    now: Temporal.Instant,
  ) =>
    planDays([knownDay(day, { readAt, changedAt })], now, { ...RULES, firstDay: day }).includes(
      day,
    );
  const before = settled.subtract({ minutes: 4 });
  expect(isPlanned(before, before, settled)).toBe(true);
  expect(isPlanned(settled, settled, settled.add({ minutes: 59 }))).toBe(false);
  expect(isPlanned(settled, settled, settled.add({ minutes: 60 }))).toBe(true);
  const later = settled.add({ hours: 5 });
  expect(isPlanned(later, settled, later.add({ minutes: 299 }))).toBe(false);
  expect(isPlanned(later, settled, later.add({ hours: 5 }))).toBe(true);
  const muchLater = settled.add({ hours: 100 });
  expect(isPlanned(muchLater, settled, muchLater.add({ hours: 24 }))).toBe(true);
});

test('a final day whose calls could not be counted is tried for three days, and then let be', () => {
  const day = TODAY - 10;
  const fields = { isFinal: true, isCounted: false };
  const isPlanned = (alikeHours: number) => {
    const readAt = NOW.subtract({ hours: 24 });
    const changedAt = readAt.subtract({ hours: alikeHours });
    return planDays([knownDay(day, { ...fields, readAt, changedAt })], NOW, RULES).includes(day);
  };
  expect([0, 20, 71, 72].map(isPlanned)).toEqual([true, true, true, false]);
});

test('a day that was read by a clock that was ahead is read again, final or not', () => {
  const readAt = NOW.add({ hours: 24 * 10 });
  const known = daysDown(TODAY, TODAY - 8).map((day) => knownDay(day, { readAt, isFinal: true }));
  expect(planDays(known, NOW, { ...RULES, firstDay: TODAY })).toEqual(daysDown(TODAY, TODAY - 8));
});

test('a day that begins this very moment is left for later', () => {
  const midnight = utcDayStart(TODAY);
  expect(planDays([], midnight, RULES)[0]).toBe(TODAY - 1);
});

test('no day is planned twice, none is beyond today, and none that should be known is forgotten', () => {
  fc.assert(
    fc.property(knownDays, rules, (known, { slotMinutes, ...asked }) => {
      const plan = planDays(known, NOW, { ...asked, slotMinutesOf: () => slotMinutes });
      expect(new Set(plan).size).toBe(plan.length);
      const first = Math.min(asked.firstDay, ...known.map(({ day }) => day));
      expect(plan.every((day) => day >= first && day <= TODAY)).toBe(true);
      for (const day of daysDown(TODAY, asked.firstDay).filter((each) => !plan.includes(each))) {
        const reading = known.find((each) => each.day === day);
        const settled = utcDayStart(day + 1).add({ hours: asked.settleHours });
        const isSettling = Temporal.Instant.compare(settled, NOW) > 0;
        expect(reading).toMatchObject({ isStale: false });
        expect(reading?.slotMinutes).toBeLessThanOrEqual(slotMinutes);
        const ageSeconds = reading?.readAt.until(NOW).total('seconds') ?? Infinity;
        if (isSettling) expect(ageSeconds).toBeLessThan(asked.intervalSeconds);
        else {
          const alike = reading?.changedAt.until(reading.readAt).total('hours') ?? 0;
          const isDone = reading?.isFinal && (reading.isCounted || alike >= 72);
          expect(isDone || ageSeconds < 24 * 60 * 60).toBe(true);
        }
      }
    }),
  );
});

test('what is planned has an order: settling, stale, open, never read; each the newest first', () => {
  fc.assert(
    fc.property(knownDays, rules, (known, { slotMinutes, ...asked }) => {
      const plan = planDays(known, NOW, { ...asked, slotMinutesOf: () => slotMinutes });
      const kinds = plan.map((day) => {
        const reading = known.find((each) => each.day === day);
        const settled = utcDayStart(day + 1).add({ hours: asked.settleHours });
        if (Temporal.Instant.compare(settled, NOW) > 0) return 0;
        if (!reading) return 3;
        return reading.isStale || reading.slotMinutes > slotMinutes ? 1 : 2;
      });
      expect(kinds).toEqual(kinds.toSorted());
      for (const [index, day] of plan.entries()) {
        const next = plan[index + 1];
        if (next !== undefined && kinds[index] === kinds[index + 1]) expect(next).toBeLessThan(day);
      }
    }),
  );
});

test('chunks are neighbours that are kept alike, cut into pages, and together they are the plan', () => {
  fc.assert(
    fc.property(knownDays, fc.integer({ min: TODAY - 40, max: TODAY }), (known, from) => {
      const slotMinutesOf = (day: number) => (day < from ? 15 : 60);
      const plan = planDays(known, NOW, { ...RULES, slotMinutesOf });
      const chunks = chunksOf(plan, slotMinutesOf);
      expect(chunks.flatMap(({ days }) => days.toReversed())).toEqual(plan);
      for (const chunk of chunks) {
        const { days, slotMinutes } = chunk;
        expect(days.length).toBeLessThanOrEqual(slotMinutes === 60 ? 8 : 1);
        expect(days.every((day) => slotMinutesOf(day) === slotMinutes)).toBe(true);
        expect(days.every((day, index) => day === (days[0] ?? 0) + index)).toBe(true);
        const pages = pagesOf(chunk);
        expect(pages.flatMap((page) => page.days)).toEqual(days);
        expect(pages.every((page) => page.days.length <= 2)).toBe(true);
      }
    }),
  );
});

test('the first day reaches back to what is known or was asked for', () => {
  expect(firstDayOf(NOW, 90, null, [])).toBe(TODAY - 90);
  expect(firstDayOf(NOW, 90, TODAY - 200, [])).toBe(TODAY - 200);
  expect(firstDayOf(NOW, 90, TODAY - 20, [])).toBe(TODAY - 90);
  expect(firstDayOf(NOW, 90, null, [knownDay(TODAY - 120)])).toBe(TODAY - 120);
});

test.each([
  ['America/Mexico_City', 60],
  ['Europe/Madrid', 60],
  ['Asia/Kolkata', 15],
  ['Asia/Kathmandu', 15],
  ['Australia/Lord_Howe', 15],
] as const)('usage is kept finely enough for %s', (zone, minutes) => {
  const from = NOW.subtract({ hours: 24 * 200 });
  expect(slotMinutesFor(['UTC', zone], from, NOW)).toBe(minutes);
});

test('only the days are kept finely on which a zone’s hours are not UTC’s', () => {
  // Lord Howe is 11 hours ahead in its summer, until 5 April 2026, then ten and a half.
  const change = utcDayOf(Temporal.Instant.from('2026-04-04T15:00Z'));
  const minutesOf = slotMinutesByDay(['Australia/Lord_Howe'], change - 2, change + 2);
  expect([-2, -1, 0, 1, 2].map((offset) => minutesOf(change + offset))).toEqual([
    60, 60, 15, 15, 15,
  ]);
});

test('a day that fal has forgotten is not read again, unless somebody asks for it', () => {
  const [day, rules] = [TODAY - 9, { ...RULES, slotMinutesOf: () => 15 as const, firstDay: TODAY }];
  const readAt = NOW.subtract({ hours: 48 });
  const plan = (fields: Partial<KnownDay>) =>
    planDays([knownDay(day, { readAt, ...fields })], NOW, rules).includes(day);
  expect(plan({})).toBe(true);
  expect(plan({ isForgotten: true })).toBe(false);
  expect(plan({ isForgotten: true, isStale: true })).toBe(true);
});
