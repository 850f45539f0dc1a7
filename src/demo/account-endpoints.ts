import { type Nano, sumNano, toJsonNumber, toNano } from '../money.ts';
import { keyId, type SimulatedAccount } from './accounts.ts';
import { jsonAnswer } from './answer.ts';
import { answerPage, pageOfList } from './paging.ts';
import { leftOfPurchases } from './purchases.ts';
import { expansionOf, limitOf } from './query.ts';
import { type Ask, entriesOf, sliceOf, type World } from './world.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** Monday 5 January 1970, 15:00 UTC. */
const FIRST_TOP_UP_MS = 4 * 24 * HOUR_MS + 15 * HOUR_MS;
const KEYS_A_PAGE = 50;

/** `GET /account/billing`: the balance is one number, and only when asked for. */
export function answerBilling(ask: Ask) {
  const { query, account, world } = ask;
  const withCredits = expansionOf(query).has('credits') && !world.quirks.noBalance;
  return jsonAnswer(200, {
    username: account.username,
    ...(withCredits && {
      credits: { current_balance: toJsonNumber(balanceOf(ask)), currency: 'USD' },
    }),
    ...(world.quirks.extraFields && { plan: 'pay-as-you-go' }),
  });
}

/** `GET /keys`: API keys only; admin keys and deleted ones are not listed. */
export function answerKeys({ query, account, world: { quirks } }: Ask) {
  const withCreator = expansionOf(query).has('creator_info');
  const keys = account.keys
    .filter(({ scope }) => scope === 'API')
    .map(({ key, alias, scope, createdAt }) => ({
      key_id: keyId(key),
      alias,
      scope,
      created_at: createdAt,
      ...(withCreator && { creator_nickname: 'ana', creator_email: 'ana@example.com' }),
    }));
  const limit = limitOf(query, KEYS_A_PAGE, KEYS_A_PAGE);
  const { items, paging } = answerPage(query.get('cursor'), quirks, pageOfList(keys, limit));
  return jsonAnswer(200, { keys: items, ...paging });
}

function balanceOf({ account, world }: Ask): Nano {
  if (world.quirks.balance !== null) return toNano(world.quirks.balance);
  const left = leftOf(account, world);
  return left > 0n ? left : 0n;
}

function leftOf(account: SimulatedAccount, world: World): Nano {
  const { balance, toppedUpWeekly } = account;
  const nowMs = world.nowMs();
  const charges = (startMs: number) =>
    entriesOf(sliceOf(world, account, { startMs, endMs: Infinity })).map(({ request }) => request);
  if (typeof balance !== 'number') return leftOfPurchases(balance, charges(-Infinity), nowMs);
  if (!toppedUpWeekly) return toNano(balance);
  const lastTopUpMs = nowMs - ((nowMs - FIRST_TOP_UP_MS) % WEEK_MS);
  return toNano(balance) - sumNano(charges(lastTopUpMs).map(({ costNano }) => costNano));
}
