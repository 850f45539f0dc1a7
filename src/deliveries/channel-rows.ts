import type { Kysely, Selectable } from 'kysely';
import { isLocale } from '../i18n/index.ts';
import type { DeliveryChannelsTable, Tables } from '../store/tables.ts';
import { type Channel, isChannelKind } from './channel.ts';

/** Every channel, by name; those of a kind this version does not know are left out. */
export async function listChannels(db: Kysely<Tables>): Promise<Channel[]> {
  const rows = await db.selectFrom('delivery_channels').selectAll().orderBy('name').execute();
  return rows.flatMap(toChannel);
}

export function toChannel(row: Selectable<DeliveryChannelsTable>): Channel[] {
  const { id, name, kind, hint, locale, version } = row;
  if (!isChannelKind(kind)) return [];
  return [
    {
      ...{ id, name, kind, hint, version },
      locale: isLocale(locale) ? locale : 'es',
      isEnabled: row.is_enabled === 1,
    },
  ];
}
