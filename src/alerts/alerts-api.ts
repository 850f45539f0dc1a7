import { Router } from 'express';
import { findAccount, listAccounts } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow, identifyCaller } from '../auth/access.ts';
import { RequestError } from '../http/failure.ts';
import type { Services } from '../services.ts';
import { acknowledge, incidentOf, readIncidentsQuestion, resolve } from './asked-incidents.ts';
import { incidentAnswer, incidentHistoryAnswer } from './incident-answer.ts';
import { listIncidents } from './incident-queries.ts';
import { incidentSentence } from './incident-words.ts';
import type { Words } from './rules-view.ts';

/** `/api/v1/alerts`: what rules found, for programs with a token and for people of the panel. */
export function alertsApi(services: Services): Router {
  const router = Router();
  router.use(identifyCaller(services));

  router.get('/', allow('viewer'), async (req, res) => {
    const { answer } = await listedAlerts(services, req.query, res.locals);
    res.json(answer);
  });

  router.get('/:id', allow('viewer'), async (req, res) => {
    const found = await incidentOf(services, req);
    const { t, format } = res.locals;
    res.json({
      ok: true,
      alert: incidentHistoryAnswer(found, res.locals),
      message: incidentSentence(found.incident, { t, format, timezone: found.account.timezone }),
    });
  });

  for (const [path, act, done] of [
    ['acknowledgement', acknowledge, 'alerts.done.acknowledged'],
    ['resolution', resolve, 'alerts.done.resolved'],
  ] as const) {
    router.post(`/:id/${path}`, allow('operator'), async (req, res) => {
      const { incident } = await incidentOf(services, req);
      await act(services, incident.id, actorOf(req));
      const { incident: changed, account } = await incidentOf(services, req);
      res.json({
        ok: true,
        alert: incidentAnswer(changed, account, res.locals),
        message: res.locals.t(done),
      });
    });
  }

  return router;
}

/**
 * A page of what rules found, as the list answers it, and each with its account.
 * @throws RequestError naming what can't be used or is not known.
 */
export async function listedAlerts(
  { store: { db } }: Pick<Services, 'store'>,
  query: unknown,
  words: Words,
) {
  const { state, before, limit, account: asked } = readIncidentsQuestion(query);
  const account = asked === null ? null : await findAccount(db, asked);
  if (asked !== null && !account) throw new RequestError('not_found', { subject: 'account' });
  const { incidents, next } = await listIncidents(db, {
    ...{ accountId: account?.id ?? null, before, limit },
    state: state === 'all' ? null : state,
  });
  const byId = new Map((await listAccounts(db)).map((each) => [each.id, each]));
  const alerts = incidents.flatMap((incident) => {
    const whose = byId.get(incident.accountId);
    return whose ? [{ incident, account: whose }] : [];
  });
  const answer = {
    ok: true,
    alerts: alerts.map((each) => incidentAnswer(each.incident, each.account, words)),
    next,
    message: words.t('alerts.title'),
  };
  return { answer, alerts };
}
