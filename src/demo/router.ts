import { answerBilling, answerKeys } from './account-endpoints.ts';
import { keyId, type SimulatedAccount, type SimulatedKey } from './accounts.ts';
import { answerAnalytics } from './analytics-endpoint.ts';
import { type Answer, errorAnswer, Refusal } from './answer.ts';
import { answerBillingEvents } from './billing-events-endpoint.ts';
import { lockAnswer } from './faults.ts';
import { answerModels } from './models-endpoint.ts';
import { answerEstimate, answerPricing } from './pricing-endpoints.ts';
import { answerUsage } from './usage-endpoint.ts';
import type { Endpoint, World } from './world.ts';

/** Who may ask: anyone, any key, or a key with the right to read the account. */
type Access = 'anyone' | 'key' | 'reader';

const ROUTES: Record<string, { access: Access; endpoint: Endpoint }> = {
  'GET /models': { access: 'anyone', endpoint: answerModels },
  'GET /models/usage': { access: 'reader', endpoint: answerUsage },
  'GET /models/analytics': { access: 'key', endpoint: answerAnalytics },
  'GET /models/billing-events': { access: 'reader', endpoint: answerBillingEvents },
  'GET /models/pricing': { access: 'key', endpoint: answerPricing },
  'POST /models/pricing/estimate': { access: 'key', endpoint: answerEstimate },
  'GET /account/billing': { access: 'reader', endpoint: answerBilling },
  'GET /keys': { access: 'reader', endpoint: answerKeys },
};

const NOBODY: SimulatedAccount = { username: '', balance: 0, traffic: false, keys: [] };

/** A question as it came in; `path` is below `/v1`. */
export interface Incoming {
  method: string;
  path: string;
  query: URLSearchParams;
  authorization: string | undefined;
  body: string;
}

/** Answers a question the way fal does, errors included. */
export function answerTo(
  incoming: Incoming,
  accounts: readonly SimulatedAccount[],
  world: World,
  requestId: string,
): Answer {
  try {
    return route(incoming, accounts, world);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return errorAnswer(error.status, error.message, undefined, requestId);
  }
}

/** The id of the key that was sent, whether or not anyone has it. */
export function keyIdOf(authorization: string | undefined): string | null {
  const key = keyIn(authorization);
  return key === undefined ? null : keyId(key);
}

function route(incoming: Incoming, accounts: readonly SimulatedAccount[], world: World): Answer {
  const { method, path, query, body } = incoming;
  // Enterprises only.
  if (/^\/(organization\/|account\/focus$)/.test(path)) throw new Refusal(403);
  const found = ROUTES[`${method} ${path}`];
  if (!found) throw new Refusal(404);

  const owner = ownerOf(keyIn(incoming.authorization), accounts);
  if (owner?.account.lock !== undefined) return lockAnswer(owner.account.lock);
  if (found.access !== 'anyone') {
    if (!owner) throw new Refusal(401);
    if (owner.key.unbound) throw new Refusal(401, 'No user found for Key ID and Secret');
    if (found.access === 'reader' && owner.key.scope === 'API') {
      throw new Refusal(world.quirks.missingRightsStatus);
    }
  }
  return found.endpoint({ query, body, account: owner?.account ?? NOBODY, world });
}

function keyIn(authorization: string | undefined): string | undefined {
  return authorization?.match(/^Key (\S+)$/)?.[1];
}

function ownerOf(
  sent: string | undefined,
  accounts: readonly SimulatedAccount[],
): { account: SimulatedAccount; key: SimulatedKey } | undefined {
  for (const account of accounts) {
    const key = account.keys.find((each) => each.key === sent);
    if (key) return { account, key };
  }
  return undefined;
}
