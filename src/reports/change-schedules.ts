import type { Kysely, Transaction } from 'kysely';
import { findAccount } from '../accounts/accounts.ts';
import { type Actor, type AuditAction, recordAudit } from '../audit/audit.ts';
import { refuseUnknownChannels } from '../deliveries/recipients.ts';
import { holdNamedAccount } from '../history/hold-account.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import {
  dropSchedule,
  findSchedule,
  insertSchedule,
  releaseReports,
  updateSchedule,
} from './report-rows.ts';
import type { Schedule, ScheduleFields } from './schedule.ts';

type ChangeServices = Pick<Services, 'store' | 'now'>;

/** A schedule as somebody saw it: a change of it that came in between is a conflict. */
export type SeenSchedule = Pick<Schedule, 'id' | 'version'>;

/**
 * Its reports begin with the next that comes due.
 * @returns `null` when `id` was used before.
 * @throws RequestError `not_found` of the account, `invalid_request` for a channel that is not there.
 */
export function addSchedule(
  services: ChangeServices,
  actor: Actor,
  fields: ScheduleFields & Pick<Schedule, 'id'>,
): Promise<Schedule | null> {
  return services.store.db.transaction().execute(async (trx) => {
    if (fields.accountId !== null) await holdNamedAccount(trx, fields.accountId);
    await refuseUnknownChannels(trx, fields.channelIds);
    const schedule = { ...fields, from: services.now(), version: 1 };
    if (!(await insertSchedule(trx, schedule, services.now()))) return null;
    await note(trx, services, actor, 'report_schedule.added', schedule);
    return schedule;
  });
}

/**
 * What was due by now is not made up by another rule than it was due by.
 * @throws RequestError as above, or `conflict` when it is not the version that was seen.
 */
export function changeSchedule(
  services: ChangeServices,
  actor: Actor,
  seen: SeenSchedule,
  fields: ScheduleFields,
): Promise<Schedule> {
  return services.store.db.transaction().execute(async (trx) => {
    if (fields.accountId !== null) await holdNamedAccount(trx, fields.accountId);
    const before = await seenSchedule(trx, seen);
    await refuseUnknownChannels(trx, fields.channelIds, before.channelIds);
    const at = services.now();
    const from = isSameRule(before, fields) ? before.from : at;
    const schedule = { ...before, ...fields, from, version: before.version + 1 };
    if (!isAboutTheSame(before, fields)) await releaseReports(trx, before);
    await updateSchedule(trx, schedule, at);
    await note(trx, services, actor, 'report_schedule.changed', schedule);
    return schedule;
  });
}

function isAboutTheSame({ timezone, accountId }: Schedule, fields: ScheduleFields): boolean {
  return timezone === fields.timezone && accountId === fields.accountId;
}

function isSameRule(before: Schedule, fields: ScheduleFields): boolean {
  const { cadence, weekday, monthDay } = before;
  return (
    before.isEnabled &&
    isAboutTheSame(before, fields) &&
    cadence === fields.cadence &&
    before.localTime.equals(fields.localTime) &&
    (cadence !== 'weekly' || weekday === fields.weekday) &&
    (cadence !== 'monthly' || monthDay === fields.monthDay)
  );
}

/** @throws RequestError as above. */
export function deleteSchedule(
  services: ChangeServices,
  actor: Actor,
  seen: SeenSchedule,
): Promise<void> {
  return services.store.db.transaction().execute(async (trx) => {
    const schedule = await seenSchedule(trx, seen);
    await dropSchedule(trx, schedule.id);
    await note(trx, services, actor, 'report_schedule.deleted', schedule);
  });
}

/** Nobody else changes it until the transaction is over. */
async function seenSchedule(trx: Transaction<Tables>, seen: SeenSchedule): Promise<Schedule> {
  await trx
    .updateTable('report_schedules')
    .set((row) => ({ version: row.ref('version') }))
    .where('id', '=', seen.id)
    .execute();
  const schedule = await findSchedule(trx, seen.id);
  if (!schedule) throw new RequestError('not_found', { subject: 'report_schedule' });
  if (schedule.version !== seen.version) throw new RequestError('conflict');
  return schedule;
}

async function note(
  trx: Kysely<Tables>,
  { now }: ChangeServices,
  actor: Actor,
  action: AuditAction,
  { accountId, cadence, localTime, timezone, isEnabled }: Schedule,
): Promise<void> {
  const account = accountId === null ? null : await findAccount(trx, accountId);
  await recordAudit(trx, now(), {
    actor,
    action,
    ...(account && { target: account.name }),
    detail: {
      cadence,
      local_time: localTime.toString({ smallestUnit: 'minute' }),
      timezone,
      state: isEnabled ? 'on' : 'off',
    },
  });
}
