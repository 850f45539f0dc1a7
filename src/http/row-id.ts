import type { Request } from 'express';
import { RequestError } from './failure.ts';

/**
 * The id in a route's `:id`. What can't be one is not looked up: PostgreSQL refuses some texts.
 * @throws RequestError `not_found`
 */
export function rowId(req: Request): string {
  const { id } = req.params;
  if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id)) throw new RequestError('not_found');
  return id;
}
