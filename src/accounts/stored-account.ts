import { type RequestHandler, Router } from 'express';
import { allow, identifyCaller } from '../auth/access.ts';
import type { Role } from '../auth/viewer.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import { hasAccounts, type OpenAccount, openAccount } from './accounts.ts';

declare global {
  namespace Express {
    interface Request {
      /** Whose key the question is asked with, when it brought none of its own. */
      storedAccount?: OpenAccount;
    }
  }
}

/** Whether a body says nothing in `api_key`. What is no form at all is for the schema to refuse. */
export function lacksKey(body: unknown): boolean {
  const fields = body ?? {};
  if (typeof fields !== 'object' || Array.isArray(fields)) return false;
  const { api_key: key } = fields as { api_key?: unknown };
  return key === undefined || key === null || (typeof key === 'string' && key.trim() === '');
}

/**
 * Lets requests with a key of their own pass at once, whoever sends them, without a question to the
 * database. Others are asked with a stored account, for who may do at least what that role may.
 */
export function keyOrAccount(services: Services, role: Role): RequestHandler {
  const withoutKey = Router();
  withoutKey.use(identifyCaller(services), demandKey, allow(role), useAccount(services));
  return function keyOrAccount(req, res, next) {
    if (lacksKey(req.body)) withoutKey(req, res, next);
    else next();
  };
}

const demandKey: RequestHandler = function demandKey(req, _res, next) {
  if (!req.viewer) {
    throw new RequestError('not_signed_in', { faults: [{ field: 'api_key', fault: 'missing' }] });
  }
  next();
};

function useAccount(services: Services): RequestHandler {
  return async function useAccount(req, _res, next) {
    req.storedAccount = await requireAccount(services, req.body);
    next();
  };
}

/**
 * The stored account that a body means: the one in its field `account`, else the default.
 * @throws RequestError `not_found`, SealError
 */
export async function requireAccount(
  { store, seal }: Pick<Services, 'store' | 'seal'>,
  body: unknown,
): Promise<OpenAccount> {
  const wanted = (body as { account?: unknown } | undefined)?.account ?? '';
  const slug = typeof wanted === 'string' ? wanted.trim() : JSON.stringify(wanted);
  const found = await openAccount(store.db, seal, slug || null);
  if (found) return found;
  const none = !(await hasAccounts(store.db));
  throw new RequestError('not_found', {
    subject: none ? 'any_account' : 'account',
    faults: [{ field: 'account', fault: none ? 'none_stored' : 'unknown' }],
  });
}
