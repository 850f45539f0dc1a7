import { Readable } from 'node:stream';
import compression from 'compression';
import { type Request, type RequestHandler, Router } from 'express';
import { allow, identifyCaller } from '../auth/access.ts';
import { answerSync } from '../history/sync-api.ts';
import { sendPieces } from '../http/download.ts';
import type { Services } from '../services.ts';
import { answerBillingEvents } from './billing-events-api.ts';
import { historyAnswer } from './history-answer.ts';
import {
  type HistoryFileSource,
  sendFocusCsv,
  sendUsageCsv,
  sendUsageXlsx,
} from './history-files.ts';
import { historyQuestion, readHistoryRequest, refuseManyHours } from './history-request.ts';

/**
 * `/api/v1`: what the local copy knows, for programs with a token and for people of the panel.
 * @param limit for what is asked of fal, and for files: either takes long.
 */
export function historyApi(services: Services, limit: RequestHandler): Router {
  const { history, store, settings, now } = services;
  const router = Router();
  router.use(identifyCaller(services));

  const read = (req: Request) => readHistoryRequest(req.query, settings.current(), now());
  const source: HistoryFileSource = {
    history,
    now,
    question: (req) => historyQuestion(store.db, read(req)),
    forPeople: false,
  };

  router.get('/usage', allow('viewer'), async (req, res) => {
    const asked = read(req);
    refuseManyHours(asked);
    const answer = await history.usage(await historyQuestion(store.db, asked));
    const pieces = historyAnswer(answer, res.locals.t('usage.success'));
    await sendPieces(res.type('application/json'), Readable.from(pieces));
  });
  router.get('/usage.csv', allow('viewer'), limit, compression(), sendUsageCsv(source));
  router.get('/usage.xlsx', allow('viewer'), limit, sendUsageXlsx(source));
  router.get('/focus.csv', allow('viewer'), limit, compression(), sendFocusCsv(source));
  router.get('/sync', allow('viewer'), answerSync(services));
  router.get('/billing-events', allow('viewer'), limit, answerBillingEvents(services));
  return router;
}
