import type { Request } from 'express';
import { z } from 'zod';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import type { Actor } from '../audit/audit.ts';
import { RequestError } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import { rowId } from '../http/row-id.ts';
import type { Services } from '../services.ts';
import { withoutBlanks } from '../usage/request-fields.ts';
import { acknowledgeIncident, type ChangeOutcome, resolveIncident } from './change-incidents.ts';
import { INCIDENT_STATES } from './incident.ts';
import { findIncident, type IncidentHistory } from './incident-queries.ts';

type AskedServices = Pick<Services, 'store' | 'now'>;

/** What of the incidents is asked for, and where a page begins: the `next` of the one before. */
const incidentsQuery = z.object({
  state: z.enum([...INCIDENT_STATES, 'unresolved', 'all'], 'unknown').optional(),
  before: z
    .string('unusable')
    .regex(/^\d{4}-\d\d-\d\dT[\d:.]{5,12}Z~[\w-]{1,64}$/, 'unusable')
    .optional(),
});

/** @throws RequestError */
export function readIncidentsPage(given: unknown) {
  const { state = null, before = null } = parseBody(incidentsQuery, withoutBlanks(given));
  return { state, before };
}

const MAX_LIMIT = 500;

/** The same of programs, which say how many they want and of which account. */
export const incidentsApiQuery = incidentsQuery.extend({
  account: z.string('unusable').trim().max(64, 'unusable').optional(),
  limit: z.coerce
    .number('not_a_number')
    .int('not_a_number')
    .min(1, 'out_of_range')
    .max(MAX_LIMIT, 'out_of_range')
    .default(100),
});

/** @throws RequestError */
export function readIncidentsQuestion(given: unknown) {
  const read = parseBody(incidentsApiQuery, withoutBlanks(given));
  const { state = null, before = null, account = null, limit } = read;
  return { state, before, account, limit };
}

/** The incident in a route's `:id`, with its account. @throws RequestError `not_found` */
export async function incidentOf(
  { store }: Pick<Services, 'store'>,
  req: Request,
): Promise<IncidentHistory & { account: FalAccount }> {
  const found = await findIncident(store.db, rowId(req));
  const account = found && (await findAccount(store.db, found.incident.accountId));
  if (!account) throw new RequestError('not_found', { subject: 'incident' });
  return { ...found, account };
}

/** Somebody sees to it. @throws RequestError `conflict` for what is over. */
export async function acknowledge(
  { store, now }: AskedServices,
  id: string,
  actor: Actor,
): Promise<void> {
  refuse(await acknowledgeIncident(store.db, now(), id, actor));
}

/** Somebody says that it is over. @throws RequestError `not_found` */
export async function resolve(
  { store, now }: AskedServices,
  id: string,
  actor: Actor,
): Promise<void> {
  refuse(await resolveIncident(store.db, now(), id, actor));
}

function refuse(outcome: ChangeOutcome): void {
  if (outcome === 'not_found') throw new RequestError('not_found', { subject: 'incident' });
  if (outcome === 'resolved') throw new RequestError('conflict', { subject: 'incident' });
}
