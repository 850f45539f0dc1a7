import { z } from 'zod';
import { keptTimezone } from '../timezone.ts';
import { CADENCES } from './period.ts';

/*
 * What a report says, in numbers. It is kept as JSON in this shape: amounts are digits in 1e-9 there,
 * times and days ISO 8601. What was kept once must be read for good: fields are only ever added, and
 * those have a default.
 */

const nano = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
const instant = z.string().transform((text) => Temporal.Instant.from(text));
const day = z.string().transform((text) => Temporal.PlainDate.from(text));
const timezone = z.string().transform(keptTimezone);
const calls = z.number().int().nullable();

const knownSums = {
  /** A lower bound where it is not whole; `null`: nothing is known. */
  cost: z.object({ value: nano.nullable(), isWhole: z.boolean() }),
  calls: z.object({ value: calls, isWhole: z.boolean() }),
  failures: z.object({ value: calls, isWhole: z.boolean() }),
};
/** Of a part of the total; `null` is not known, and never zero. */
const partSums = { cost: nano, calls, failures: calls };

const reportSchema = z.object({
  period: z.object({
    cadence: z.enum(CADENCES),
    firstDay: day,
    endDay: day,
    timezone,
  }),
  start: instant,
  /** Not in it; of a period that is not over, when it was made. */
  end: instant,
  isOver: z.boolean(),
  madeAt: instant,
  /** `null`: all accounts together. */
  account: z.object({ slug: z.string(), name: z.string() }).nullable(),
  state: z.enum(['live', 'settling', 'final', 'partial', 'unknown']),
  total: z.object(knownSums),
  /** The period before; `null` while the period is not over. */
  before: z.object({ start: instant, end: instant, ...knownSums }).nullable(),
  /** The model called most; by cost as long as some calls are not known. */
  mostUsed: z.string().nullable(),
  /** Most expensive first. With the others they add up to the total. */
  models: z.array(z.object({ endpointId: z.string(), ...partSums })),
  otherModels: z.object({ number: z.number(), ...partSums }).nullable(),
  /** `null` where it is about one account, or there is no other. */
  accounts: z
    .object({
      listed: z.array(z.object({ slug: z.string(), name: z.string(), ...partSums })),
      others: z.object({ number: z.number(), ...partSums }).nullable(),
    })
    .nullable(),
  otherCurrencies: z.array(z.object({ currency: z.string(), cost: nano })),
  chart: z.object({
    resolution: z.enum(['hour', 'day']),
    /** Those with a colour of their own, most expensive first. */
    models: z.array(z.string()),
    otherModels: z.number(),
    buckets: z.array(
      z.object({
        start: instant,
        state: z.enum(['live', 'settling', 'final', 'partial', 'unknown']),
        cost: nano.nullable(),
        calls,
        /** Of each of `models`, then of all others where there are any. */
        parts: z.array(z.object({ cost: nano, calls })),
      }),
    ),
  }),
  /** As it was when the report was made. */
  credits: z.object({
    /** Of all accounts whose balance is known in US dollars. */
    total: nano.nullable(),
    known: z.number(),
    /** Those with the least, where there are many. */
    accounts: z.array(
      z.object({
        slug: z.string(),
        name: z.string(),
        timezone,
        balance: nano.nullable(),
        currency: z.string(),
        asOf: instant.nullable(),
        isEstimate: z.boolean(),
        /** A code, where there is no balance. */
        reason: z.string().nullable(),
        /** `null` in it: beyond the horizon. */
        runway: z
          .object({
            until: instant.nullable(),
            earliest: instant.nullable(),
            latest: instant.nullable(),
          })
          .nullable(),
        runwayReason: z.enum(['history_too_short', 'balance_unknown', 'other_currency']).nullable(),
        /** Credits that will be lost unused within `EXPIRING_DAYS`, soonest first. */
        expiring: z.array(z.object({ amount: nano, expiresAt: instant })),
      }),
    ),
    leftOut: z.number(),
    /** Those of them whose balance is not known: they may have less. */
    leftOutUnknown: z.number().default(0),
  }),
  /** Planned ones of the days to come, the first first. */
  events: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      slug: z.string(),
      start: instant,
      timezone,
      verdict: z.enum(['enough', 'tight', 'top_up']).nullable(),
      costLow: nano.nullable(),
      costHigh: nano.nullable(),
      /** What to add, and by when; `null` where there is nothing to add. */
      topUp: nano.nullable(),
      topUpBy: instant.nullable(),
      /** Why there is no verdict. */
      missing: z.enum(['over', 'models_unknown', 'no_price', 'balance_unknown']).nullable(),
      /** The model without a price. */
      missingModel: z.string().nullable(),
    }),
  ),
  /** Open or acknowledged when it was made. */
  openIncidents: z.number(),
});

/** What lists say of a report: it is kept beside it, for all of it would be read for a few figures. */
const summarySchema = reportSchema.pick({
  ...{ period: true, madeAt: true, account: true, state: true, total: true, before: true },
});

export type Report = z.output<typeof reportSchema>;
export type ReportSummary = z.output<typeof summarySchema>;
export type ReportCredits = Report['credits']['accounts'][number];
export type ReportEvent = Report['events'][number];

/** How far ahead a report looks for credits that expire, and for events. */
export const EXPIRING_DAYS = 30;
export const EVENT_DAYS = 14;

/** As it is kept: `parseReport` and `parseSummary` read it. */
export function reportJson(report: Report | ReportSummary): string {
  return JSON.stringify(report, (_name, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

export function summaryOf(report: Report): ReportSummary {
  const { period, madeAt, account, state, total, before } = report;
  return { period, madeAt, account, state, total, before };
}

/** @throws what says that it is none. */
export function parseSummary(json: string): ReportSummary {
  return summarySchema.parse(JSON.parse(json));
}

/** @throws what says that it is no report. */
export function parseReport(json: string): Report {
  return reportSchema.parse(JSON.parse(json));
}
