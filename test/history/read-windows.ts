import { sql } from 'kysely';
import type { FalAccount } from '../../src/accounts/accounts.ts';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import type { UsageRow } from '../../src/fal/usage.ts';
import { utcDayOf, utcDayStart } from '../../src/history/slots.ts';
import type { WindowReading } from '../../src/history/store-window.ts';
import type { Engine } from '../../src/store/engine.ts';
import { type Panel, startPanel } from '../support/panel.ts';

export const DAY = utcDayOf(Temporal.Instant.from('2026-03-05T00:00Z'));
export const ACTOR = { kind: 'server', name: '', address: null } as never;
export const ZONES = ['America/Mexico_City', 'UTC'];

export async function panelWithAccounts<Names extends string[]>(
  engine: Engine,
  ...names: Names
): Promise<{ panel: Panel; accounts: { [Index in keyof Names]: FalAccount } }> {
  const panel = await startPanel({}, { engine });
  const accounts: FalAccount[] = [];
  for (const name of names) {
    const fields = { name, note: '', timezone: 'America/Mexico_City', color: 1 };
    accounts.push(await createAccount(panel.services, ACTOR, fields, `${name}-key:secret-of-it`));
  }
  return { panel, accounts: accounts as { [Index in keyof Names]: FalAccount } };
}

/** What was billed in an hour of `DAY`. */
export function row(hour: number, fields: Partial<UsageRow> = {}): UsageRow {
  return {
    bucket: utcDayStart(DAY).add({ hours: hour }),
    endpointId: 'fal-ai/fast-sdxl',
    unit: 'images',
    quantity: 2_000_000_000n,
    unitPrice: 5_000_000n,
    percentDiscount: null,
    cost: 10_000_000n,
    currency: 'USD',
    auth: { detail: 'Cabina 1', apiKeyId: 'key-1', username: null },
    ...fields,
  };
}

/** What was called in an hour of `DAY`. */
export function calls(hour: number, count: number) {
  return {
    bucket: utcDayStart(DAY).add({ hours: hour }),
    endpointId: 'fal-ai/fast-sdxl',
    metrics: {
      request_count: count,
      success_count: count,
      user_error_count: 0,
      error_count: 0,
      p50_duration: 1.5,
      p95_duration: 4,
    },
  };
}

/** What fal answered for a day; hours of `DAY` are taken for that day's. */
export function reading(accountId: string, fields: Partial<WindowReading> = {}): WindowReading {
  const given = {
    accountId,
    day: DAY,
    slotMinutes: 60 as const,
    readAt: utcDayStart(DAY + 1),
    usage: [row(1), row(2), row(23)],
    calls: [calls(1, 2), calls(23, 1)],
    isComplete: true,
    uncounted: [],
    zones: ZONES,
    settleHours: 72,
    ...fields,
  };
  const thatDay = <T extends { bucket: Temporal.Instant }>(each: T): T => {
    return { ...each, bucket: each.bucket.add({ hours: 24 * (given.day - DAY) }) };
  };
  return {
    ...given,
    usage: given.usage.map((each) => thatDay(each)),
    calls: given.calls.map((each) => thatDay(each)),
  };
}

/** Every series, and every row of its tables, told by what it is and not by numbers that chance gives. */
export async function dump({ services }: Panel) {
  const { rows: slots } = await sql<Record<string, unknown>>`
    select identity, slot, cast(cost as text) cost, cast(units as text) units,
      cast(unit_nanos as text) unit_nanos,
      cast(requests as text) requests, cast(p95_ms as text) p95
    from usage_slots join usage_series on id = series_id order by identity, slot`.execute(
    services.store.db,
  );
  const { rows: days } = await sql<Record<string, unknown>>`
    select identity, name, day, cast(cost as text) cost, cast(requests as text) requests
    from usage_days join usage_series on usage_series.id = series_id
    join usage_zones on usage_zones.id = zone_id order by identity, name, day`.execute(
    services.store.db,
  );
  const series = await services.store.db
    .selectFrom('usage_series')
    .select('identity')
    .orderBy('identity')
    .execute();
  return { series, slots, days };
}
