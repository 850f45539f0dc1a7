import { z } from 'zod';
import { decimalField } from '../http/decimal-field.ts';
import { refuse } from '../http/failure.ts';
import { isBefore } from '../instants.ts';
import { NANO_PER_UNIT, type Nano, sumNano } from '../money.ts';
import { timezoneField } from '../timezone.ts';
import { isEndpointId } from '../usage/request-fields.ts';
import { WHOLE_PERCENT } from './expected-cost.ts';

export const MAX_PARTICIPANTS = 1_000_000;
const MAX_MODELS = 20;
const MAX_LENGTH_DAYS = 31;
/** Credits last a year, and what is spent until then is reckoned day by day. */
const MAX_AHEAD_YEARS = 3;
const MAX_AGO_YEARS = 10;
/** What a program that says neither is taken to mean: guests times the price, and a range that holds. */
export const PROGRAM_USUAL = { allowancePercent: 0n, marginPercent: 20n * NANO_PER_UNIT };
/** What a form begins with. With either of the two a range holds nine times in ten. */
export const FORM_USUAL = {
  allowancePercent: 5n * NANO_PER_UNIT,
  marginPercent: 15n * NANO_PER_UNIT,
};
/** Shares that people round may be off by so much together. */
const SHARE_TOLERANCE = NANO_PER_UNIT / 10n;

/** A model as a plan has it. */
export interface PlannedModel {
  endpointId: string;
  /** In per cent, 1e-9 of it. */
  share: Nano;
  /** Billing units of an output, such as the seconds of a video, in 1e-9; `null`: not said. */
  unitsPerOutput: Nano | null;
}

/** A whole number of guests or requests. No separators: `1.000` is a thousand to some, and one to others. */
export const countField = ({ min = 0, max = MAX_PARTICIPANTS } = {}) =>
  z
    .union(
      [
        z.number(),
        z
          .string()
          .trim()
          .regex(/^-?\d{1,20}$/)
          .transform(Number),
      ],
      'not_a_number',
    )
    .pipe(z.number().min(min, 'out_of_range').max(max, 'out_of_range').int('not_a_number'));

const model = z.object({
  endpoint_id: z.string('malformed').trim().refine(isEndpointId, 'malformed'),
  share: decimalField({ min: 0, max: 100 }),
  units_per_output: decimalField({ min: 0, max: 1_000_000 })
    .refine((units) => units > 0n, 'out_of_range')
    .nullish(),
});

/** The most that makes any sense. */
export const PLAN_LIMITS = {
  outputs_per_participant: 1_000,
  price_per_output: 10_000,
  allowance_percent: 1_000,
  margin_percent: 1_000,
} as const;

/** What a plan says of the outputs that are wanted and of their price. */
export const planFields = {
  participants: countField(),
  outputs_per_participant: decimalField({
    min: 0,
    max: PLAN_LIMITS.outputs_per_participant,
  }).default(NANO_PER_UNIT),
  models: z.array(model, 'malformed').max(MAX_MODELS, 'too_many').optional(),
  price_per_output: decimalField({ min: 0, max: PLAN_LIMITS.price_per_output }).optional(),
  timezone: timezoneField.optional(),
  allowance_percent: decimalField({ min: 0, max: PLAN_LIMITS.allowance_percent }).default(
    PROGRAM_USUAL.allowancePercent,
  ),
  margin_percent: decimalField({ min: 0, max: PLAN_LIMITS.margin_percent }).default(
    PROGRAM_USUAL.marginPercent,
  ),
};

type ReadPlan = z.infer<z.ZodObject<typeof planFields>>;

/** The same in the planner's terms. @throws RequestError for models that make no whole. */
export function planOf(read: ReadPlan) {
  return {
    participants: read.participants,
    outputsPerParticipant: read.outputs_per_participant,
    allowancePercent: read.allowance_percent,
    marginPercent: read.margin_percent,
    /** `null`: those that the account used lately, as often as it did. */
    models: read.models && read.models.length > 0 ? wholeShares(read.models) : null,
    /** What an output costs where nobody knows better, nano-USD. */
    pricePerOutput: read.price_per_output ?? null,
  };
}

/** Shares that add up to exactly 100 per cent: what rounding left over is the largest one's. */
function wholeShares(models: readonly z.infer<typeof model>[]): PlannedModel[] {
  const ids = new Set(models.map(({ endpoint_id }) => endpoint_id));
  if (ids.size < models.length) refuse('models', 'repeated');
  const off = WHOLE_PERCENT - sumNano(models.map(({ share }) => share));
  if (off > SHARE_TOLERANCE || off < -SHARE_TOLERANCE) refuse('models', 'shares_not_whole');
  const largest = models.reduce((one, other) => (other.share > one.share ? other : one));
  return models.map((each) => ({
    endpointId: each.endpoint_id,
    share: each === largest ? each.share + off : each.share,
    unitsPerOutput: each.units_per_output ?? null,
  }));
}

/**
 * @param end `null`: not said.
 * @throws RequestError where an event would be years away, end before it begins, or go on for too long.
 */
export function refuseTimes(
  start: Temporal.Instant,
  end: Temporal.Instant | null,
  now: Temporal.Instant,
): void {
  const inYears = (years: number) => now.toZonedDateTimeISO('UTC').add({ years }).toInstant();
  if (isBefore(inYears(MAX_AHEAD_YEARS), start)) refuse('starts_at', 'too_far');
  if (isBefore(start, inYears(-MAX_AGO_YEARS))) refuse('starts_at', 'too_long_ago');
  if (!end) return;
  if (!isBefore(start, end)) refuse('ends_at', 'start_not_before_end');
  if (start.until(end).total('days') > MAX_LENGTH_DAYS) refuse('ends_at', 'event_too_long');
}
