import { type Response, Router } from 'express';
import { askedAccounts } from '../accounts/asked-accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow, identifyCaller } from '../auth/access.ts';
import { BILLING_URL } from '../fal/links.ts';
import { callerSignal } from '../http/caller.ts';
import { toJsonNumber } from '../money.ts';
import { plannedCosts } from '../planner/planned-costs.ts';
import type { Services } from '../services.ts';
import { zoned } from '../usage/answer.ts';
import { balanceAnswer } from './balance-api.ts';
import { recordEntries } from './change-ledger.ts';
import { readEntry } from './entry-form.ts';
import type { CreditEntry } from './ledger.ts';
import { expiringOf, statedRunway } from './stated-runway.ts';
import { type CreditStatement, readStatement } from './statement.ts';

/**
 * `/api/v1/credits`: an account's ledger and how long it lasts, from the local copy alone, for
 * programs with a token and for people of the panel.
 */
export function creditsApi(services: Services): Router {
  const { store, now } = services;
  const router = Router();
  router.use(identifyCaller(services));
  router.get('/', allow('viewer'), async (req, res) => {
    const { answer } = await readCredits(services, req.query.account, res);
    res.json(answer);
  });
  router.post('/', allow('operator'), async (req, res) => {
    const sent = (req.body ?? {}) as { account?: unknown; expires_at?: unknown };
    const [account] = await askedAccounts(store.db, sent.account);
    const said = sent.expires_at === null ? { ...sent, never: 'yes' } : sent;
    const fields = readEntry(said, { timezone: account.timezone, now: now() });
    const [entry] = await recordEntries(services, actorOf(req), account.id, [fields], 'hand');
    if (!entry) throw new Error('nothing was written');
    res.status(201).json({
      ok: true,
      entry: { account: account.slug, ...entryAnswer(entry, account.timezone) },
      message: res.locals.t('purchases.done.recorded'),
    });
  });
  return router;
}

/**
 * An account's credits, as `GET /api/v1/credits` answers them.
 * @param named slug or id; empty: the default account.
 * @throws RequestError `not_found`
 */
export async function readCredits(services: Services, named: unknown, res: Response) {
  const [account] = await askedAccounts(services.store.db, named);
  const planned = await plannedCosts(services, account, callerSignal(res));
  const statement = await readStatement(services, account, planned);
  const answer = {
    ok: true,
    credits: creditsAnswer(statement),
    billing_url: BILLING_URL,
    message: res.locals.t('purchases.success'),
  };
  return { answer, statement };
}

/** The `credits` object. Amounts are JSON numbers; times have the offset of the account's zone. */
function creditsAnswer(statement: CreditStatement) {
  const { account, balance, estimate, burned, entries, proposals, difference } = statement;
  const inZone = (at: Temporal.Instant) => zoned(at, account.timezone);
  const orNever = (at: Temporal.Instant | null) => at && inZone(at);
  const runway = statedRunway(statement);
  return {
    account: account.slug,
    balance: balanceAnswer(balance, account.timezone),
    estimate: estimate && {
      from: estimate.from,
      amount: toJsonNumber(estimate.amount),
      since: inZone(estimate.since),
      unknown_days: estimate.unknownDays,
    },
    runway:
      typeof runway === 'string'
        ? null
        : {
            until: orNever(runway.until),
            earliest: orNever(runway.earliest),
            latest: orNever(runway.latest),
            horizon: inZone(runway.horizon),
            driver: runway.driver && {
              assumption: runway.driver.assumption,
              until_without: orNever(runway.driver.without),
            },
          },
    runway_reason: typeof runway === 'string' ? runway : null,
    lots: burned.lots.map(({ lot, spent, expired, remaining }) => ({
      id: lot.id,
      kind: entries.find(({ id }) => id === lot.id)?.kind ?? null,
      amount: toJsonNumber(lot.amount),
      spent: toJsonNumber(spent),
      expired: toJsonNumber(expired),
      remaining: toJsonNumber(remaining),
      at: inZone(lot.from),
      expires_at: orNever(lot.expiresAt),
    })),
    unfunded: toJsonNumber(burned.unfunded),
    expiring: expiringOf(statement, runway).map(({ entry, amount, expiresAt }) => ({
      id: entry.id,
      amount: toJsonNumber(amount),
      expires_at: inZone(expiresAt),
    })),
    proposals: proposals.map(({ amount, low, high, after, until }) => ({
      amount: toJsonNumber(amount),
      low: toJsonNumber(low),
      high: toJsonNumber(high),
      after: inZone(after),
      before: inZone(until),
    })),
    difference: difference && {
      amount: toJsonNumber(difference.amount),
      cause: difference.cause,
    },
  };
}

function entryAnswer(entry: CreditEntry, timezone: string) {
  return {
    id: entry.id,
    kind: entry.kind,
    amount: toJsonNumber(entry.amount),
    currency: entry.currency,
    at: zoned(entry.at, timezone),
    expires_at: entry.expiresAt && zoned(entry.expiresAt, timezone),
    note: entry.note,
    recorded_at: zoned(entry.recordedAt, timezone),
    recorded_by: entry.recordedBy,
  };
}
