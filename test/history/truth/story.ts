import fc from 'fast-check';
import { type BillingRequest, billingRequests } from '../../../src/demo/billing-request.ts';
import * as faults from '../../../src/demo/faults.ts';
import { utcDayOf, utcDayStart } from '../../../src/history/slots.ts';
import { canonicalTimezone } from '../../../src/timezone.ts';
import { CALLED_IDS, oneOfEach, traffic } from '../../support/traffic.ts';
import { ZONES } from '../../support/zones.ts';
import { type Look, looks } from './looks.ts';
import { type Asked, questions } from './questions.ts';

/** Days in which something happens. */
export const DAYS = 9;

/** By the names under which forms and the configuration keep them. */
const zones = fc.constantFrom(...ZONES).map((name) => canonicalTimezone(name) ?? name);

/** What may go wrong with the questions to fal while a round runs. */
export const FAULTS = {
  'an error of its own': () => faults.failWith(500),
  'no more now': () => faults.failWith(503),
  'too many questions': () => faults.rateLimited({ retryAfter: 0 }),
  'half an answer': () => faults.truncateBody(),
  'no answer': () => faults.resetConnection(),
  'what is not JSON': () => faults.notJson(),
  'another shape': () => faults.wrongShape(),
} as const;

const QUIRKS = [
  { repeatCursor: true },
  { cursorMissing: true },
  { endlessPages: true },
  { overlapPages: 2 },
  { emptyPages: 2 },
] as const;

/** Which questions to fal a fault meets: all of a kind, or only those for further pages. */
const PATHS = [
  /^\/models\/usage/,
  /^\/models\/usage\?.*cursor=/,
  /^\/models\/usage\?.*timeframe=day/,
  /^\/models\/analytics/,
  /^\/models\/analytics\?.*cursor=/,
];

const troubles = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('none') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('lease is lost'), after: fc.nat({ max: 12 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('database is lost'),
      after: fc.nat({ max: 40 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fal fails'),
      how: fc.constantFrom(...(Object.keys(FAULTS) as (keyof typeof FAULTS)[])),
      path: fc.constantFrom(...PATHS),
      times: fc.integer({ min: 1, max: 20 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pages'), quirk: fc.constantFrom(...QUIRKS) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('two at once') }) },
);

const deeds = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('none') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('read again'),
      from: fc.integer({ min: -1, max: DAYS - 1 }),
      days: fc.integer({ min: 1, max: DAYS }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('moves') }) },
);

const steps = fc.record({
  minutes: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 600 }), fc.nat({ max: 48 * 60 })),
  account: fc.nat({ max: 2 }),
  deed: deeds,
  trouble: troubles,
  asked: questions(DAYS),
});

export type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** Where clocks shift in the middle of a story, and when: by an hour, and by half of one. */
const SHIFTS = [
  { zone: 'Europe/Madrid', at: '2026-03-29T01:00Z' },
  { zone: 'Australia/Lord_Howe', at: '2026-04-04T15:00Z' },
  { zone: 'Australia/Lord_Howe', at: '2026-10-03T15:30Z' },
  { zone: 'Europe/Madrid', at: '2026-10-25T01:00Z' },
];
const DAYS_BEFORE_SHIFT = 3;

/** What happens at fal, and what a panel does meanwhile. */
export interface Story {
  /** 00:00 UTC of the first day. */
  start: Temporal.Instant;
  accounts: { timezone: string; awayTimezone: string; traffic: BillingRequest[] }[];
  /** The panel's own zone. */
  timezone: string;
  pageSize: number;
  /** When the panel looks for the first time, in hours after the start. */
  firstLook: number;
  steps: Step[];
  questions: Asked[];
  /** The pages are looked at in the middle, and when all is settled. */
  looks: { midway: Look; settled: Look };
}

export const stories: fc.Arbitrary<Story> = fc.constantFrom(...SHIFTS).chain(({ zone, at }) => {
  const shift = Temporal.Instant.from(at);
  const start = utcDayStart(utcDayOf(shift) - DAYS_BEFORE_SHIFT);
  const used = traffic({ start, days: DAYS, requests: { min: 20, max: 90 } });
  return fc.record({
    start: fc.constant(start),
    accounts: fc.array(
      fc.record({
        timezone: fc.oneof(fc.constant(zone), zones),
        awayTimezone: zones,
        traffic: used.map((calls) => [...oneOfEach(start), ...aroundShift(shift), ...calls]),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    timezone: zones,
    pageSize: fc.integer({ min: 3, max: 12 }),
    firstLook: fc.integer({ min: 1, max: DAYS * 24 }),
    steps: fc.array(steps, { minLength: 4, maxLength: 12, size: 'max' }),
    questions: fc.array(questions(DAYS), { minLength: 8, maxLength: 8 }),
    looks: fc.record({ midway: looks(DAYS), settled: looks(DAYS) }),
  });
});

/** A call in each half hour of the day before and the day after: some of them end up at each edge. */
function aroundShift(shift: Temporal.Instant): BillingRequest[] {
  return Array.from({ length: 100 }, (_, index) =>
    shift.add({ minutes: (index - 50) * 30 }),
  ).flatMap((at, index) =>
    billingRequests([
      { at: at.epochMilliseconds, endpointId: CALLED_IDS[0] ?? '', unitPrice: (index + 1) / 1_000 },
    ]),
  );
}
