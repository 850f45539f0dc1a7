import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import { type Actor, type AuditAction, recordAudit } from '../audit/audit.ts';
import { holdNamedAccount } from '../history/hold-account.ts';
import { RequestError } from '../http/failure.ts';
import { toDecimal } from '../money.ts';
import type { Services } from '../services.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import {
  type CreditEntry,
  type EntryFields,
  type EntrySource,
  isSameCredit,
  standing,
} from './ledger.ts';
import { dismissTopUp, entriesOf, insertEntries, revisionsOf } from './ledger-rows.ts';
import type { TopUp } from './top-ups.ts';

type ChangeServices = Pick<Services, 'store' | 'now'>;

/** An entry as somebody saw it: a correction of it that came in between is a conflict. */
export interface SeenEntry {
  id: string;
  revision: number;
}

/**
 * Writes entries down, all of them or none, and answers with them. What is there already is not written
 * down once more: a form sent twice, or a file that two people import at once.
 * @throws RequestError `not_found` of the account; of field `csv` or `at` where one is there already.
 */
export function recordEntries(
  services: ChangeServices,
  actor: Actor,
  accountId: string,
  entries: readonly EntryFields[],
  source: Exclude<EntrySource, 'proposal'>,
): Promise<CreditEntry[]> {
  return change(services, accountId, async (trx, account) => {
    const known = standing(await entriesOf(trx, account.id));
    if (entries.some((entry) => known.some((other) => isSameCredit(other, entry)))) {
      const field = source === 'csv' ? 'csv' : 'at';
      throw new RequestError('invalid_request', { faults: [{ field, fault: 'already_there' }] });
    }
    const written = entries.map((fields) => newEntry(services, actor, account, fields, source));
    await insertEntries(trx, written);
    for (const entry of written)
      await note(trx, services, actor, 'credits.recorded', account, entry);
    return written;
  });
}

/**
 * Confirms that a rise of the balance was these credits. Of two who do so at once, one does.
 * @throws RequestError `not_found`; `conflict` when that rise is explained already.
 */
export function confirmTopUp(
  services: ChangeServices,
  actor: Actor,
  accountId: string,
  topUp: Pick<TopUp, 'after'>,
  fields: EntryFields,
): Promise<void> {
  return change(services, accountId, async (trx, account) => {
    const known = standing(await entriesOf(trx, account.id));
    if (known.some(({ seenAfter }) => seenAfter?.equals(topUp.after))) {
      throw new RequestError('conflict');
    }
    const entry = {
      ...newEntry(services, actor, account, fields, 'proposal'),
      seenAfter: topUp.after,
    };
    await insertEntries(trx, [entry]);
    await note(trx, services, actor, 'credits.recorded', account, entry);
  });
}

/** Says that a rise of the balance was no purchase; it is not proposed again. @throws RequestError `not_found` */
export function dismiss(
  services: ChangeServices,
  actor: Actor,
  accountId: string,
  seenAfter: Temporal.Instant,
): Promise<void> {
  return change(services, accountId, async (trx, account) => {
    await dismissTopUp(trx, account.id, seenAfter, { at: services.now(), by: actor.name });
    await recordAudit(trx, services.now(), {
      actor,
      action: 'credits.dismissed',
      target: account.name,
      detail: { at: toText(seenAfter) },
    });
  });
}

/** What an entry should have said. @throws RequestError `not_found`; `conflict` when it was corrected since. */
export function correctEntry(
  services: ChangeServices,
  actor: Actor,
  accountId: string,
  seen: SeenEntry,
  fields: EntryFields,
): Promise<void> {
  return revise(services, actor, accountId, seen, 'credits.corrected', (entry) => ({
    ...entry,
    ...fields,
  }));
}

/** Takes an entry back. @throws RequestError `not_found`; `conflict` when it was corrected since. */
export function voidEntry(
  services: ChangeServices,
  actor: Actor,
  accountId: string,
  seen: SeenEntry,
): Promise<void> {
  return revise(services, actor, accountId, seen, 'credits.voided', (entry) => ({
    ...entry,
    isVoid: true,
  }));
}

function revise(
  services: ChangeServices,
  actor: Actor,
  accountId: string,
  seen: SeenEntry,
  action: AuditAction,
  revised: (entry: CreditEntry) => CreditEntry,
): Promise<void> {
  return change(services, accountId, async (trx, account) => {
    const last = (await revisionsOf(trx, account.id, seen.id)).at(-1);
    if (!last || last.isVoid) throw new RequestError('not_found', { subject: 'credit_entry' });
    if (last.revision !== seen.revision) throw new RequestError('conflict');
    const entry: CreditEntry = {
      ...revised(last),
      revision: last.revision + 1,
      recordedAt: services.now(),
      recordedBy: actor.name,
    };
    await insertEntries(trx, [entry]);
    await note(trx, services, actor, action, account, entry);
  });
}

/** One change of an account's ledger at a time. */
function change<T>(
  { store }: ChangeServices,
  accountId: string,
  work: (trx: Transaction<Tables>, account: FalAccount) => Promise<T>,
): Promise<T> {
  return store.db.transaction().execute(async (trx) => {
    const account = await findAccount(trx, accountId);
    if (!account) throw new RequestError('not_found', { subject: 'account' });
    await holdNamedAccount(trx, account.id);
    return work(trx, account);
  });
}

function newEntry(
  { now }: ChangeServices,
  actor: Actor,
  account: FalAccount,
  fields: EntryFields,
  source: EntrySource,
): CreditEntry {
  return {
    ...fields,
    id: randomUUID(),
    accountId: account.id,
    revision: 0,
    isVoid: false,
    source,
    seenAfter: null,
    recordedAt: now(),
    recordedBy: actor.name,
  };
}

function note(
  trx: Transaction<Tables>,
  { now }: ChangeServices,
  actor: Actor,
  action: AuditAction,
  account: FalAccount,
  { kind, amount, currency, at }: CreditEntry,
): Promise<void> {
  const detail = { kind, amount: `${toDecimal(amount)} ${currency}`, at: toText(at) };
  return recordAudit(trx, now(), { actor, action, target: account.name, detail });
}
