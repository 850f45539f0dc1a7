import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Engine } from '../store/engine.ts';
import type { AuditEntriesTable, Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';

export type StoredAuditEntry = Selectable<AuditEntriesTable>;

/** Which entries are asked for; `null` and empty texts ask for all. */
export interface AuditFilter {
  /** Part of who did it. */
  who: string;
  /** One action, such as `account.created`. */
  action: string | null;
  /** The first moment, and the first that is not wanted any more. */
  from: Temporal.Instant | null;
  until: Temporal.Instant | null;
  /** Part of whom it was done on, from where, or what else there is to know. */
  text: string;
}

/** The place of an entry: the next page begins behind it. */
export interface AuditPlace {
  at: string;
  id: string;
}

/** The next entries of the log, newest first. */
export async function readAudit(
  db: Kysely<Tables>,
  engine: Engine,
  filter: AuditFilter,
  { before, limit }: { before: AuditPlace | null; limit: number },
): Promise<StoredAuditEntry[]> {
  let query = db
    .selectFrom('audit_entries')
    .selectAll()
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit);
  if (before) query = query.where(sql<boolean>`(at, id) < (${before.at}, ${before.id})`);
  if (filter.action !== null) query = query.where('action', '=', filter.action);
  if (filter.from) query = query.where('at', '>=', toText(filter.from));
  if (filter.until) query = query.where('at', '<', toText(filter.until));
  if (filter.who !== '') query = contains(query, engine, ['actor'], filter.who);
  if (filter.text !== '') {
    query = contains(query, engine, ['target', 'address', 'detail'], filter.text);
  }
  return query.execute();
}

/** A page at a time, so that whoever reads slowly holds up no other question to the database. */
export async function* eachAuditEntry(
  db: Kysely<Tables>,
  engine: Engine,
  filter: AuditFilter,
  pageSize = 1_000,
): AsyncGenerator<StoredAuditEntry> {
  let before: AuditPlace | null = null;
  for (;;) {
    const page: StoredAuditEntry[] = await readAudit(db, engine, filter, {
      before,
      limit: pageSize,
    });
    yield* page;
    before = page.at(-1) ?? null;
    if (page.length < pageSize) return;
  }
}

type Query = SelectQueryBuilder<Tables, 'audit_entries', StoredAuditEntry>;
type TextColumn = 'actor' | 'target' | 'address' | 'detail';

/** Whether a text is in one of the columns, in upper or lower case (on SQLite: of plain letters). */
function contains(query: Query, engine: Engine, columns: TextColumn[], text: string): Query {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  const like = engine === 'postgres' ? sql`ilike` : sql`like`;
  return query.where((eb) =>
    eb.or(columns.map((column) => sql<boolean>`${sql.ref(column)} ${like} ${pattern} escape '\\'`)),
  );
}
