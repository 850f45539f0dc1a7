import type { Kysely } from 'kysely';
import type { Seal } from '../secrets/seal.ts';
import type { Tables } from '../store/tables.ts';
import type { Target } from './target.ts';

/** A target as it is kept, sealed for its own channel: in another one's place it does not open. */
export function sealTarget(seal: Seal, channelId: string, target: Target): string {
  return seal.close(JSON.stringify(target), place(channelId));
}

/** @throws SealError when it was sealed under another secret or for another channel, or changed. */
export function openTarget(seal: Seal, row: { id: string; sealed_target: string }): Target {
  return JSON.parse(seal.open(row.sealed_target, place(row.id)));
}

/** Has every target go over to another secret. @returns how many; @throws SealError */
export async function resealTargets(trx: Kysely<Tables>, from: Seal, to: Seal): Promise<number> {
  const rows = await trx.selectFrom('delivery_channels').select(['id', 'sealed_target']).execute();
  for (const row of rows) {
    await trx
      .updateTable('delivery_channels')
      .set({ sealed_target: sealTarget(to, row.id, openTarget(from, row)) })
      .where('id', '=', row.id)
      .execute();
  }
  return rows.length;
}

function place(channelId: string): string {
  return `delivery_channel/${channelId}`;
}
