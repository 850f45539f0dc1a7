import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { dueBy } from '../jobs/leases.ts';
import type { DeliveriesTable, Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import type { Channel } from './channel.ts';
import type { DeliveryContent } from './message.ts';

/** The job that sends what is due. */
export const DELIVERY_JOB = 'deliveries';

/** What a delivery tells of. */
export interface DeliverySource {
  kind: DeliveriesTable['source_kind'];
  id: string;
}

/** Something to be sent. */
export interface NewDelivery {
  channel: Channel;
  source: DeliverySource;
  /** What it is about, such as `<incident> opened`: a channel is told of each once. */
  occasion: string;
  content: DeliveryContent;
  /** As soon as possible when left out. */
  notBefore?: Temporal.Instant;
}

/**
 * Puts deliveries into the outbox, in the transaction that writes what they tell of; the job that
 * sends them is due once that is committed. What a channel was or will be told already is left out.
 */
export async function enqueue(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  deliveries: readonly NewDelivery[],
): Promise<void> {
  for (const { channel, source, occasion, content, notBefore = now } of deliveries) {
    await trx
      .insertInto('deliveries')
      .values({
        id: randomUUID(),
        channel_id: channel.id,
        channel_name: channel.name,
        channel_kind: channel.kind,
        source_kind: source.kind,
        source_id: source.id,
        occasion,
        content: toJson(content),
        state: 'pending',
        created_at: toText(now),
        next_attempt_at: toText(notBefore),
        attempts: 0,
      })
      .onConflict((conflict) => conflict.columns(['channel_id', 'occasion']).doNothing())
      .execute();
  }
  const [first, ...others] = deliveries.map(({ notBefore = now }) => notBefore);
  if (!first) return;
  const earliest = others.reduce((a, b) => (Temporal.Instant.compare(a, b) <= 0 ? a : b), first);
  await dueBy(trx, earliest, DELIVERY_JOB);
}

/**
 * What receivers and every database can read: half of a character, or the one that ends texts in C, may
 * come with the name of a model or a key.
 */
function toJson(content: DeliveryContent): string {
  return JSON.stringify(content, (_name, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value,
  );
}

/** As many ids as one statement names: every database takes that many parameters. */
const IDS_AT_ONCE = 500;

/** Takes back those of these deliveries that have not been sent yet: there is nothing to tell any more. */
export async function cancelDeliveries(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  ids: readonly string[],
): Promise<void> {
  for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
    const some = ids.slice(from, from + IDS_AT_ONCE);
    await cancel(trx, now, (query) => query.where('id', 'in', some));
  }
}

/** The same of a channel that is told nothing any more. @returns how many were taken back. */
export function cancelPendingTo(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  channelId: string,
): Promise<number> {
  return cancel(trx, now, (query) => query.where('channel_id', '=', channelId));
}

type Cancelling = ReturnType<typeof cancelling>;

function cancelling(trx: Kysely<Tables>, now: Temporal.Instant) {
  return trx
    .updateTable('deliveries')
    .set({ state: 'cancelled', ended_at: toText(now) })
    .where('state', '=', 'pending');
}

async function cancel(
  trx: Kysely<Tables>,
  now: Temporal.Instant,
  which: (query: Cancelling) => Cancelling,
): Promise<number> {
  const { numUpdatedRows } = await which(cancelling(trx, now)).executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}
