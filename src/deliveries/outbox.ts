import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import type { Channel } from './channel.ts';
import type { DeliveryContent } from './message.ts';

/** Something to be sent. */
export interface NewDelivery {
  channel: Channel;
  source: { kind: 'incident' | 'report' | 'test'; id: string };
  /** What it is about, such as `<incident> opened`: a channel is told of each once. */
  occasion: string;
  content: DeliveryContent;
  /** As soon as possible when left out. */
  notBefore?: Temporal.Instant;
}

/**
 * Puts deliveries into the outbox, in the transaction that writes what they tell of. What a channel
 * was or will be told already is left out.
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
        content: JSON.stringify(content),
        state: 'pending',
        created_at: toText(now),
        next_attempt_at: toText(notBefore),
        attempts: 0,
      })
      .onConflict((conflict) => conflict.columns(['channel_id', 'occasion']).doNothing())
      .execute();
  }
}
