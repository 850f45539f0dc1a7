import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { createLink } from '../../src/auth/links.ts';
import { hashPassword } from '../../src/auth/password.ts';
import { createPerson } from '../../src/auth/people.ts';
import { createToken } from '../../src/auth/tokens.ts';
import { SQLITE_FILE, type Store } from '../../src/store/store.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';
import { signIn } from '../support/sign-in.ts';

const PASSWORD = 'correct horse battery staple';
const FAL_KEY = `a1b2c3d4-planted:${randomBytes(16).toString('hex')}`;

/** Leads every kind of secret into the store, as the panel does. @returns them by what they are. */
async function plantSecrets({ services }: Panel): Promise<Record<string, string>> {
  const { store, now } = services;
  const session = await signIn(services, 'admin');
  const token = await createToken(store.db, now(), {
    name: 'booth',
    role: 'viewer',
    createdBy: session.email,
    expiresAt: null,
  });
  const account = { name: 'Main', note: '', timezone: 'UTC', color: 1 };
  await createAccount(services, COMMAND_LINE, account, FAL_KEY);
  const email = 'ana@example.com';
  const passwordHash = await hashPassword(PASSWORD);
  await createPerson(store.db, store.engine, now(), {
    name: 'Ana',
    email,
    role: 'admin',
    passwordHash,
  });
  return {
    password: PASSWORD,
    'API token': token ?? '',
    'link token': await createLink(store.db, now(), { purpose: 'setup', createdBy: '' }),
    'session token': decodeURIComponent(session.cookie.value).split('.')[0] ?? '',
    'session cookie': decodeURIComponent(session.cookie.value),
    'fal key': FAL_KEY,
    'secret half of the fal key': FAL_KEY.split(':')[1] ?? '',
    'app secret': readFileSync(join(services.config.dataDir, 'app-secret'), 'utf8').trim(),
    ...(await enrolSecondFactor(services, email)),
  };
}

/** Signs in with the password, as the sign-in page does, and sets up a second factor. */
async function enrolSecondFactor({ betterAuth }: Panel['services'], email: string) {
  const { api } = await betterAuth();
  const { headers } = await api.signInEmail({
    body: { email, password: PASSWORD },
    returnHeaders: true,
  });
  const cookie = headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const enrolled = await api.enableTwoFactor({
    body: { password: PASSWORD },
    headers: new Headers({ cookie }),
  });
  if (enrolled.method !== 'totp') throw new Error('another second factor than asked for');
  const secret = new URL(enrolled.totpURI).searchParams.get('secret') ?? '';
  return {
    "better-auth's session token": decodeURIComponent(cookie).split('=')[1]?.split('.')[0] ?? '',
    'TOTP secret': secret,
    'TOTP secret as bytes': fromBase32(secret).toString('latin1'),
    'recovery code': enrolled.backupCodes[0] ?? '',
  };
}

/** As RFC 4648 has it. */
function fromBase32(text: string): Buffer {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'));
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** All that somebody gets who steals the database. */
async function stolen({ services }: Panel): Promise<Buffer> {
  const { store, config } = services;
  if (store.engine === 'postgres') return Buffer.from(await dump(store));
  const file = join(config.dataDir, SQLITE_FILE);
  return Buffer.concat(['', '-wal'].map((end) => readFileSync(file + end)));
}

async function dump({ db }: Store): Promise<string> {
  const tables = await db.introspection.getTables();
  const texts = tables.map(async ({ name }) => {
    const { rows } = await sql<{ row: string }>`
      select t::text as row from ${sql.table(name)} t`.execute(db);
    return rows.map(({ row }) => row).join('\n');
  });
  return (await Promise.all(texts)).join('\n');
}

/** A secret as it may stand somewhere, encoded or not. */
function spellings(secret: string): Buffer[] {
  const bytes = Buffer.from(secret, 'latin1');
  return [
    bytes,
    Buffer.from(bytes.toString('hex')),
    Buffer.from(bytes.toString('base64').replaceAll('=', '')),
    Buffer.from(bytes.toString('base64url')),
  ];
}

describe.each(ENGINES)('whoever steals the database on %s', (engine) => {
  test('finds what is no secret, and of every secret nothing', async () => {
    const panel = await startPanel({}, { engine });
    const secrets = await plantSecrets(panel);
    const loot = await stolen(panel);
    for (const known of ['ana@example.com', 'booth', 'Main'])
      expect(loot.includes(known)).toBe(true);
    for (const [what, secret] of Object.entries(secrets)) {
      expect([what, secret.length]).toEqual([what, expect.toSatisfy((length) => length >= 8)]);
      const found = spellings(secret).filter((spelling) => loot.includes(spelling));
      expect([what, found.map(String)]).toEqual([what, []]);
    }
  });
});
