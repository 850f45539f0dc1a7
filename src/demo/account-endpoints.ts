import { type Nano, sumNano, toJsonNumber, toNano } from '../money.ts';
import { keyId, type SimulatedAccount } from './accounts.ts';
import { jsonAnswer } from './answer.ts';
import { answerPage, pageOfList } from './paging.ts';
import { expansionOf, limitOf } from './query.ts';
import { type Ask, entriesOf, sliceOf } from './world.ts';

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
  const credits = creditsOf(account, world.nowMs());
  let left = credits.full;
  const slice = sliceOf(world, account, { startMs: credits.sinceMs, endMs: Infinity });
  for (const { request } of entriesOf(slice)) left -= request.costNano;
  return left > 0n ? left : 0n;
}

/** What there was, and from when on usage is taken from it. */
function creditsOf(
  { balance, toppedUpWeekly }: SimulatedAccount,
  nowMs: number,
): { full: Nano; sinceMs: number } {
  if (typeof balance !== 'number') {
    const bought = balance.filter(({ atMs }) => atMs <= nowMs);
    return { full: sumNano(bought.map(({ amount }) => toNano(amount))), sinceMs: -Infinity };
  }
  const lastTopUpMs = nowMs - ((nowMs - FIRST_TOP_UP_MS) % WEEK_MS);
  return { full: toNano(balance), sinceMs: toppedUpWeekly ? lastTopUpMs : Infinity };
}
