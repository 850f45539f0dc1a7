import { z } from 'zod';
import { RequestError } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import type { DayRange } from './change-sync.ts';

const MAX_DAYS = 366;

const dateField = z
  .string('missing')
  .trim()
  .min(1, 'missing')
  .transform((text, context) => {
    try {
      if (/^\d{4}-\d\d-\d\d$/.test(text)) return Temporal.PlainDate.from(text);
    } catch {
      // A day that no month has.
    }
    context.addIssue('date_not_understood');
    return z.NEVER;
  });

const form = z.object({ start_date: dateField, end_date: dateField });

/**
 * Reads which days are to be read again.
 * @param today of the account. @param firstKept the oldest day that is kept.
 * @throws RequestError naming every field that can't be used.
 */
export function readRestart(
  body: unknown,
  today: Temporal.PlainDate,
  firstKept: Temporal.PlainDate | null,
): DayRange {
  const { start_date: start, end_date: end } = parseBody(form, body);
  const refuse = (field: string, fault: string) => {
    throw new RequestError('invalid_request', { faults: [{ field, fault }], subject: 'form' });
  };
  const isBefore = (one: Temporal.PlainDate, other: Temporal.PlainDate) =>
    Temporal.PlainDate.compare(one, other) < 0;
  const earliest = today.subtract({ days: MAX_DAYS });
  if (isBefore(today, start)) refuse('start_date', 'start_in_future');
  if (isBefore(end, start)) refuse('end_date', 'start_not_before_end');
  if (isBefore(start, earliest) && !(firstKept && !isBefore(start, firstKept))) {
    refuse('start_date', 'too_long_ago');
  }
  return { start, end: isBefore(today, end) ? today : end };
}
