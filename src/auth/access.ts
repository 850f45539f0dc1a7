import type { Request, RequestHandler } from 'express';
import { RequestError } from '../http/failure.ts';
import { showsFragment } from '../http/fragment.ts';
import { isSameOrigin } from '../http/origin.ts';
import type { Services } from '../services.ts';
import { findToken } from './tokens.ts';
import { includesRole, type Role, type Viewer } from './viewer.ts';

declare global {
  namespace Express {
    interface Request {
      /** Who asks; `null` for nobody known. Set by `identify`. */
      viewer: Viewer | null;
    }
    interface Locals {
      viewer: Viewer | null;
    }
  }
}

/** Finds out who asks a page: the person of the session cookie. */
export function identifyPerson({ sessions }: Services): RequestHandler {
  return async function identifyPerson(req, res, next) {
    // For the page that says so when the database can't tell.
    req.viewer = res.locals.viewer = null;
    req.viewer = await sessions.find(req.headers.cookie);
    res.locals.viewer = req.viewer;
    next();
  };
}

/** Finds out who asks the API. @throws RequestError as `findCaller` does. */
export function identifyCaller(services: Services): RequestHandler {
  return async function identifyCaller(req, _res, next) {
    req.viewer = await findCaller(services, req);
    next();
  };
}

/**
 * A program by its bearer token, else a person by the session cookie, which counts only for
 * requests of the panel's own pages; `null` for nobody.
 * @throws RequestError `not_signed_in` for a token that is not, or no longer, good.
 */
async function findCaller(
  { sessions, store, now }: Services,
  req: Request,
): Promise<Viewer | null> {
  const token = bearerToken(req);
  if (token === null) return isSameOrigin(req) ? sessions.find(req.headers.cookie) : null;
  const program = await findToken(store.db, now(), token);
  if (!program) throw new RequestError('not_signed_in');
  return program;
}

/** Lets pages be seen by who is signed in; others are sent to sign in and come back after it. */
export const requireSignIn: RequestHandler = function requireSignIn(req, res, next) {
  if (req.viewer) return next();
  if (req.method !== 'GET' || showsFragment(req)) throw new RequestError('not_signed_in');
  const path = req.originalUrl.slice(res.locals.basePath.length);
  res.redirect(303, `${res.locals.basePath}/admin/login?next=${encodeURIComponent(path)}`);
};

/** Lets pass who may do at least what that role may. */
export function allow(role: Role): RequestHandler {
  return function allow(req, _res, next) {
    requireRole(req.viewer, role);
    next();
  };
}

/** @throws RequestError for who may not do what that role may. */
export function requireRole(viewer: Viewer | null, role: Role): void {
  if (!viewer) throw new RequestError('not_signed_in');
  if (!includesRole(viewer.role, role)) throw new RequestError('forbidden');
}

function bearerToken(req: Request): string | null {
  return req.headers.authorization?.match(/^Bearer\s+(\S+)\s*$/i)?.[1] ?? null;
}
