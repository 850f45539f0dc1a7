import { type Request, type RequestHandler, Router } from 'express';
import { allow } from '../auth/access.ts';
import type { Services } from '../services.ts';
import { explorerDefaults, readExplorerQuery } from './explorer-query.ts';
import {
  type HistoryFileSource,
  sendFocusCsv,
  sendUsageCsv,
  sendUsageXlsx,
} from './history-files.ts';

/**
 * `/admin/usage.csv`, `/admin/usage.xlsx` and `/admin/focus.csv`: what `/admin/usage` shows at the same
 * address, as files for people.
 * @param limit the same as for programs' files.
 */
export function downloadsPage({ history, settings, now }: Services, limit: RequestHandler): Router {
  const router = Router();
  const source: HistoryFileSource = {
    history,
    now,
    async question({ query, res }: Request) {
      const choice = res?.locals.accountChoice ?? { accounts: [], chosen: null };
      const defaults = explorerDefaults(choice, settings.current().timezone);
      const { question } = readExplorerQuery(query, defaults, now());
      const account = choice.accounts.find(({ id }) => id === question.accountId);
      return { ...question, accountName: account?.name ?? null };
    },
    forPeople: true,
  };
  router.get('/usage.csv', allow('viewer'), limit, sendUsageCsv(source));
  router.get('/usage.xlsx', allow('viewer'), limit, sendUsageXlsx(source));
  router.get('/focus.csv', allow('viewer'), limit, sendFocusCsv(source));
  return router;
}
