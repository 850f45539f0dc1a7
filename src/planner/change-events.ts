import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { type Actor, type AuditAction, recordAudit } from '../audit/audit.ts';
import { holdNamedAccount } from '../history/hold-account.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import type { EventClosing, EventFields, PlannedEvent } from './planned-event.ts';
import { dropEvent, findEvent, putEvent } from './queries.ts';

type ChangeServices = Pick<Services, 'store' | 'now'>;

/** An event as somebody saw it: a change of it that came in between is a conflict. */
export interface SeenEvent {
  id: string;
  version: number;
}

/** @throws RequestError `not_found` of the account. */
export function planEvent(
  services: ChangeServices,
  actor: Actor,
  accountId: string,
  fields: EventFields,
): Promise<PlannedEvent> {
  return services.store.db.transaction().execute(async (trx) => {
    await holdNamedAccount(trx, accountId);
    const event: PlannedEvent = {
      ...fields,
      id: randomUUID(),
      accountId,
      participantsCame: null,
      priceCharged: null,
      closedAt: null,
      version: 1,
    };
    await putEvent(trx, event, services.now());
    await note(trx, services, actor, 'event.planned', event);
    return event;
  });
}

/** @throws RequestError `not_found`, or `conflict` when it is not the version that was seen. */
export function changeEvent(
  services: ChangeServices,
  actor: Actor,
  seen: SeenEvent,
  fields: EventFields,
): Promise<PlannedEvent> {
  return change(services, actor, seen, 'event.changed', (event) => ({ ...event, ...fields }));
}

/** What it came to. It can be closed again, to correct that. @throws RequestError as above. */
export function closeEvent(
  services: ChangeServices,
  actor: Actor,
  seen: SeenEvent,
  closing: EventClosing,
): Promise<PlannedEvent> {
  return change(services, actor, seen, 'event.closed', (event) => ({
    ...event,
    ...closing,
    closedAt: event.closedAt ?? services.now(),
  }));
}

/** @throws RequestError as above. */
export function deleteEvent(
  services: ChangeServices,
  actor: Actor,
  seen: SeenEvent,
): Promise<void> {
  return services.store.db.transaction().execute(async (trx) => {
    const event = await seenEvent(trx, seen);
    await dropEvent(trx, event.id);
    await note(trx, services, actor, 'event.deleted', event);
  });
}

function change(
  services: ChangeServices,
  actor: Actor,
  seen: SeenEvent,
  action: AuditAction,
  changed: (event: PlannedEvent) => PlannedEvent,
): Promise<PlannedEvent> {
  return services.store.db.transaction().execute(async (trx) => {
    const before = await seenEvent(trx, seen);
    const event = { ...changed(before), version: before.version + 1 };
    await putEvent(trx, event, services.now());
    await note(trx, services, actor, action, event);
    return event;
  });
}

/** Nobody else changes the event until the transaction is over. */
async function seenEvent(trx: Transaction<Tables>, seen: SeenEvent): Promise<PlannedEvent> {
  const found = await findEvent(trx, seen.id);
  if (!found) throw new RequestError('not_found', { subject: 'event' });
  await holdNamedAccount(trx, found.accountId);
  const event = await findEvent(trx, seen.id);
  if (!event) throw new RequestError('not_found', { subject: 'event' });
  if (event.version !== seen.version) throw new RequestError('conflict');
  return event;
}

function note(
  trx: Transaction<Tables>,
  { now }: ChangeServices,
  actor: Actor,
  action: AuditAction,
  { name, start }: PlannedEvent,
): Promise<void> {
  const detail = { at: start.toString({ smallestUnit: 'second' }) };
  return recordAudit(trx, now(), { actor, action, target: name, detail });
}
