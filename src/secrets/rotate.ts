import type { Kysely } from 'kysely';
import { openKey, sealKey } from '../accounts/sealed-key.ts';
import { COMMAND_LINE } from '../audit/actor.ts';
import { recordAudit } from '../audit/audit.ts';
import { BETTER_AUTH_SECRET_VERSION, createAuthKeys } from '../auth/keys.ts';
import { resealTargets } from '../deliveries/target-seal.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { holdSecret, replaceCheck } from './check.ts';
import { createSeal } from './seal.ts';

/** What went over to another secret. */
export interface Rotated {
  accounts: number;
  channels: number;
  secondFactors: number;
  /** How many sign-ins ended. */
  sessions: number;
}

/**
 * Everything that is kept under the present secret goes over to a new one, or nothing does. People
 * sign in again afterwards: their sessions are known by hashes under the old one.
 * @throws WrongSecretError when the present secret is not the right one (any more), SealError when
 *   a stored key does not open.
 */
export function rotateSecret(
  { store, seal, authKeys, now }: Pick<Services, 'store' | 'seal' | 'authKeys' | 'now'>,
  newSecret: string,
): Promise<Rotated> {
  const newSeal = createSeal(newSecret);
  const newAuthKeys = createAuthKeys(newSecret);
  return store.db.transaction().execute(async (trx) => {
    await holdSecret(trx, seal);
    await replaceCheck(trx, newSeal, now());

    const accounts = await trx.selectFrom('fal_accounts').select(['id', 'sealed_key']).execute();
    for (const row of accounts) {
      await trx
        .updateTable('fal_accounts')
        .set({ sealed_key: sealKey(newSeal, row.id, openKey(seal, row)) })
        .where('id', '=', row.id)
        .execute();
    }
    const channels = await resealTargets(trx, seal, newSeal);
    const secondFactors = await reencryptSecondFactors(
      trx,
      authKeys.betterAuthSecret,
      newAuthKeys.betterAuthSecret,
    );
    const ended = await trx.deleteFrom('sessions').executeTakeFirst();
    // Steps of a sign-in under way: their cookies are signed with the old secret.
    await trx.deleteFrom('verifications').execute();

    const rotated = {
      accounts: accounts.length,
      channels,
      secondFactors,
      sessions: Number(ended.numDeletedRows),
    };
    const detail = { ...rotated };
    await recordAudit(trx, now(), { actor: COMMAND_LINE, action: 'secret.rotated', detail });
    return rotated;
  });
}

/** better-auth encrypts these itself, each text with the version of its secret before it. */
async function reencryptSecondFactors(
  trx: Kysely<Tables>,
  oldSecret: string,
  newSecret: string,
): Promise<number> {
  const rows = await trx
    .selectFrom('second_factors')
    .select(['id', 'secret', 'backup_codes'])
    .execute();
  if (rows.length === 0) return 0;
  const { symmetricDecrypt, symmetricEncrypt } = await import('better-auth/crypto');
  const [from, to] = [versioned(oldSecret), versioned(newSecret)];
  const over = async (data: string) =>
    symmetricEncrypt({ key: to, data: await symmetricDecrypt({ key: from, data }) });
  for (const row of rows) {
    const [secret, backup_codes] = [await over(row.secret), await over(row.backup_codes)];
    await trx
      .updateTable('second_factors')
      .set({ secret, backup_codes })
      .where('id', '=', row.id)
      .execute();
  }
  return rows.length;
}

/** As better-auth has its secrets: by version. */
function versioned(secret: string) {
  const currentVersion = BETTER_AUTH_SECRET_VERSION;
  return { keys: new Map([[currentVersion, secret]]), currentVersion, legacySecret: secret };
}
