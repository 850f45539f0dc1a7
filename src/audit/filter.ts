import { z } from 'zod';
import { parseBody } from '../http/parse-body.ts';
import { timezoneOrBlankField } from '../timezone.ts';
import { AUDIT_ACTIONS } from './audit.ts';
import type { AuditFilter, AuditPlace } from './queries.ts';

const MAX_TEXT = 200;

// A NUL is in no text that is kept, and PostgreSQL refuses to be asked for one.
const textField = z
  .string('unusable')
  .trim()
  .max(MAX_TEXT, 'too_long')
  .refine((text) => !text.includes('\0'), 'unusable')
  .default('');

const dayField = z
  .string('date_not_understood')
  .trim()
  .transform((text, context) => {
    if (text === '') return null;
    try {
      // A year later times have five digits, and would sort before all others.
      if (/^(?!9999)\d{4}-\d\d-\d\d$/.test(text)) return Temporal.PlainDate.from(text);
    } catch {
      // A day that no month has.
    }
    context.addIssue('date_not_understood');
    return null;
  })
  .default(null);

const placeField = z
  .string('malformed')
  .regex(/^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z_[\w-]{1,64})?$/, 'malformed')
  .transform((text): AuditPlace | null => {
    const [at = '', id = ''] = splitOnce(text);
    return text === '' ? null : { at, id };
  })
  .default(null);

const query = z
  .object({
    who: textField,
    action: z.enum(['', ...AUDIT_ACTIONS], 'unknown').default(''),
    from: dayField,
    to: dayField,
    text: textField,
    timezone: timezoneOrBlankField.default(''),
    before: placeField,
  })
  .refine(({ from, to }) => !from || !to || Temporal.PlainDate.compare(from, to) <= 0, {
    error: 'start_not_before_end',
    path: ['to'],
  });

/** What the address of the audit log asks for. */
export interface AuditQuestion {
  filter: AuditFilter;
  timezone: string;
  before: AuditPlace | null;
}

/**
 * Reads the query of `/admin/audit`: `who`, `action`, `from` and `to` (days in `timezone`, both
 * included), `text`, and `before`, the place of the last entry seen.
 * @throws RequestError naming every field that can't be used.
 */
export function readAuditQuery(given: unknown, usualTimezone: string): AuditQuestion {
  const read = parseBody(query, given, 'filter');
  const timezone = read.timezone || usualTimezone;
  return {
    filter: {
      who: read.who,
      action: read.action || null,
      from: read.from?.toZonedDateTime(timezone).toInstant() ?? null,
      until: read.to?.add({ days: 1 }).toZonedDateTime(timezone).toInstant() ?? null,
      text: read.text,
    },
    timezone,
    before: read.before,
  };
}

/** A place as it stands in an address. */
export function placeText({ at, id }: AuditPlace): string {
  return `${at}_${id}`;
}

function splitOnce(text: string): [string, string] {
  const mark = text.indexOf('_');
  return [text.slice(0, mark), text.slice(mark + 1)];
}
