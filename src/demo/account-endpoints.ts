import { type Nano, toJsonNumber, toNano } from '../money.ts';
import { keyId } from './accounts.ts';
import { jsonAnswer } from './answer.ts';
import { answerPage, pageOfList } from './paging.ts';
import { expansionOf, limitOf } from './query.ts';
import { type Ask, sliceOf } from './world.ts';

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
  const full = toNano(account.balance);
  if (!account.toppedUpWeekly) return full;
  const nowMs = world.nowMs();
  const startMs = nowMs - ((nowMs - FIRST_TOP_UP_MS) % WEEK_MS);
  const { ledger, from, to } = sliceOf(world, account, { startMs, endMs: Infinity });
  let left = full;
  for (const { request } of ledger.entries.slice(from, to)) left -= request.costNano;
  return left > 0n ? left : 0n;
}
