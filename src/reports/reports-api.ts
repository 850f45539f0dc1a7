import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { FalAccount } from '../accounts/accounts.ts';
import { allow, identifyCaller } from '../auth/access.ts';
import { callerSignal } from '../http/caller.ts';
import { RequestError } from '../http/failure.ts';
import { rowId } from '../http/row-id.ts';
import { existingAccount } from '../planner/event-page.ts';
import type { Services } from '../services.ts';
import { CADENCES, type Cadence } from './period.ts';
import { readReport } from './read-report.ts';
import type { Report } from './report.ts';
import { listedAnswer, reportAnswer } from './report-answer.ts';
import { askedPeriod, PAGE_SIZE, readArchiveRequest, readReportRequest } from './report-request.ts';
import { archivedId, findReport, listReports } from './report-rows.ts';
import { plainReport } from './report-words.ts';

/** `/api/v1/reports`: reports of any period, and those that were made. */
export function reportsApi(services: Services, limit: RequestHandler): Router {
  const { settings, store, now } = services;
  const { db } = store;
  const router = Router();
  router.use(identifyCaller(services));

  for (const cadence of CADENCES) {
    router.get(`/${cadence}`, allow('viewer'), limit, async (req, res) => {
      const { report, archived } = await askedReport(cadence, req, res);
      res.vary('Accept');
      // What takes anything gets JSON.
      if (req.accepts(['json', 'text/plain']) === 'text/plain') {
        return void res.type('text/plain').send(plainReport(report, res.locals));
      }
      res.json({
        ok: true,
        report: { ...reportAnswer({ id: null, isLate: false, report }), archived_id: archived },
        message: res.locals.t('reports.success'),
      });
    });
  }

  router.get('/', allow('viewer'), async (req, res) => {
    const asked = readArchiveRequest(req.query);
    const account = await accountOf(asked.account ?? null);
    const filter = { cadence: asked.cadence ?? null, accountId: account?.id ?? null };
    const found = await listReports(db, filter, {
      offset: (asked.page - 1) * PAGE_SIZE,
      limit: PAGE_SIZE + 1,
    });
    res.json({
      ok: true,
      reports: found.slice(0, PAGE_SIZE).map(listedAnswer),
      page: asked.page,
      has_more: found.length > PAGE_SIZE,
      message: res.locals.t('reports.title'),
    });
  });

  router.get('/:id', allow('viewer'), async (req, res) => {
    const found = await findReport(db, rowId(req));
    if (!found) throw new RequestError('not_found', { subject: 'report' });
    res.json({
      ok: true,
      report: { ...reportAnswer(found), archived_id: found.id },
      message: res.locals.t('reports.success'),
    });
  });

  async function askedReport(
    cadence: Cadence,
    req: Request,
    res: Response,
  ): Promise<{ report: Report; archived: string | null }> {
    const asked = readReportRequest(cadence, req.query);
    const account = await accountOf(asked.account);
    const timezone = asked.timezone ?? account?.timezone ?? settings.current().timezone;
    const period = askedPeriod(asked, timezone, now());
    const [report, archived] = await Promise.all([
      readReport(services, { period, account }, callerSignal(res)),
      archivedId(db, period, account?.id ?? null),
    ]);
    return { report, archived };
  }

  /** @throws RequestError `not_found` */
  async function accountOf(asked: string | null): Promise<FalAccount | null> {
    return asked === null ? null : await existingAccount(services, asked);
  }

  return router;
}
