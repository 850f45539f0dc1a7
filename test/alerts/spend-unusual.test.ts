import { describe, expect, test } from 'vitest';
import { readEveryHour } from '../../src/alerts/hours.ts';
import { lookAt, spendUnusual } from '../../src/alerts/kinds/spend-unusual.ts';
import { replay } from '../../src/alerts/preview.ts';
import { createUsualReader } from '../../src/alerts/spend-samples.ts';
import type { PlannedEvent } from '../../src/planner/planned-event.ts';
import {
  byEvents,
  growing,
  type Habit,
  simulated,
  steady,
  tryingOut,
  usageBy,
} from './ordinary-usage.ts';

const NOW = Temporal.Instant.from('2026-03-12T05:00:00Z');
const PARAMS = spendUnusual.params.parse({});
const DAYS = 30;

/** What the default rule would have told in the last 30 days of an account with that habit. */
async function toldOf(habit: Habit, seed: number, more?: (hour: Temporal.ZonedDateTime) => number) {
  const usage = usageBy(habit(seed), NOW, DAYS + 58, more);
  const usualAt = createUsualReader(usage);
  const span = { start: NOW.subtract({ hours: DAYS * 24 }), end: NOW };
  const readings = await readEveryHour(span, (at) => lookAt(usage, usualAt, [], at));
  return replay(spendUnusual, readings, PARAMS, 'warning').found;
}

const SEEDS = Array.from({ length: 8 }, (_, seed) => seed + 1);

test.each([
  ['booths that stand somewhere for good', steady, 6, 1 / 3],
  ['booths that are hired by the evening', byEvents, 6, 1 / 3],
  ['an account that is tried out', tryingOut, 6, 1 / 3],
  ['the simulator', simulated, 3, 1 / 3],
  // It is another one after two months.
  ['an account that grows by a tenth a week', growing, 6, 3 / 4],
])('of %s hardly anything ordinary is told', async (_, habit, accounts, aMonth) => {
  let told = 0;
  for (const seed of SEEDS.slice(0, accounts)) told += (await toldOf(habit, seed)).length;
  expect(told).toBeLessThanOrEqual(accounts * aMonth);
});

describe('what runs away is told within two hours', () => {
  const began = Temporal.ZonedDateTime.from('2026-03-10T18:00[America/Mexico_City]');
  const from = (start: Temporal.ZonedDateTime, perHour: number) => (hour: Temporal.ZonedDateTime) =>
    Temporal.ZonedDateTime.compare(hour, start) >= 0 ? perHour : 0;

  test.each([
    ['in an evening of a steady account', steady, began, 25],
    ['at night of a steady account', steady, began.add({ hours: 9 }), 6],
    ['on a day without an event', byEvents, began, 100],
    ['where cents are spent', tryingOut, began, 3],
  ])('%s', async (_, habit, start, perHour) => {
    for (const seed of SEEDS.slice(0, 4)) {
      const told = await toldOf(habit, seed, from(start, perHour));
      const found = told.filter(({ at }) => Temporal.Instant.compare(at, start.toInstant()) > 0);
      expect(found).toHaveLength(1);
      const hours = start
        .toInstant()
        .until(found[0]?.at ?? NOW)
        .total('hours');
      expect(hours).toBeLessThanOrEqual(2);
    }
  });
});

test('an account that is new is not judged, nor one whose days were not read', async () => {
  const usage = usageBy(steady(1), NOW, 10);
  const reading = lookAt(usage, createUsualReader(usage), [], NOW);
  expect(spendUnusual.judge(reading, PARAMS, new Set())).toEqual({
    isKnown: false,
    findings: [],
  });
});

test('it says what is normal then and there', async () => {
  const [found] = await toldOf(steady, 3, ({ day, hour }) => (day === 10 && hour >= 18 ? 60 : 0));
  const { facts } = found?.finding ?? { facts: {} };
  expect(facts).toMatchObject({
    hours: { as: 'hours', value: 3 },
    basis: { as: 'code', value: 'weekday_hour' },
    weekday: { as: 'code', value: 'tuesday' },
    hour: { as: 'text', value: '18:00' },
  });
});

test('an event is expected to cost what was written down, or what calls of the account cost', () => {
  const usage = usageBy(() => 0.5, NOW, 88);
  const event: PlannedEvent = {
    ...{ id: 'event', accountId: 'one', name: 'Boda', venue: '', client: '', note: '' },
    ...{ start: NOW.subtract({ hours: 5 }), end: NOW.subtract({ hours: 1 }), timezone: 'UTC' },
    ...{ participants: 100, outputsPerParticipant: 2_000_000_000n, models: null },
    ...{ allowancePercent: 0n, marginPercent: 0n, pricePerOutput: 40_000_000n },
    ...{ peakParticipants: null, concurrency: null, apiKeyIds: null, closedAt: null, version: 1 },
    ...{ participantsCame: null, priceCharged: null },
  };
  const plannedOf = (...events: PlannedEvent[]) =>
    lookAt(usage, createUsualReader(usage), events, NOW).looks.map(({ planned }) => planned);
  expect(plannedOf(event)).toEqual([8_000_000_000n, 8_000_000_000n]);
  expect(plannedOf({ ...event, pricePerOutput: null })).toEqual([
    100_000_000_000n,
    100_000_000_000n,
  ]);
  const dayBefore = {
    ...event,
    end: NOW.subtract({ hours: 20 }),
    start: NOW.subtract({ hours: 26 }),
  };
  expect(plannedOf(dayBefore)).toEqual([0n, 8_000_000_000n]);
});
