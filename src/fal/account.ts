import { type Nano, toNano } from '../money.ts';
import { type PageStop, readPages } from './pages.ts';
import { accountAnswer, keysPage, readAnswer } from './schemas.ts';
import type { FalTransport, Question } from './transport.ts';

export interface AccountBilling {
  username: string | null;
  /** `null` when fal answered without credits. The balance is in 1e-9 of `currency`. */
  credits: { balance: Nano; currency: string } | null;
}

/** Account name and credit balance. fal knows no lots, no expiry and no lock state here. */
export async function readAccountBilling(
  transport: FalTransport,
  question: Question,
): Promise<AccountBilling> {
  const path = '/account/billing';
  const query = new URLSearchParams({ expand: 'credits' });
  const json = await transport.send(question, { path, query });
  const { username, credits } = readAnswer(accountAnswer, json, path);
  const balance = credits?.current_balance ?? null;
  return {
    username: username ?? null,
    credits:
      balance === null ? null : { balance: toNano(balance), currency: credits?.currency ?? 'USD' },
  };
}

export interface ApiKey {
  keyId: string;
  alias: string | null;
  scope: string | null;
  /** ISO 8601, as fal states it. */
  createdAt: string | null;
}

/** The account's keys of API scope: usage may carry others, which fal lists nowhere. */
export async function readKeys(
  transport: FalTransport,
  question: Question,
): Promise<{ keys: ApiKey[]; stop: PageStop | null }> {
  const path = '/keys';
  const keys: ApiKey[] = [];
  const stop = await readPages(
    async (cursor) => {
      const query = new URLSearchParams(cursor ? { cursor } : {});
      return readAnswer(keysPage, await transport.send(question, { path, query }), path);
    },
    (page) => {
      for (const key of page.keys) {
        keys.push({
          keyId: key.key_id,
          alias: key.alias ?? null,
          scope: key.scope ?? null,
          createdAt: key.created_at ?? null,
        });
      }
      return page.keys.length;
    },
  );
  return { keys, stop };
}
