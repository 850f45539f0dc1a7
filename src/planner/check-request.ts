import { z } from 'zod';
import { decimalField } from '../http/decimal-field.ts';
import { RequestError } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import { NANO_PER_UNIT, type Nano, sumNano } from '../money.ts';
import { timezoneField } from '../timezone.ts';
import { isEndpointId, withoutBlanks } from '../usage/request-fields.ts';
import { type Demand, WHOLE_PERCENT } from './expected-cost.ts';

const MAX_PARTICIPANTS = 1_000_000;
const MAX_MODELS = 20;
const MAX_LENGTH_DAYS = 31;
/** What happens at live events: a little more than planned. */
const DEFAULT_MARGIN = 10n * NANO_PER_UNIT;
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

/** An event to be checked, as it was asked for. */
export interface CheckRequest extends Demand {
  /** `null`: those that the account used lately, as often as it did. */
  models: PlannedModel[] | null;
  /** What an output costs where nobody knows better, nano-USD. */
  pricePerOutput: Nano | null;
  /** `null`: now. */
  start: Temporal.Instant | null;
  end: Temporal.Instant | null;
  /** IANA name; `null`: not said. */
  timezone: string | null;
  /** What there is to spend, in the place of the account's credits; nano-USD. */
  creditLimit: Nano | null;
  /** Slug or id; `null`: the default account. */
  account: string | null;
}

const model = z.object({
  endpoint_id: z.string('malformed').trim().refine(isEndpointId, 'malformed'),
  share: decimalField({ min: 0, max: 100 }),
  units_per_output: decimalField({ min: 0, max: 1_000_000 }).nullish(),
});

const dateTimeField = z.string('date_not_understood').trim().max(64, 'date_not_understood');

const body = z.object({
  participants: z.coerce
    .number('not_a_number')
    .int('not_a_number')
    .min(0, 'out_of_range')
    .max(MAX_PARTICIPANTS, 'out_of_range'),
  outputs_per_participant: decimalField({ min: 0, max: 1_000 }).default(NANO_PER_UNIT),
  models: z.array(model, 'malformed').min(1, 'missing').max(MAX_MODELS, 'too_many').optional(),
  price_per_output: decimalField({ min: 0, max: 10_000 }).optional(),
  starts_at: dateTimeField.optional(),
  ends_at: dateTimeField.optional(),
  timezone: timezoneField.optional(),
  allowance_percent: decimalField({ min: 0, max: 1_000 }).default(0n),
  margin_percent: decimalField({ min: 0, max: 1_000 }).default(DEFAULT_MARGIN),
  credit_limit: decimalField({ min: 0, max: 1_000_000_000 }).optional(),
  account: z.string('unknown').trim().max(64, 'unknown').optional(),
});

/**
 * Reads the body of `POST /api/v1/planned-events/check`, JSON or form.
 * @param usual the zone of times that have none of their own.
 * @throws RequestError naming every field that can't be used.
 */
export function readCheckRequest(given: unknown, usual: { timezone: string }): CheckRequest {
  const read = parseBody(body, withoutBlanks(given));
  const timezone = read.timezone ?? usual.timezone;
  const start =
    read.starts_at === undefined ? null : instantOf('starts_at', read.starts_at, timezone);
  const end = read.ends_at === undefined ? null : instantOf('ends_at', read.ends_at, timezone);
  if (end) {
    if (!start) refuse('starts_at', 'missing');
    if (Temporal.Instant.compare(end, start) <= 0) refuse('ends_at', 'start_not_before_end');
    if (start.until(end).total('days') > MAX_LENGTH_DAYS) refuse('ends_at', 'period_too_long');
  }
  return {
    participants: read.participants,
    outputsPerParticipant: read.outputs_per_participant,
    allowancePercent: read.allowance_percent,
    marginPercent: read.margin_percent,
    models: read.models ? wholeShares(read.models) : null,
    pricePerOutput: read.price_per_output ?? null,
    start,
    end,
    timezone: read.timezone ?? null,
    creditLimit: read.credit_limit ?? null,
    account: read.account ?? null,
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
 * A date-time is in the zone unless it has an offset; where clocks skip it, it is the moment they
 * skip to, and where it comes twice the first, as ISO 8601 says nothing of it.
 */
function instantOf(field: string, text: string, timezone: string): Temporal.Instant {
  try {
    if (/(?:z|[+-]\d\d(?::?\d\d)?)$/i.test(text) && text.includes(':')) {
      return Temporal.Instant.from(text).round({
        smallestUnit: 'millisecond',
        roundingMode: 'floor',
      });
    }
    if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?$/.test(text)) throw new RangeError(text);
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).toInstant();
  } catch {
    refuse(field, 'date_not_understood');
  }
}

function refuse(field: string, fault: string): never {
  throw new RequestError('invalid_request', { faults: [{ field, fault }] });
}
