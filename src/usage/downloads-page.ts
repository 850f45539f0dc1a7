import { type Request, Router } from 'express';
import { allow } from '../auth/access.ts';
import type { Services } from '../services.ts';
import {
  type HistoryFileSource,
  sendFocusCsv,
  sendUsageCsv,
  sendUsageXlsx,
} from './history-files.ts';
import { historyQuestion, readHistoryRequest } from './history-request.ts';

/** `/admin/usage.csv`, `/admin/usage.xlsx` and `/admin/focus.csv`: the files, for people. */
export function downloadsPage({ history, store, settings, now }: Services): Router {
  const router = Router();
  const source: HistoryFileSource = {
    history,
    now,
    question(req: Request) {
      const asked = readHistoryRequest(req.query, settings.current(), now());
      const { chosen } = req.res?.locals.accountChoice ?? {};
      return historyQuestion(store.db, {
        ...asked,
        account: asked.account ?? chosen?.slug ?? null,
      });
    },
    forPeople: true,
  };
  router.get('/usage.csv', allow('viewer'), sendUsageCsv(source));
  router.get('/usage.xlsx', allow('viewer'), sendUsageXlsx(source));
  router.get('/focus.csv', allow('viewer'), sendFocusCsv(source));
  return router;
}
