import { type Kysely, sql } from 'kysely';
import { MEASURE_COLUMNS, MEASURES } from '../../src/history/measures.ts';
import type { Engine } from '../../src/store/engine.ts';
import { cell, jsonRows } from '../../src/store/json-rows.ts';
import type { Tables } from '../../src/store/tables.ts';

const ACCOUNTS = 200;
export const MODELS = 40;
const KEYS = 3;
/** Every account has two events a week, each of four hours, for a year: 416 hours a series. */
const WEEKS = 52;
const EVENT_HOURS = 4;
/** No daylight saving: a day of this zone begins at six, UTC. */
export const ZONE = 'America/Mexico_City';
const ZONE_MINUTES = -360;
const MINUTES_PER_DAY = 1_440;

/** The day after the last that has usage, in that zone. */
export const END = Temporal.ZonedDateTime.from(`2026-03-09T00:00[${ZONE}]`);
const FIRST_DAY = Math.round(END.epochMilliseconds / 86_400_000 - 0.25) - WEEKS * 7;

/**
 * Fills an empty store with 9,984,000 hourly rows of 200 accounts x 40 models x 3 keys, with their
 * calls and sums, as `storeWindow` would have left them; a thousand times as fast.
 */
export async function fillStore(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const accounts = JSON.stringify(Array.from({ length: ACCOUNTS }, (_, index) => [index + 1]));
  await sql`
    insert into fal_accounts (id, slug, name, note, timezone, color, sealed_key, key_hint,
      is_default, version, created_at, updated_at)
    select 'account-' || ${cell(0)}, 'account-' || ${cell(0)}, 'Account ' || ${cell(0)}, '', ${ZONE},
      1, '', '', null, 1, '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'
    from ${jsonRows(engine, accounts)}`.execute(db);
  await db.insertInto('usage_zones').values({ id: 1, name: ZONE }).execute();
  await insertSeries(db, engine);
  await insertSlots(db, engine);
  await sumAcross(db, 'by_account_id');
  await sumAcross(db, 'by_endpoint_id');
  await sumDays(db);
  await insertWindows(db, engine);
  await sql`${sql.raw(engine === 'postgres' ? 'analyze' : 'pragma optimize')}`.execute(db);
}

/** In three generations, so that ids are known: 1.. across endpoints, then accounts, then fal's own. */
async function insertSeries(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const rows: unknown[][] = [];
  const add = (
    scope: string,
    measure: string,
    account: number | null,
    model: number | null,
    key: number | null,
    across: readonly [number, number] | null,
  ) => {
    const billed = measure === 'billed';
    const id = rows.length + 1;
    rows.push([
      id,
      scope,
      measure,
      account === null ? null : `account-${account}`,
      model === null ? null : `fal-ai/model-${model}`,
      billed && model !== null ? 'images' : null,
      billed && model !== null ? 5_000_000 : null,
      billed ? 'USD' : null,
      key === null ? null : `Cabina ${key}`,
      key === null ? null : `key-${account}-${key}`,
      across?.[0] ?? null,
      across?.[1] ?? null,
      String(id),
    ]);
    return id;
  };
  const models = Array.from({ length: MODELS }, (_, index) => index + 1);
  const keys = Array.from({ length: KEYS }, (_, index) => index + 1);
  const billedBy = models.map((model) => add('by_endpoint', 'billed', null, model, null, null));
  const calledBy = models.map((model) => add('by_endpoint', 'called', null, model, null, null));
  const perAccount = Array.from({ length: ACCOUNTS }, (_, index) => {
    const account = index + 1;
    const billed = keys.map((key) => add('by_account', 'billed', account, null, key, null));
    return { account, billed, called: add('by_account', 'called', account, null, null, null) };
  });
  for (const { account, billed, called } of perAccount) {
    for (const [index, model] of models.entries()) {
      for (const [place, key] of keys.entries()) {
        add('account', 'billed', account, model, key, [billed[place] ?? 0, billedBy[index] ?? 0]);
      }
      add('account', 'called', account, model, null, [called, calledBy[index] ?? 0]);
    }
  }
  const text = (index: number) => sql`given.value->>${sql.lit(index)}`;
  await sql`
    insert into usage_series (id, scope, measure, account_id, endpoint_id, unit, unit_price, currency,
      auth_detail, api_key_id, by_account_id, by_endpoint_id, identity)
    select ${cell(0)}, ${text(1)}, ${text(2)}, ${text(3)}, ${text(4)}, ${text(5)}, ${cell(6)},
      ${text(7)}, ${text(8)}, ${text(9)}, ${cell(10)}, ${cell(11)}, ${text(12)}
    from ${jsonRows(engine, JSON.stringify(rows))}`.execute(db);
}

