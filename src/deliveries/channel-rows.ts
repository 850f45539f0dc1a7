import type { Kysely, Selectable } from 'kysely';
import { isLocale } from '../i18n/index.ts';
import type { Seal } from '../secrets/seal.ts';
import type { DeliveryChannelsTable, Tables } from '../store/tables.ts';
import { type Channel, isChannelKind } from './channel.ts';
import type { Target } from './target.ts';
import { openTarget } from './target-seal.ts';

/** Every channel, by name; those of a kind this version does not know are left out. */
export async function listChannels(db: Kysely<Tables>): Promise<Channel[]> {
  const rows = await db.selectFrom('delivery_channels').selectAll().orderBy('name').execute();
  return rows.flatMap(toChannel);
}

/** @returns `null` when there is none, or none of a kind this version knows. */
export async function findChannel(db: Kysely<Tables>, id: string): Promise<Channel | null> {
  const row = await db
    .selectFrom('delivery_channels')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return (row && toChannel(row)[0]) ?? null;
}

/** Where a channel leads: for its own form alone. @throws SealError */
export async function targetOf(db: Kysely<Tables>, seal: Seal, id: string): Promise<Target | null> {
  const row = await db
    .selectFrom('delivery_channels')
    .select(['id', 'sealed_target'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? openTarget(seal, row) : null;
}

/** How many rules and schedules of reports name the channel as one of theirs. */
export async function countNaming(
  db: Kysely<Tables>,
  id: string,
): Promise<{ rules: number; schedules: number }> {
  const count = async (table: 'alert_rules' | 'report_schedules') => {
    const rows = await db
      .selectFrom(table)
      .select('channel_ids')
      .where('channel_ids', 'is not', null)
      .execute();
    return rows.filter(({ channel_ids }) => JSON.parse(channel_ids ?? '[]').includes(id)).length;
  };
  return { rules: await count('alert_rules'), schedules: await count('report_schedules') };
}

/** Nothing where this version does not know the kind. */
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
