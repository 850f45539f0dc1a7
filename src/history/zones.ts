import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';

/** The ids of time zones, made where they are new. */
export async function idsOfZones(
  trx: Kysely<Tables>,
  names: readonly string[],
): Promise<Map<string, number>> {
  if (names.length === 0) return new Map();
  const known = await findZones(trx, names);
  const missing = [...new Set(names)].filter((name) => !known.has(name)).sort();
  if (missing.length === 0) return known;
  await trx
    .insertInto('usage_zones')
    .values(missing.map((name) => ({ name })))
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return findZones(trx, names);
}

async function findZones(
  db: Kysely<Tables>,
  names: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('usage_zones')
    .select(['id', 'name'])
    .where('name', 'in', names)
    .execute();
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** Their names by their ids. */
export async function namesOfZones(
  db: Kysely<Tables>,
  ids: readonly number[],
): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('usage_zones')
    .select(['id', 'name'])
    .where('id', 'in', ids)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** As `sync_windows.zones` keeps them: `,1,2,`, so that one can be looked for. */
export function zonesText(ids: Iterable<number>): string {
  const sorted = [...ids].sort((a, b) => a - b);
  return sorted.length === 0 ? '' : `,${sorted.join(',')},`;
}

export function zonesOfText(text: string): number[] {
  return text.split(',').filter(Boolean).map(Number);
}
