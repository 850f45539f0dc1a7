import { type Actor, recordAudit } from '../audit/audit.ts';
import { RequestError } from '../http/failure.ts';
import { dueBy } from '../jobs/leases.ts';
import type { Services } from '../services.ts';
import { toText } from '../store/values.ts';
import { findChannel } from './channel-rows.ts';
import type { DeliveryContent } from './message.ts';
import { DELIVERY_JOB } from './outbox.ts';

/**
 * Has something sent again that was given up or was sent before, under the same id and with a day of
 * its own.
 * @throws RequestError `not_found`, or `conflict` when it is not over or its channel is told nothing.
 */
export async function resend(
  { store, now }: Pick<Services, 'store' | 'now'>,
  actor: Actor,
  id: string,
): Promise<void> {
  await store.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('deliveries')
      .select(['channel_id', 'content'])
      .where('id', '=', id)
      .executeTakeFirst();
    if (!row) throw new RequestError('not_found');
    const channel = await findChannel(trx, row.channel_id);
    if (!channel?.isEnabled) throw new RequestError('conflict', { subject: 'delivery' });
    const at = now();
    const { numUpdatedRows } = await trx
      .updateTable('deliveries')
      .set({
        ...{ state: 'pending', next_attempt_at: toText(at), attempts: 0 },
        ...{ first_attempt_at: null, last_error: null, ended_at: null },
      })
      .where('id', '=', id)
      .where('state', 'in', ['dead', 'sent'])
      .executeTakeFirstOrThrow();
    if (numUpdatedRows === 0n) throw new RequestError('conflict', { subject: 'delivery' });
    await dueBy(trx, at, DELIVERY_JOB);
    const { message }: DeliveryContent = JSON.parse(row.content);
    await recordAudit(trx, at, {
      actor,
      action: 'delivery.resent',
      target: channel.name,
      detail: { title: message.title },
    });
  });
}
