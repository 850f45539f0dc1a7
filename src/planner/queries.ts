import { type Kysely, type Selectable, sql } from 'kysely';
import { digits } from '../store/big-numbers.ts';
import type { PlannedEventModelsTable, PlannedEventsTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import type { PlannedModel } from './plan-fields.ts';
import type { PlannedEvent } from './planned-event.ts';

/** @param id any text; what is no id finds nothing. */
export async function findEvent(db: Kysely<Tables>, id: string): Promise<PlannedEvent | null> {
  const [event] = await withModels(db, await selectEvents(db).where('id', '=', id).execute());
  return event ?? null;
}

/** Events that end after an instant, the first first. @param accountId `null`: of all accounts. */
export async function eventsFrom(
  db: Kysely<Tables>,
  accountId: string | null,
  from: Temporal.Instant,
): Promise<PlannedEvent[]> {
  const query = ofAccount(db, accountId).where('ends_at', '>', toText(from)).orderBy('starts_at');
  return withModels(db, await query.orderBy('id').execute());
}

/** Events that ended by then, the last first. @param accountId `null`: of all accounts. */
export async function eventsBefore(
  db: Kysely<Tables>,
  accountId: string | null,
  until: Temporal.Instant,
  limit: number,
): Promise<PlannedEvent[]> {
  const query = ofAccount(db, accountId)
    .where('ends_at', '<=', toText(until))
    .orderBy('starts_at', 'desc');
  return withModels(db, await query.orderBy('id').limit(limit).execute());
}

/** Writes an event with its models in the place of whatever was there of that id. */
export async function putEvent(
  trx: Kysely<Tables>,
  event: PlannedEvent,
  at: Temporal.Instant,
): Promise<void> {
  const row = {
    account_id: event.accountId,
    name: event.name,
    venue: event.venue,
    client: event.client,
    note: event.note,
    starts_at: toText(event.start),
    ends_at: toText(event.end),
    timezone: event.timezone,
    participants: event.participants,
    outputs_per_participant: event.outputsPerParticipant,
    allowance_percent: event.allowancePercent,
    margin_percent: event.marginPercent,
    price_per_output: event.pricePerOutput,
    peak_participants: event.peakParticipants,
    concurrency: event.concurrency,
    api_key_ids: event.apiKeyIds && JSON.stringify(event.apiKeyIds),
    price_charged: event.priceCharged,
    participants_came: event.participantsCame,
    closed_at: event.closedAt && toText(event.closedAt),
    version: event.version,
    updated_at: toText(at),
  };
  await trx
    .insertInto('planned_events')
    .values({ ...row, id: event.id, created_at: toText(at) })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
  await trx.deleteFrom('planned_event_models').where('event_id', '=', event.id).execute();
  if (!event.models) return;
  await trx
    .insertInto('planned_event_models')
    .values(
      event.models.map(({ endpointId, share, unitsPerOutput }, position) => ({
        event_id: event.id,
        position,
        endpoint_id: endpointId,
        share,
        units_per_output: unitsPerOutput,
      })),
    )
    .execute();
}

export async function dropEvent(trx: Kysely<Tables>, id: string): Promise<void> {
  await trx.deleteFrom('planned_event_models').where('event_id', '=', id).execute();
  await trx.deleteFrom('planned_events').where('id', '=', id).execute();
}

/** Everything that was planned for an account. */
export async function dropEventsOf(trx: Kysely<Tables>, accountId: string): Promise<void> {
  await trx
    .deleteFrom('planned_event_models')
    .where('event_id', 'in', (query) =>
      query.selectFrom('planned_events').select('id').where('account_id', '=', accountId),
    )
    .execute();
  await trx.deleteFrom('planned_events').where('account_id', '=', accountId).execute();
}

function ofAccount(db: Kysely<Tables>, accountId: string | null) {
  const query = selectEvents(db);
  return accountId === null ? query : query.where('account_id', '=', accountId);
}

function selectEvents(db: Kysely<Tables>) {
  return db
    .selectFrom('planned_events')
    .select([
      'id',
      'account_id',
      'name',
      'venue',
      'client',
      'note',
      'starts_at',
      'ends_at',
      'timezone',
      'participants',
      'peak_participants',
      'concurrency',
      'api_key_ids',
      'participants_came',
      'closed_at',
      'version',
    ])
    .select([
      digits(sql.ref('outputs_per_participant')).as('outputs_per_participant'),
      digits(sql.ref('allowance_percent')).as('allowance_percent'),
      digits(sql.ref('margin_percent')).as('margin_percent'),
      digits<string | null>(sql.ref('price_per_output')).as('price_per_output'),
      digits<string | null>(sql.ref('price_charged')).as('price_charged'),
    ]);
}

type Decimals =
  | 'outputs_per_participant'
  | 'allowance_percent'
  | 'margin_percent'
  | 'price_per_output'
  | 'price_charged';

type EventRow = Omit<Selectable<PlannedEventsTable>, Decimals | 'created_at' | 'updated_at'> & {
  outputs_per_participant: string;
  allowance_percent: string;
  margin_percent: string;
  price_per_output: string | null;
  price_charged: string | null;
};

async function withModels(db: Kysely<Tables>, rows: readonly EventRow[]): Promise<PlannedEvent[]> {
  if (rows.length === 0) return [];
  const models = await db
    .selectFrom('planned_event_models')
    .select(['event_id', 'endpoint_id'])
    .select([
      digits(sql.ref('share')).as('share'),
      digits<string | null>(sql.ref('units_per_output')).as('units_per_output'),
    ])
    .where(
      'event_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('event_id')
    .orderBy('position')
    .execute();
  const byEvent = Map.groupBy(models, ({ event_id }) => event_id);
  return rows.map((row) => toEvent(row, byEvent.get(row.id)?.map(toModel) ?? null));
}

function toModel(row: ModelRow): PlannedModel {
  return {
    endpointId: row.endpoint_id,
    share: BigInt(row.share),
    unitsPerOutput: orNull(row.units_per_output),
  };
}

type ModelRow = Pick<Selectable<PlannedEventModelsTable>, 'endpoint_id'> & {
  share: string;
  units_per_output: string | null;
};

function toEvent(row: EventRow, models: PlannedModel[] | null): PlannedEvent {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    venue: row.venue,
    client: row.client,
    note: row.note,
    start: toInstant(row.starts_at),
    end: toInstant(row.ends_at),
    timezone: row.timezone,
    participants: row.participants,
    outputsPerParticipant: BigInt(row.outputs_per_participant),
    allowancePercent: BigInt(row.allowance_percent),
    marginPercent: BigInt(row.margin_percent),
    pricePerOutput: orNull(row.price_per_output),
    models,
    peakParticipants: row.peak_participants,
    concurrency: row.concurrency,
    apiKeyIds: row.api_key_ids === null ? null : (JSON.parse(row.api_key_ids) as string[]),
    priceCharged: orNull(row.price_charged),
    participantsCame: row.participants_came,
    closedAt: row.closed_at === null ? null : toInstant(row.closed_at),
    version: row.version,
  };
}

function orNull(written: string | null): bigint | null {
  return written === null ? null : BigInt(written);
}
