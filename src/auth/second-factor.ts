import { randomInt } from 'node:crypto';
import { base32 } from '@better-auth/utils/base32';
import { createOTP } from '@better-auth/utils/otp';
import { type Actor, recordAudit } from '../audit/audit.ts';
import { RequestError } from '../http/failure.ts';
import { holdSecret } from '../secrets/check.ts';
import type { Services } from '../services.ts';
import { toFlag, toText } from '../store/values.ts';
import { TOTP_ISSUER } from './better-auth-names.ts';
import { lockPeople } from './people.ts';
import { endSessions } from './sessions.ts';
import { spendCode } from './used-codes.ts';
import type { Person } from './viewer.ts';

/** As better-auth's plugin checks them: RFC 6238 with what every app takes for granted. */
const CODE = { digits: 6, period: 30 };
/** About 190 random bits, as better-auth makes them; RFC 4226, section 4 asks for 160. */
const SECRET_LENGTH = 32;
const RECOVERY_CODES = 10;
/** Without what is easily taken for something else when it is read from paper. */
const RECOVERY_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** What an authenticator app has to know. */
export interface Enrolment {
  /** In base 32, to type. */
  secret: string;
  /** `otpauth://totp/...`, for a link and a QR code. */
  url: string;
}

/**
 * Makes a second factor that counts once a code of it was confirmed; another unconfirmed one is
 * forgotten.
 * @throws RequestError `conflict` when there is one that counts already; WrongSecretError, as the
 *   other two do, once another process has replaced the secret that it would be kept under.
 */
export async function beginEnrolment(services: Services, person: Person): Promise<Enrolment> {
  const { store, seal, betterAuth } = services;
  const { generateRandomString, symmetricEncrypt } = await import('better-auth/crypto');
  const { secretConfig: key } = await (await betterAuth()).$context;
  const secret = generateRandomString(SECRET_LENGTH);
  const row = {
    id: crypto.randomUUID(),
    user_id: person.id,
    secret: await symmetricEncrypt({ key, data: secret }),
    backup_codes: await symmetricEncrypt({ key, data: '[]' }),
    verified: toFlag(false, store.engine),
    failed_verification_count: 0,
  };
  const { numInsertedOrUpdatedRows } = await store.db.transaction().execute(async (trx) => {
    await holdSecret(trx, seal);
    return trx
      .insertInto('second_factors')
      .values(row)
      .onConflict((conflict) =>
        conflict
          .column('user_id')
          .doUpdateSet({ secret: row.secret, backup_codes: row.backup_codes })
          .where('second_factors.verified', '=', row.verified),
      )
      .executeTakeFirstOrThrow();
  });
  if (numInsertedOrUpdatedRows !== 1n) throw new RequestError('conflict');
  return {
    secret: base32.encode(secret, { padding: false }),
    url: createOTP(secret, CODE).url(TOTP_ISSUER, person.email),
  };
}

/**
 * Makes the second factor count, with a code that shows that the app has it. Sessions begun without
 * it end, but for this one.
 * @returns the recovery codes, this once; `wrong_code`; or `null` when nothing was begun.
 */
export async function confirmEnrolment(
  services: Services,
  actor: Actor,
  person: Person,
  typed: string,
): Promise<string[] | 'wrong_code' | null> {
  const { store, seal, now, betterAuth } = services;
  const { db, engine } = store;
  const pending = await db
    .selectFrom('second_factors')
    .select(['id', 'secret'])
    .where('user_id', '=', person.id)
    .where('verified', '=', toFlag(false, engine))
    .executeTakeFirst();
  if (!pending) return null;
  const { symmetricDecrypt, symmetricEncrypt } = await import('better-auth/crypto');
  const { secretConfig: key } = await (await betterAuth()).$context;
  const secret = await symmetricDecrypt({ key, data: pending.secret });
  const code = typed.normalize('NFKC').replaceAll(/\s/g, '');
  if (!(await createOTP(secret, CODE).verify(code))) return 'wrong_code';
  const recoveryCodes = makeRecoveryCodes();
  const sealed = await symmetricEncrypt({ key, data: JSON.stringify(recoveryCodes) });
  return db.transaction().execute(async (trx) => {
    await holdSecret(trx, seal);
    await lockPeople(trx, engine);
    const { numUpdatedRows } = await trx
      .updateTable('second_factors')
      .set({ verified: toFlag(true, engine), backup_codes: sealed })
      .where('id', '=', pending.id)
      .where('secret', '=', pending.secret)
      .where('verified', '=', toFlag(false, engine))
      .executeTakeFirstOrThrow();
    // Confirmed or begun anew meanwhile, in another tab.
    if (numUpdatedRows !== 1n) return null;
    await spendCode(trx, person.id, code);
    await trx
      .updateTable('people')
      .set({ two_factor_enabled: toFlag(true, engine), updated_at: toText(now()) })
      .where('id', '=', person.id)
      .execute();
    await endSessions(trx, person.id, person.sessionId);
    await recordAudit(trx, now(), {
      actor,
      action: 'second_factor.enabled',
      target: person.email,
    });
    return recoveryCodes;
  });
}

/** Takes a person's second factor away: the password alone lets them in again. */
export async function removeSecondFactor(
  { store, now }: Services,
  actor: Actor,
  person: Person,
): Promise<void> {
  await store.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('second_factors').where('user_id', '=', person.id).execute();
    await trx
      .updateTable('people')
      .set({ two_factor_enabled: toFlag(false, store.engine), updated_at: toText(now()) })
      .where('id', '=', person.id)
      .execute();
    await recordAudit(trx, now(), {
      actor,
      action: 'second_factor.disabled',
      target: person.email,
    });
  });
}

/** Makes new recovery codes; the old ones are of no use any more. @returns them, this once. */
export async function renewRecoveryCodes(
  { store, seal, now, betterAuth }: Services,
  actor: Actor,
  person: Person,
): Promise<string[]> {
  const { symmetricEncrypt } = await import('better-auth/crypto');
  const { secretConfig: key } = await (await betterAuth()).$context;
  const recoveryCodes = makeRecoveryCodes();
  const sealed = await symmetricEncrypt({ key, data: JSON.stringify(recoveryCodes) });
  await store.db.transaction().execute(async (trx) => {
    await holdSecret(trx, seal);
    const { numUpdatedRows } = await trx
      .updateTable('second_factors')
      .set({ backup_codes: sealed })
      .where('user_id', '=', person.id)
      .where('verified', '=', toFlag(true, store.engine))
      .executeTakeFirstOrThrow();
    if (numUpdatedRows !== 1n) throw new RequestError('conflict');
    await recordAudit(trx, now(), {
      actor,
      action: 'second_factor.codes_renewed',
      target: person.email,
    });
  });
  return recoveryCodes;
}

function makeRecoveryCodes(): string[] {
  const letters = (count: number) =>
    Array.from({ length: count }, () => RECOVERY_LETTERS[randomInt(RECOVERY_LETTERS.length)]);
  return Array.from(
    { length: RECOVERY_CODES },
    () => `${letters(5).join('')}-${letters(5).join('')}`,
  );
}
