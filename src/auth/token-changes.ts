import { type Actor, recordAudit } from '../audit/audit.ts';
import type { Services } from '../services.ts';
import { toText } from '../store/values.ts';
import { createToken, type NewToken, revokeToken } from './tokens.ts';

type Parts = Pick<Services, 'store' | 'now'>;

/** Makes a token and writes it down. @returns it, this once; `null` when `id` was used before. */
export async function issueToken(
  { store, now }: Parts,
  actor: Actor,
  token: Omit<NewToken, 'createdBy'>,
): Promise<string | null> {
  return store.db.transaction().execute(async (trx) => {
    const made = await createToken(trx, now(), { ...token, createdBy: actor.name });
    if (made === null) return null;
    const { name, role, expiresAt } = token;
    await recordAudit(trx, now(), {
      actor,
      action: 'token.created',
      target: name,
      detail: { role, expires_at: expiresAt && toText(expiresAt) },
    });
    return made;
  });
}

/** From now on it opens nothing. @returns its name; `null` when there is none to revoke. */
export async function withdrawToken(
  { store, now }: Parts,
  actor: Actor,
  id: string,
): Promise<string | null> {
  return store.db.transaction().execute(async (trx) => {
    const name = await revokeToken(trx, now(), id);
    if (name === null) return null;
    await recordAudit(trx, now(), {
      actor,
      action: 'token.revoked',
      target: name,
      detail: { id },
    });
    return name;
  });
}
