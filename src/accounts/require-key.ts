import type { RequestHandler } from 'express';
import { RequestError } from '../http/failure.ts';

/** Refuses an API request that says by no means who asks: for now a key in the body is the only one. */
export const requireKey: RequestHandler = function requireKey(req, _res, next) {
  const body: unknown = req.body ?? {};
  const isFields = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (isFields && isBlank((body as { api_key?: unknown }).api_key)) {
    throw new RequestError('not_signed_in', { faults: [{ field: 'api_key', fault: 'missing' }] });
  }
  next();
};

function isBlank(key: unknown): boolean {
  return key === undefined || key === null || (typeof key === 'string' && key.trim() === '');
}
