import type { Insertable, Kysely } from 'kysely';
import type { Lease } from '../../src/jobs/leases.ts';
import type { SyncWindowsTable, Tables } from '../../src/store/tables.ts';

const AT = '2026-01-01T00:00:00.000Z';

/** The row of an account that is asked nothing: its key opens nothing. */
export async function plantAccount(db: Kysely<Tables>, id: string): Promise<void> {
  await db
    .insertInto('fal_accounts')
    .values({
      id,
      slug: id,
      name: id,
      note: '',
      timezone: 'UTC',
      color: 1,
      sealed_key: '',
      key_hint: '',
      is_default: null,
      version: 1,
      created_at: AT,
      updated_at: AT,
    })
    .execute();
}

/** Something that an account was billed for, or with `null` all of them. @returns its id. */
export async function plantSeries(
  db: Kysely<Tables>,
  accountId: string | null,
  endpointId: string,
  currency = 'USD',
): Promise<number> {
  const scope = accountId === null ? 'by_endpoint' : 'account';
  const { id } = await db
    .insertInto('usage_series')
    .values({
      scope,
      measure: 'billed',
      account_id: accountId,
      endpoint_id: endpointId,
      unit: 'images',
      unit_price: 1n,
      currency,
      identity: JSON.stringify([scope, accountId, endpointId, currency]),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** What each of its hours cost; they begin at these instants. */
export async function plantHours(
  db: Kysely<Tables>,
  seriesId: number,
  hours: readonly { at: Temporal.Instant; cost: bigint }[],
): Promise<void> {
  if (hours.length === 0) return;
  await db
    .insertInto('usage_slots')
    .values(
      hours.map(({ at, cost }) => ({
        series_id: seriesId,
        slot: at.epochMilliseconds / 60_000,
        ...measures(cost),
      })),
    )
    .execute();
}

/** UTC days that were read, whole and for good unless it is said otherwise. */
export async function plantWindows(
  db: Kysely<Tables>,
  accountId: string,
  days: readonly number[],
  facts: Partial<Insertable<SyncWindowsTable>> = {},
): Promise<void> {
  await db
    .insertInto('sync_windows')
    .values(
      days.map((day) => ({
        account_id: accountId,
        day,
        slot_minutes: 60,
        read_at: AT,
        changed_at: AT,
        is_final: 1 as const,
        is_stale: 0 as const,
        is_complete: 1 as const,
        zones: '',
        ...facts,
      })),
    )
    .execute();
}

/** A lease that nobody else wants. */
export function freeLease(name: string): Lease {
  return { name, signal: new AbortController().signal, confirm: async () => {} };
}

function measures(cost: bigint) {
  const none = { requests: 0n, successes: 0n, failures: 0n, timed: 0n, p50_ms: 0n, p95_ms: 0n };
  return { cost, units: 1n, unit_nanos: 0n, ...none };
}
