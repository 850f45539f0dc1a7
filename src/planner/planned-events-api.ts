import { Router } from 'express';
import { allow, identifyCaller } from '../auth/access.ts';
import { callerSignal } from '../http/caller.ts';
import type { Services } from '../services.ts';
import { checkAnswer, verdictText } from './check-answer.ts';
import { readCheckRequest } from './check-request.ts';
import { readCheck } from './read-check.ts';

/** `/api/v1/planned-events`: whether credits will last, for programs with a token and for people of the panel. */
export function plannedEventsApi(services: Services): Router {
  const { settings, now } = services;
  const router = Router();
  router.use(identifyCaller(services));

  // It changes nothing: a viewer may ask.
  router.post('/check', allow('viewer'), async (req, res) => {
    const { format, t } = res.locals;
    const { timezone } = settings.current();
    const request = readCheckRequest(req.body, { timezone });
    const checked = await readCheck(services, request, callerSignal(res));
    const zone = request.timezone ?? checked.account?.timezone ?? timezone;
    res.json({
      ok: true,
      check: checkAnswer(checked, zone, now()),
      message: verdictText(checked, format, t),
    });
  });
  return router;
}
