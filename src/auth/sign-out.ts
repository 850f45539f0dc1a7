import { type Actor, recordAudit } from '../audit/audit.ts';
import type { Services } from '../services.ts';
import { endSessions } from './sessions.ts';
import type { Person } from './viewer.ts';

/** Ends the session that somebody is in. */
export async function signOut(
  { store, now }: Services,
  actor: Actor,
  { sessionId }: Person,
): Promise<void> {
  await store.db.transaction().execute(async (trx) => {
    await trx.deleteFrom('sessions').where('id', '=', sessionId).execute();
    await recordAudit(trx, now(), { actor, action: 'session.ended' });
  });
}

/**
 * Ends all of somebody's sessions, or all but the one they are in, and the sign-ins that wait for
 * their second step.
 */
export async function signOutEverywhere(
  { store, now }: Services,
  actor: Actor,
  { id, email, sessionId }: Person,
  which: 'all' | 'others',
): Promise<void> {
  await store.db.transaction().execute(async (trx) => {
    const ended = await endSessions(trx, id, which === 'others' ? sessionId : undefined);
    await recordAudit(trx, now(), {
      actor,
      action: 'session.ended_everywhere',
      target: email,
      detail: { which, ended },
    });
  });
}
