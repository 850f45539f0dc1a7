import { Router } from 'express';
import { findAccount } from '../accounts/accounts.ts';
import { allow } from '../auth/access.ts';
import { RequestError } from '../http/failure.ts';
import { rowId } from '../http/row-id.ts';
import { earlier } from '../instants.ts';
import type { Services } from '../services.ts';
import { toInstant } from '../store/values.ts';
import { evidenceOf } from './evidence.ts';
import type { Facts } from './finding.ts';

/** `/admin/alerts/:id/evidence`: what fal's support asks for, of an incident with an account, as a file. */
export function evidencePage({ store, now }: Pick<Services, 'store' | 'now'>): Router {
  const { db } = store;
  const router = Router();
  router.get('/:id/evidence', allow('operator'), async (req, res) => {
    const incident = await db
      .selectFrom('incidents')
      .select(['account_id', 'facts', 'opened_at', 'resolved_at'])
      .where('id', '=', rowId(req))
      .where('kind', '=', 'account_trouble')
      .executeTakeFirst();
    const account = incident && (await findAccount(db, incident.account_id));
    if (!incident || !account) throw new RequestError('not_found');
    const start = beganAt(JSON.parse(incident.facts), toInstant(incident.opened_at));
    const end = incident.resolved_at === null ? now() : toInstant(incident.resolved_at);
    const text = await evidenceOf(db, account, { start, end }, now());
    const day = start.toString().slice(0, 10);
    res
      .type('text/plain')
      .set('Content-Disposition', `attachment; filename="fal-evidence-${account.slug}-${day}.txt"`)
      .send(text);
  });
  return router;
}

/** Before it was told. */
function beganAt({ trouble_since: since }: Facts, openedAt: Temporal.Instant): Temporal.Instant {
  return since?.as === 'moment' ? earlier(Temporal.Instant.from(since.value), openedAt) : openedAt;
}
