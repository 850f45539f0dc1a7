import type { Kysely, Selectable } from 'kysely';
import { findKept, newToken, revokeKept, type TokenTimes, timesOf } from '../auth/kept-tokens.ts';
import { isLocale, type Locale } from '../i18n/index.ts';
import type { EmbedTokensTable, Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';

/** What a token may show beside how the account is doing, which it always shows. */
export const EMBED_PARTS = ['amounts', 'runway', 'event'] as const;
export type EmbedPart = (typeof EMBED_PARTS)[number];

/** What a token shows, to whom and in which language. */
export interface Embed {
  id: string;
  name: string;
  /** `null`: all accounts together. */
  accountId: string | null;
  shows: readonly EmbedPart[];
  /** Origins whose pages may frame the widget and read the JSON; `null`: any. */
  frameOrigins: readonly string[] | null;
  locale: Locale;
}

/** A token as the panel lists it; the token itself is never seen again. */
export interface ListedEmbed extends Embed, TokenTimes {
  /** Its last characters. */
  hint: string;
  createdBy: string;
}

export interface NewEmbed extends Embed {
  /** An e-mail address. */
  createdBy: string;
  /** `null`: until it is revoked. */
  expiresAt: Temporal.Instant | null;
}

/** @returns the token, this once; `null` when there is one of that id already. */
export async function createEmbed(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  embed: NewEmbed,
): Promise<string | null> {
  const { token, columns } = newToken('embed_tokens');
  const made = await db
    .insertInto('embed_tokens')
    .values({
      id: embed.id,
      name: embed.name,
      account_id: embed.accountId,
      ...columns,
      shows: JSON.stringify(embed.shows),
      frame_origins: embed.frameOrigins && JSON.stringify(embed.frameOrigins),
      locale: embed.locale,
      created_by: embed.createdBy,
      created_at: toText(now),
      expires_at: embed.expiresAt && toText(embed.expiresAt),
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return made ? token : null;
}

/** Newest first. */
export async function listEmbeds(db: Kysely<Tables>): Promise<ListedEmbed[]> {
  const rows = await db
    .selectFrom('embed_tokens')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .execute();
  return rows.map(toListed);
}

/** One of them, whether it is still good or not. */
export async function readEmbed(db: Kysely<Tables>, id: string): Promise<ListedEmbed | null> {
  const row = await db
    .selectFrom('embed_tokens')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? toListed(row) : null;
}

/** @returns the token's name; `null` when there is none that could still be revoked. */
export function revokeEmbed(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  id: string,
): Promise<string | null> {
  return revokeKept(db, 'embed_tokens', now, id);
}

/** What a token shows; `null` for an unknown, expired or revoked one. Notes that it was used. */
export async function findEmbed(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  token: string,
): Promise<Embed | null> {
  const row = await findKept(db, 'embed_tokens', now, token);
  return row && toEmbed(row);
}

function toListed(row: Selectable<EmbedTokensTable>): ListedEmbed {
  return { ...toEmbed(row), ...timesOf(row), hint: row.hint, createdBy: row.created_by };
}

function toEmbed(row: Selectable<EmbedTokensTable>): Embed {
  const shows = JSON.parse(row.shows) as string[];
  return {
    id: row.id,
    name: row.name,
    accountId: row.account_id,
    shows: EMBED_PARTS.filter((part) => shows.includes(part)),
    frameOrigins: row.frame_origins === null ? null : (JSON.parse(row.frame_origins) as string[]),
    locale: isLocale(row.locale) ? row.locale : 'es',
  };
}
