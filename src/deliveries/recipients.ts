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
