import { z } from 'zod';
import { dateTimeField, instantOf, wallTime } from '../http/date-time-field.ts';
import { refuse } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import { lineField, nameField, textField } from '../http/text-field.ts';
import { apiKeyIdsField, withoutBlanks } from '../usage/request-fields.ts';
import { countField, planFields, planOf, refuseTimes } from './plan-fields.ts';
import type { EventFields } from './planned-event.ts';

export const EVENT_NAME_MAX = 80;
export const EVENT_NOTE_MAX = 1_000;
/** More at once than fal lets anybody have. */
const MAX_CONCURRENCY = 10_000;

export const eventBody = z.object({
  // In the order of the form: the first that is wrong is the first that is met there.
  name: nameField(EVENT_NAME_MAX),
  venue: lineField(EVENT_NAME_MAX).default(''),
  client: lineField(EVENT_NAME_MAX).default(''),
  starts_at: dateTimeField.default(''),
  ends_at: dateTimeField.default(''),
  ...planFields,
  participants: z
    .any()
    .refine((given) => given !== undefined, 'missing')
    .pipe(countField()),
  peak_participants: countField().optional(),
  concurrency: countField({ min: 1, max: MAX_CONCURRENCY }).optional(),
  api_key_ids: apiKeyIdsField,
  note: textField(EVENT_NOTE_MAX).default(''),
});

/**
 * Reads an event that is to be kept, from JSON or from the page's form.
 * @param usual the zone of an event that names none.
 * @param shown what the form was filled with: a time left as it was is the same moment, in the hour too
 * that comes twice when clocks are put back.
 * @throws RequestError naming every field that can't be used.
 */
export function readEvent(
  given: unknown,
  usual: { timezone: string; now: Temporal.Instant },
  shown: Pick<EventFields, 'start' | 'end' | 'timezone'> | null = null,
): EventFields {
  const read = parseBody(eventBody, withoutBlanks(given));
  const timezone = read.timezone ?? usual.timezone;
  if (read.starts_at === '') refuse('starts_at', 'missing');
  if (read.ends_at === '') refuse('ends_at', 'missing');
  const known = shown?.timezone === timezone ? shown : null;
  const instant = (field: string, text: string, before: Temporal.Instant | undefined) =>
    before && text === wallTime(before, timezone) ? before : instantOf(field, text, timezone);
  const start = instant('starts_at', read.starts_at, known?.start);
  const end = instant('ends_at', read.ends_at, known?.end);
  refuseTimes(start, end, usual.now);
  const keys = read.api_key_ids ?? [];
  return {
    ...planOf(read),
    name: read.name,
    venue: read.venue,
    client: read.client,
    note: read.note,
    start,
    end,
    timezone,
    peakParticipants: read.peak_participants ?? null,
    concurrency: read.concurrency ?? null,
    apiKeyIds: keys.length > 0 ? keys : null,
  };
}