/** Hours of events, by account: different days for each, evenings in the zone. */
function eventHours(): [account: number, slot: number][] {
  return Array.from({ length: ACCOUNTS }, (_, index) => index + 1).flatMap((account) =>
    Array.from({ length: WEEKS * 2 }, (_, event) => {
      const day =
        FIRST_DAY + Math.floor(event / 2) * 7 + ((account * 3 + (event % 2) * 4 + event) % 7);
      const start = day * MINUTES_PER_DAY - ZONE_MINUTES + (16 + (account % 4)) * 60;
      return Array.from({ length: EVENT_HOURS }, (_, hour): [number, number] => {
        return [account, start + hour * 60];
      });
    }).flat(),
  );
}

async function insertSlots(db: Kysely<Tables>, engine: Engine): Promise<void> {
  await sql`create table hours (account_id text, slot integer)`.execute(db);
  await sql`
    insert into hours select distinct 'account-' || ${cell(0)}, ${cell(1)}
    from ${jsonRows(engine, JSON.stringify(eventHours()))}`.execute(db);
  await sql`create index hours_account on hours (account_id, slot)`.execute(db);
  await sql`
    insert into usage_slots (series_id, slot, ${MEASURE_COLUMNS})
    select series.id, hours.slot,
      case measure when 'billed' then 5000000 * (1 + (series.id * 7 + hours.slot / 60) % 40) else 0 end,
      case measure when 'billed' then 1 + (series.id * 7 + hours.slot / 60) % 40 else 0 end, 0,
      case measure when 'called' then 60 else 0 end, case measure when 'called' then 59 else 0 end,
      case measure when 'called' then 1 else 0 end, case measure when 'called' then 60 else 0 end,
      case measure when 'called' then 90000 else 0 end, case measure when 'called' then 240000 else 0 end
    from usage_series series join hours on hours.account_id = series.account_id
    where series.scope = 'account' order by series.id, hours.slot`.execute(db);
  await sql`drop table hours`.execute(db);
}

const SUMS = sql.join(MEASURES.map((name) => sql`sum(${sql.ref(name)})`));

async function sumAcross(db: Kysely<Tables>, across: 'by_account_id' | 'by_endpoint_id') {
  await sql`
    insert into usage_slots (series_id, slot, ${MEASURE_COLUMNS})
    select ${sql.ref(across)}, slot, ${SUMS}
    from usage_series join usage_slots on series_id = id
    where scope = 'account' group by ${sql.ref(across)}, slot`.execute(db);
}

async function sumDays(db: Kysely<Tables>): Promise<void> {
  const day = sql`(slot + ${sql.lit(ZONE_MINUTES)}) / ${sql.lit(MINUTES_PER_DAY)}`;
  await sql`
    insert into usage_days (series_id, zone_id, day, ${MEASURE_COLUMNS})
    select series_id, 1, ${day}, ${SUMS} from usage_slots group by series_id, ${day}`.execute(db);
}

async function insertWindows(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const days = Array.from({ length: WEEKS * 7 + 2 }, (_, index) => [FIRST_DAY + index]);
  const readAt = END.add({ minutes: 5 }).toInstant().toString({ smallestUnit: 'millisecond' });
  const lastFinal = FIRST_DAY + WEEKS * 7 - 4;
  await sql`
    insert into sync_windows (account_id, day, slot_minutes, read_at, changed_at, is_final, is_stale,
      is_complete, uncounted, zones)
    select fal_accounts.id, ${cell(0)}, 60, ${readAt}, ${readAt},
      case when ${cell(0)} <= ${lastFinal} then 1 else 0 end, 0, 1, null, ',1,'
    from fal_accounts cross join ${jsonRows(engine, JSON.stringify(days))}`.execute(db);
}
