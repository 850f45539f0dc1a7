import type { Request } from 'express';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import { RequestError } from '../http/failure.ts';
import { rowId } from '../http/row-id.ts';
import type { Services } from '../services.ts';
import type { PlannedEvent } from './planned-event.ts';
import { findEvent } from './queries.ts';

/** The event in a route's `:id`, with its account. @throws RequestError `not_found` */
export async function eventOf(
  { store }: Pick<Services, 'store'>,
  req: Request,
): Promise<{ event: PlannedEvent; account: FalAccount }> {
  const event = await findEvent(store.db, rowId(req));
  if (!event) throw new RequestError('not_found', { subject: 'event' });
  return { event, account: await existingAccount({ store }, event.accountId) };
}

/** @param asked slug or id. @throws RequestError `not_found` */
export async function existingAccount(
  { store }: Pick<Services, 'store'>,
  asked: string,
): Promise<FalAccount> {
  const account = await findAccount(store.db, asked);
  if (!account) throw new RequestError('not_found', { subject: 'account' });
  return account;
}
