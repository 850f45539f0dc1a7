import type { Kysely } from 'kysely';
import { type FalAccount, listAccounts, reopenAccount } from '../accounts/accounts.ts';
import type { FalClient } from '../fal/client.ts';
import { isFalError } from '../fal/errors.ts';
import type { PricingAnswer } from '../fal/pricing.ts';
import { openQuestion } from '../fal/transport.ts';
import { RequestError } from '../http/failure.ts';
import type { Lease } from '../jobs/leases.ts';
import type { Job } from '../jobs/scheduler.ts';
import { type Seal, SealError } from '../secrets/seal.ts';
import type { Tables } from '../store/tables.ts';
import { modelsInUse, plannedModels, recordPrices } from './model-prices.ts';

/** A model nobody has used for so long is not asked about. */
const USED_WITHIN_HOURS = 30 * 24;
const EVERY_HOURS = 24;
/** Before the first usage was read there is nothing to ask about, but soon there will be. */
const WITHOUT_MODELS_MINUTES = 2;

export interface PriceServices {
  db: Kysely<Tables>;
  fal: Pick<FalClient, 'pricing'>;
  seal: Seal;
  now: () => Temporal.Instant;
  /** How long all of fal's answers may take, in ms. */
  timeoutMs: number;
}

export interface PriceSnapshot {
  /** How many models' prices were written down. */
  priced: number;
  /** Models that fal has no price for. */
  unpriced: string[];
}

/** The job that writes down, once a day, what the models in use cost. */
export function pricesJob(services: PriceServices): Job {
  return {
    name: 'prices',
    kind: 'daily',
    async run(lease) {
      const { priced, unpriced } = await takePrices(services, lease);
      const isAsked = priced + unpriced.length > 0;
      return services
        .now()
        .add(isAsked ? { hours: EVERY_HOURS } : { minutes: WITHOUT_MODELS_MINUTES });
    },
  };
}

/**
 * Asks fal what the models in use and those of events to come cost, and writes it down.
 * @throws FalError or SealError: why the last key did not work, or why fal gave no answer at all.
 */
export async function takePrices(services: PriceServices, lease: Lease): Promise<PriceSnapshot> {
  const { db, now } = services;
  const used = await modelsInUse(db, now().subtract({ hours: USED_WITHIN_HOURS }));
  const planned = used.length > 0 ? await plannedModels(db, now()) : [];
  const models = [...new Set([...used, ...planned])];
  const accounts = models.length > 0 ? await listAccounts(db) : [];
  const answer = await askWithAnyKey(services, accounts, models, lease.signal);
  if (!answer) return { priced: 0, unpriced: [] };
  await db.transaction().execute(async (trx) => {
    await lease.confirm(trx);
    await recordPrices(trx, now(), answer.prices);
  });
  return { priced: answer.prices.length, unpriced: answer.unpriced };
}

/**
 * Asks fal for prices with the first of these accounts whose key works, for list prices are everybody's.
 * @returns `null` where there is no account.
 * @throws FalError or SealError: why the last key did not work, or why fal gave no answer at all.
 */
export async function askWithAnyKey(
  { db, seal, fal, timeoutMs }: Omit<PriceServices, 'now'>,
  accounts: readonly FalAccount[],
  models: readonly string[],
  signal: AbortSignal,
): Promise<PricingAnswer | null> {
  let refusal: unknown = null;
  for (const account of accounts) {
    try {
      const { key } = await reopenAccount(db, seal, account);
      using question = openQuestion(key, timeoutMs, signal);
      return await fal.pricing(question, models);
    } catch (error) {
      if (!isOfThisKey(error)) throw error;
      refusal = error;
    }
  }
  if (refusal) throw refusal;
  return null;
}

/** Whether another account's key may do better. */
function isOfThisKey(error: unknown): boolean {
  return (
    error instanceof SealError ||
    // Somebody deleted the account meanwhile.
    (error instanceof RequestError && error.code === 'not_found') ||
    isFalError(error, 'unauthorized', 'forbidden', 'account_locked')
  );
}
