import type { Request } from 'express';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import type { PlannedEvent } from './planned-event.ts';
import { findEvent } from './queries.ts';

/** The event in a route's `:event`, with its account. @throws RequestError `not_found` */
export async function eventOf(
  { store }: Pick<Services, 'store'>,
  { params }: Request,
): Promise<{ event: PlannedEvent; account: FalAccount }> {
  const id = String(params.event);
  // PostgreSQL refuses some texts.
  const event = /^[\w-]{1,64}$/.test(id) ? await findEvent(store.db, id) : null;
  const account = event && (await findAccount(store.db, event.accountId));
  if (!event || !account) throw new RequestError('not_found', { subject: 'event' });
  return { event, account };
}
