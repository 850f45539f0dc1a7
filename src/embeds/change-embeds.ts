import { findAccount } from '../accounts/accounts.ts';
import { type Actor, recordAudit } from '../audit/audit.ts';
import { holdNamedAccount } from '../history/hold-account.ts';
import type { Services } from '../services.ts';
import { toText } from '../store/values.ts';
import { createEmbed, type NewEmbed, revokeEmbed } from './embed-tokens.ts';

type Parts = Pick<Services, 'store' | 'now'>;

/**
 * Makes a token for other pages and writes it down.
 * @returns it, this once; `null` when `id` was used before.
 * @throws RequestError `not_found` where its account is gone.
 */
export async function issueEmbed(
  { store, now }: Parts,
  actor: Actor,
  embed: Omit<NewEmbed, 'createdBy'>,
): Promise<string | null> {
  const { accountId, name, shows, frameOrigins, expiresAt } = embed;
  return store.db.transaction().execute(async (trx) => {
    // First, so that it is not deleted between the question whether it is there and the insertion.
    if (accountId !== null) await holdNamedAccount(trx, accountId);
    const account = accountId === null ? null : await findAccount(trx, accountId);
    const made = await createEmbed(trx, now(), { ...embed, createdBy: actor.name });
    if (made === null) return null;
    await recordAudit(trx, now(), {
      actor,
      action: 'embed.created',
      target: name,
      detail: {
        account: account?.name ?? null,
        shows,
        frame_origins: frameOrigins?.join(' ') ?? null,
        expires_at: expiresAt && toText(expiresAt),
      },
    });
    return made;
  });
}

/** From now on it shows nothing. @returns its name; `null` when there is none to revoke. */
export async function withdrawEmbed(
  { store, now }: Parts,
  actor: Actor,
  id: string,
): Promise<string | null> {
  return store.db.transaction().execute(async (trx) => {
    const name = await revokeEmbed(trx, now(), id);
    if (name === null) return null;
    await recordAudit(trx, now(), {
      actor,
      action: 'embed.revoked',
      target: name,
      detail: { id },
    });
    return name;
  });
}
