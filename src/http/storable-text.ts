import type { RequestHandler } from 'express';
import { type FieldFault, RequestError } from './failure.ts';

/** As deep as JSON of a form or a question can mean anything. */
const DEEPEST = 8;

/**
 * Refuses text that can't be kept as it stands: PostgreSQL takes no NUL, and half a surrogate pair
 * would become another character. Mount it where an address or a body comes in.
 * @throws RequestError with one fault a field.
 */
export const refuseUnstorableText: RequestHandler = function refuseUnstorableText(req, _res, next) {
  // Escapes in an address are UTF-8, of which anything but NUL can be kept or is refused by Express.
  if (req.originalUrl.includes('%00')) {
    throw new RequestError('invalid_request', { faults: [unusable('address')] });
  }
  const body: unknown = req.body;
  if (typeof body === 'object' && body !== null) {
    const faults = Object.entries(body)
      .filter(([name, value]) => !isStorable([name, value]))
      .map(([name]) => unusable(isStorable(name) ? name : 'body'));
    if (faults.length > 0) throw new RequestError('invalid_request', { faults });
  }
  next();
};

function unusable(field: string): FieldFault {
  return { field, fault: 'unusable' };
}

function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return (
    depth < DEEPEST &&
    Object.entries(value).every(([name, each]) => isStorable(name) && isStorable(each, depth + 1))
  );
}
