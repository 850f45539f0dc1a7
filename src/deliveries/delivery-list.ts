import { type ExpressionBuilder, type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { Engine } from '../store/engine.ts';
import type { DeliveriesTable, Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';

export const DELIVERY_STATES = ['dead', 'pending', 'sent', 'cancelled'] as const;
export type DeliveryState = DeliveriesTable['state'];

/** A delivery without what it says, but for its title. */
export type ListedDelivery = Omit<Selectable<DeliveriesTable>, 'content' | 'occasion'> & {
  title: string | null;
};

/** How long what was given up is told of on the overview. */
const UNDELIVERED_TOLD = { hours: 7 * 24 };

/** What was given up first, then what is pending, then all else; each the newest first. */
export async function listDeliveries(
  db: Kysely<Tables>,
  engine: Engine,
  { state, offset, limit }: { state: DeliveryState | null; offset: number; limit: number },
): Promise<ListedDelivery[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select('id')
    .$if(state !== null, (query) => query.where('state', '=', state ?? 'pending'))
    .orderBy((eb) =>
      eb
        .case()
        .when('state', '=', 'dead')
        .then(0)
        .when('state', '=', 'pending')
        .then(1)
        .else(2)
        .end(),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .offset(offset)
    .execute();
  return readInOrder(
    db,
    engine,
    rows.map(({ id }) => id),
  );
}

/** @returns `null` when there is none. */
export async function findDelivery(
  db: Kysely<Tables>,
  engine: Engine,
  id: string,
): Promise<ListedDelivery | null> {
  const [row] = await readInOrder(db, engine, [id]);
  return row ?? null;
}

/** The newest of a channel that was or is to be sent. */
export async function lastDeliveryTo(
  db: Kysely<Tables>,
  engine: Engine,
  channelId: string,
): Promise<ListedDelivery | null> {
  const last = await db
    .selectFrom('deliveries')
    .select('id')
    .where('channel_id', '=', channelId)
    .where('state', '<>', 'cancelled')
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last ? findDelivery(db, engine, last.id) : null;
}

/** How many were given up in the last week, but for tests, whose outcome somebody waited for. */
export async function countUndelivered(db: Kysely<Tables>, now: Temporal.Instant): Promise<number> {
  const { count } = await db
    .selectFrom('deliveries')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('state', '=', 'dead')
    .where('source_kind', '<>', 'test')
    .where('ended_at', '>', toText(now.subtract(UNDELIVERED_TOLD)))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Only of what is shown is the title read out of its content: sorted along, it would be of all. */
async function readInOrder(
  db: Kysely<Tables>,
  engine: Engine,
  ids: readonly string[],
): Promise<ListedDelivery[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('deliveries')
    .select(['id', 'channel_id', 'channel_name', 'channel_kind', 'source_kind', 'source_id'])
    .select(['state', 'created_at', 'next_attempt_at', 'first_attempt_at', 'attempts'])
    .select(['last_error', 'ended_at'])
    .select((eb) => titleOf(eb, engine).as('title'))
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Contents may carry pictures: they stay in the database. */
function titleOf(
  eb: ExpressionBuilder<Tables, 'deliveries'>,
  engine: Engine,
): RawBuilder<string | null> {
  const content = eb.ref('content');
  return engine === 'postgres'
    ? sql`${content}::json #>> '{message,title}'`
    : sql`json_extract(${content}, '$.message.title')`;
}
