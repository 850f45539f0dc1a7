import { randomBytes } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { OneTimeLinksTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { hashToken } from './keys.ts';
import { isRole, type Role } from './viewer.ts';

/** What a one-time link is for: the first admin, another person, or another password. */
export const LINK_PURPOSES = ['setup', 'invitation', 'reset'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** How long a link is good, in hours. */
export const LINK_HOURS: Record<LinkPurpose, number> = { setup: 1, invitation: 7 * 24, reset: 24 };

export type NewLink =
  | { purpose: 'setup'; createdBy: string }
  | { purpose: 'invitation'; createdBy: string; email: string; name: string | null; role: Role }
  | { purpose: 'reset'; createdBy: string; personId: string };

export type Link = NewLink & { createdAt: Temporal.Instant; expiresAt: Temporal.Instant };
export type LinkFor<Purpose extends LinkPurpose> = Extract<Link, { purpose: Purpose }>;

/** Makes a link: 256 random bits, of which only a hash is kept. @returns the token, this once. */
export async function createLink(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  link: NewLink,
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await db
    .insertInto('one_time_links')
    .values({
      token_hash: hashToken(token),
      purpose: link.purpose,
      email: link.purpose === 'invitation' ? link.email : null,
      name: link.purpose === 'invitation' ? link.name : null,
      role: link.purpose === 'invitation' ? link.role : null,
      person_id: link.purpose === 'reset' ? link.personId : null,
      created_by: link.createdBy,
      created_at: toText(now),
      expires_at: toText(now.add({ hours: LINK_HOURS[link.purpose] })),
    })
    .execute();
  return token;
}

/** The link's address below the panel's own. */
export function linkPath(purpose: LinkPurpose, token: string): string {
  return `/admin/${purpose}?token=${token}`;
}

/** What a token opens, without using it; `null` when it is unknown, used or expired. */
export async function findLink<Purpose extends LinkPurpose>(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  purpose: Purpose,
  token: string,
): Promise<LinkFor<Purpose> | null> {
  const row = await db
    .selectFrom('one_time_links')
    .selectAll()
    .where('token_hash', '=', hashToken(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', toText(now))
    .executeTakeFirst();
  return row ? (readLink(row) as LinkFor<Purpose> | null) : null;
}

/**
 * Uses a link up: of two at the same moment one gets it, the other `null`. `trx` is the transaction
 * of what the link is for, so that a link is never lost to something that then failed.
 */
export async function takeLink<Purpose extends LinkPurpose>(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  purpose: Purpose,
  token: string,
): Promise<LinkFor<Purpose> | null> {
  const row = await trx
    .deleteFrom('one_time_links')
    .where('token_hash', '=', hashToken(token))
    .where('purpose', '=', purpose)
    .where('expires_at', '>', toText(now))
    .returningAll()
    .executeTakeFirst();
  return row ? (readLink(row) as LinkFor<Purpose> | null) : null;
}

export function readLink(row: Selectable<OneTimeLinksTable>): Link | null {
  const { purpose, email, name, role, person_id: personId } = row;
  const facts = {
    createdBy: row.created_by,
    createdAt: toInstant(row.created_at),
    expiresAt: toInstant(row.expires_at),
  };
  switch (purpose) {
    case 'setup':
      return { purpose, ...facts };
    case 'invitation':
      return email !== null && isRole(role) ? { purpose, email, name, role, ...facts } : null;
    case 'reset':
      return personId === null ? null : { purpose, personId, ...facts };
  }
}
