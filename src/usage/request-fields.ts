import { z } from 'zod';
import { looksLikeKey } from '../fal/key.ts';
import { RequestError } from '../http/failure.ts';
import { PeriodError } from './period.ts';

/** As many as fal takes in one question. */
const MAX_IDS = 50;

/** A date or date-time as somebody wrote it, for `resolvePeriod` to understand. */
export const dateField = z
  .string('date_not_understood')
  .trim()
  .max(64, 'date_not_understood')
  .optional();

/**
 * One id or many: repeated, as a JSON list, or separated by commas, as fal itself takes them. A comma
 * that is part of one stands behind a backslash.
 */
function idsField(isId: (id: string) => boolean) {
  return z
    .union([z.string(), z.array(z.string())], 'malformed')
    .transform((ids) => [...new Set([ids].flat().flatMap(idsInList))].filter(Boolean))
    .refine((ids) => ids.length <= MAX_IDS, 'too_many')
    .refine((ids) => ids.every(isId), 'malformed')
    .optional();
}

function idsInList(list: string): string[] {
  const ids = list.match(/(?:\\[\\,]|[^,])+/g) ?? [];
  return ids.map((id) => id.trim().replace(/\\([\\,])/g, '$1'));
}

/** An id as it stands in a list with commas, to be read as it is: callers have names like `Pérez, Ana`. */
export function idInList(id: string): string {
  return id.replace(/[\\,]/g, '\\$&');
}

/** Whether it could be the id of a model, such as `fal-ai/flux/dev`. */
export function isEndpointId(id: string): boolean {
  return /^\w[\w.-]*(?:\/\w[\w.-]*)+$/.test(id) && id.length <= 200;
}

/** Ids of models. */
export const endpointIdsField = idsField(isEndpointId);

/** Ids that fal gave to requests: opaque, but a word. */
export const requestIdsField = idsField((id) => /^[\w.-]{1,128}$/.test(id));

/** What tells callers apart: the id of a key, else a person's name or fal's words, and never a key. */
export const apiKeyIdsField = idsField((id) => /^[^\p{Cc}]{1,200}$/u.test(id) && !looksLikeKey(id));

/** `endpoint_id[]=a&endpoint_id[]=b` is how PHP and jQuery spell a list. */
export function withoutBrackets(body: unknown, lists: readonly string[]): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const fields: Record<string, unknown> = { ...body };
  for (const name of lists) {
    fields[name] ??= fields[`${name}[]`];
    delete fields[`${name}[]`];
  }
  return fields;
}

/** Absent, empty and null are the same: a form sends what was left blank. */
export function withoutBlanks(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== '' && value !== null),
  );
}

/** @throws RequestError for a period that can't be asked for. @param names of its two fields. */
export function validPeriod<T>(
  resolve: () => T,
  names: Record<PeriodError['field'], string> = { start_date: 'start_date', end_date: 'end_date' },
): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof PeriodError)) throw error;
    const { field, fault } = error;
    throw new RequestError('invalid_request', { faults: [{ field: names[field], fault }] });
  }
}
