import type { Kysely } from 'kysely';
import { refuse } from '../http/failure.ts';
import type { Tables } from '../store/tables.ts';
import type { Channel } from './channel.ts';

/**
 * The channels that get what is for those.
 * @param ids of channels; `null`: all of them. One that is switched off gets nothing.
 */
export function recipientsOf(
  channels: readonly Channel[],
  ids: readonly string[] | null,
): Channel[] {
  return channels.filter(({ id, isEnabled }) => isEnabled && (ids === null || ids.includes(id)));
}

/**
 * One that was deleted meanwhile may stay where it is named already.
 * @param ids of the channels that are named now; `null`: all of them.
 * @param before those that were named before.
 * @throws RequestError where there is no such channel.
 */
export async function refuseUnknownChannels(
  trx: Kysely<Tables>,
  ids: readonly string[] | null,
  before: readonly string[] | null = null,
): Promise<void> {
  const added = new Set(ids?.filter((id) => !before?.includes(id)));
  if (added.size === 0) return;
  const known = await trx
    .selectFrom('delivery_channels')
    .select('id')
    .where('id', 'in', [...added])
    .execute();
  if (known.length < added.size) refuse('channel_ids', 'unknown');
}
