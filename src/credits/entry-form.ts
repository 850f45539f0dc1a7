import { z } from 'zod';
import { dateTimeField, instantOf, wallTime } from '../http/date-time-field.ts';
import { decimalField } from '../http/decimal-field.ts';
import { refuse } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import { textField } from '../http/text-field.ts';
import { typedText } from '../http/typed-text.ts';
import { isBefore } from '../instants.ts';
import { toDecimal } from '../money.ts';
import { withoutBlanks } from '../usage/request-fields.ts';
import type { SeenEntry } from './change-ledger.ts';
import { type CreditEntry, ENTRY_KINDS, type EntryFields, PURCHASE_DAYS } from './ledger.ts';

export const NOTE_MAX = 500;

/** A hundred million, in whatever currency: more is a slip of the keyboard. */
const MOST = 100_000_000;
/** fal is younger, and every day since the first entry is read. */
const OLDEST_YEARS = 10;
const LATEST_YEARS = 50;

export const entryBody = z.object({
  kind: z.enum(ENTRY_KINDS, 'unknown').default('purchase'),
  amount: decimalField({ min: -MOST, max: MOST }),
  currency: z
    .string('malformed')
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{3,12}$/, 'malformed')
    .default('USD'),
  at: dateTimeField,
  expires_at: dateTimeField.optional(),
  never: z.literal('yes', 'unusable').optional(),
  note: textField(NOTE_MAX).default(''),
});

const seenEntry = z.object({ revision: z.coerce.number('unusable').int('unusable').min(0) });

/** The form of an entry, as texts. */
export interface EntryForm {
  kind: string;
  amount: string;
  currency: string;
  /** Without an offset: in the account's zone. */
  at: string;
  expires_at: string;
  never: boolean;
  note: string;
}

/**
 * Reads an entry, from a form, JSON or a line of a file: when nothing is said of its expiry
 * a purchase expires as purchases do, anything else never.
 * @param timezone of times without an offset.
 * @param shown what the form was filled with: a time left as it was keeps its seconds.
 * @throws RequestError naming the fields that can't be used.
 */
export function readEntry(
  body: unknown,
  { timezone, now }: { timezone: string; now: Temporal.Instant },
  shown: Pick<EntryFields, 'at' | 'expiresAt'> | null = null,
): EntryFields {
  const read = parseBody(entryBody, withoutBlanks(body));
  const { kind, amount, currency, note } = read;
  if (amount === 0n) refuse('amount', 'zero');
  if (amount < 0n && kind !== 'adjustment') refuse('amount', 'negative');

  const instant = (field: string, text: string, known: Temporal.Instant | null | undefined) =>
    known && text === wallTime(known, timezone, 'minute')
      ? known
      : instantOf(field, isDate(text) ? `${text}T00:00` : text, timezone);
  const at = instant('at', read.at, shown?.at);
  if (isBefore(now, at)) refuse('at', 'in_future');
  if (isBefore(at, inYears(now, -OLDEST_YEARS))) refuse('at', 'too_long_ago');

  const { expires_at: expires, never } = read;
  if (expires !== undefined) {
    if (never) refuse('expires_at', 'both_said');
    if (amount < 0n) refuse('expires_at', 'of_a_charge');
    const expiresAt = instant('expires_at', expires, shown?.expiresAt);
    if (!isBefore(at, expiresAt)) refuse('expires_at', 'before_it_came');
    if (isBefore(inYears(now, LATEST_YEARS), expiresAt)) refuse('expires_at', 'too_far');
    return { kind, amount, currency, note, at, expiresAt };
  }
  const isUsual = kind === 'purchase' && !never;
  return {
    ...{ kind, amount, currency, note, at },
    expiresAt: isUsual
      ? at.toZonedDateTimeISO(timezone).add({ days: PURCHASE_DAYS }).toInstant()
      : null,
  };
}

/** Which revision of an entry a form was made of. @throws RequestError */
export function readSeen(id: string, body: unknown): SeenEntry {
  return { id, revision: parseBody(seenEntry, body).revision };
}

export function emptyForm(now: Temporal.Instant, timezone: string): EntryForm {
  return {
    ...{ kind: 'purchase', amount: '', currency: 'USD', at: wallTime(now, timezone, 'minute') },
    ...{ expires_at: '', never: false, note: '' },
  };
}

export function formOf(fields: CreditEntry, timezone: string): EntryForm {
  return {
    kind: fields.kind,
    amount: toDecimal(fields.amount),
    currency: fields.currency,
    at: wallTime(fields.at, timezone, 'minute'),
    expires_at: fields.expiresAt ? wallTime(fields.expiresAt, timezone, 'minute') : '',
    never: fields.expiresAt === null && fields.kind === 'purchase',
    note: fields.note,
  };
}

/** As it was filled in. */
export function formAgain(body: unknown): EntryForm {
  const typed = (field: string, max = 64) => typedText(body, field).slice(0, max);
  return {
    ...{ kind: typed('kind'), amount: typed('amount'), currency: typed('currency') },
    ...{ at: typed('at'), expires_at: typed('expires_at'), never: typed('never') === 'yes' },
    note: typed('note', 2 * NOTE_MAX),
  };
}

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}

function inYears(now: Temporal.Instant, years: number): Temporal.Instant {
  return now.toZonedDateTimeISO('UTC').add({ years }).toInstant();
}
