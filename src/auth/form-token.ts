import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { RequestError } from '../http/failure.ts';
import { isHttps, isSameOrigin } from '../http/origin.ts';
import type { AuthKeys } from './keys.ts';
import { COOKIE_PREFIX, readCookie } from './sessions.ts';

declare global {
  namespace Express {
    interface Locals {
      /** What every form sends back in its field `_csrf`. */
      formToken(): string;
    }
  }
}

const VISITOR_COOKIE = `${COOKIE_PREFIX}.visitor`;

/**
 * Gives every page the token for its forms: made for this very session, or before signing in for
 * this very browser. Mount it where the person is known.
 */
export function offerFormToken(keys: AuthKeys): RequestHandler {
  return function offerFormToken(req, res, next) {
    const holder = () =>
      req.viewer?.kind === 'person'
        ? `session ${req.viewer.sessionId}`
        : `visitor ${visitor(req, res)}`;
    res.locals.formToken = () => keys.formToken(holder());
    next();
  };
}

/**
 * Refuses forms without that token: a page elsewhere can't send one, and a token taken from somebody
 * else's page is of no use. Mount it after `offerFormToken` and the reading of the body.
 * @throws RequestError `form_expired`
 */
export const protectForms: RequestHandler = function protectForms(req, res, next) {
  if (req.method === 'GET' || req.method === 'HEAD') return next();
  const given: unknown = req.body?._csrf;
  if (!isSameOrigin(req) || typeof given !== 'string' || !isEqual(given, res.locals.formToken())) {
    throw new RequestError('form_expired');
  }
  next();
};

/** A browser that has not signed in, by a random cookie of its own. */
function visitor(req: Request, res: Response): string {
  const known = readCookie(req.headers.cookie ?? '', VISITOR_COOKIE);
  if (known && /^[\w-]{22}$/.test(known)) return known;
  const made = randomBytes(16).toString('base64url');
  // The same for a second form on this page.
  req.headers.cookie = [req.headers.cookie, `${VISITOR_COOKIE}=${made}`].filter(Boolean).join('; ');
  res.cookie(VISITOR_COOKIE, made, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: isHttps(req),
  });
  return made;
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
