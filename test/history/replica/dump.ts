import { type Kysely, sql } from 'kysely';
import { MEASURES } from '../../../src/history/measures.ts';
import { digits } from '../../../src/store/big-numbers.ts';
import type { Tables } from '../../../src/store/tables.ts';

/**
 * Every row of the local copy as a text, in order: accounts, series and zones are told by what they
 * are and not by the ids that chance gives, and the hour of reading is left out.
 */
export async function dump(db: Kysely<Tables>) {
  const accounts = await db.selectFrom('fal_accounts').select(['id', 'slug']).execute();
  const measures = (table: 'usage_slots' | 'usage_days') =>
    MEASURES.map((name) => digits(sql.ref(`${table}.${name}`)).as(name));
  const texts = (rows: readonly object[]) =>
    rows
      .map((row) =>
        accounts.reduce((text, { id, slug }) => text.replaceAll(id, slug), JSON.stringify(row)),
      )
      .toSorted();

  const zones = await db.selectFrom('usage_zones').select(['id', 'name']).execute();
  const zoneOf = new Map(zones.map(({ id, name }) => [String(id), name]));
  const windows = await db
    .selectFrom('sync_windows')
    .select(['account_id', 'day', 'slot_minutes', 'zones'])
    .select(['is_final', 'is_stale', 'is_complete', 'uncounted'])
    .execute();
  return {
    series: texts(
      await db
        .selectFrom('usage_series')
        .leftJoin('usage_series as by_account', 'by_account.id', 'usage_series.by_account_id')
        .leftJoin('usage_series as by_endpoint', 'by_endpoint.id', 'usage_series.by_endpoint_id')
        .select('usage_series.identity')
        .select(['by_account.identity as by_account', 'by_endpoint.identity as by_endpoint'])
        .execute(),
    ),
    slots: texts(
      await db
        .selectFrom('usage_slots')
        .innerJoin('usage_series', 'usage_series.id', 'series_id')
        .select(['identity', 'slot'])
        .select(measures('usage_slots'))
        .execute(),
    ),
    days: texts(
      await db
        .selectFrom('usage_days')
        .innerJoin('usage_series', 'usage_series.id', 'series_id')
        .innerJoin('usage_zones', 'usage_zones.id', 'zone_id')
        .select(['identity', 'usage_zones.name as zone', 'day'])
        .select(measures('usage_days'))
        .execute(),
    ),
    windows: texts(
      windows.map((window) => ({
        ...window,
        zones: window.zones
          .split(',')
          .filter(Boolean)
          .map((id) => zoneOf.get(id))
          .toSorted(),
      })),
    ),
  };
}
