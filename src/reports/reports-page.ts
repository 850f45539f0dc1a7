import { type Request, type RequestHandler, type Response, Router } from 'express';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { listChannels } from '../deliveries/channel-rows.ts';
import { callerSignal } from '../http/caller.ts';
import { sendCsv } from '../http/csv.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError } from '../http/failure.ts';
import type { Notice } from '../http/form-answer.ts';
import { pageNumber } from '../http/page-number.ts';
import { rowId } from '../http/row-id.ts';
import type { Services } from '../services.ts';
import { CADENCES, type Cadence, isCadence, periodWith } from './period.ts';
import { readReport } from './read-report.ts';
import { reportAnswer } from './report-answer.ts';
import { reportFile } from './report-csv.ts';
import { PAGE_SIZE } from './report-request.ts';
import {
  findReport,
  type ListedReport,
  listReports,
  listSchedules,
  type StoredReport,
} from './report-rows.ts';
import { type ReportView, reportView, type SummaryView, summaryView } from './report-view.ts';
import { type ScheduleView, scheduleView } from './schedule-view.ts';

interface ArchiveView {
  rows: ArchiveRow[];
  /** The one that is shown alone; `null`: all. */
  cadence: Cadence | null;
  cadences: readonly Cadence[];
  /** Pages of the archive; `null` where there is none. */
  newer: number | null;
  older: number | null;
  schedules: ScheduleView[];
  mayChange: boolean;
  hasAccounts: boolean;
  done: Notice | null;
}

interface ArchiveRow extends SummaryView {
  id: string;
  made: string;
  isLate: boolean;
}

interface ShownReport {
  title: string;
  /** `null`: it is not kept. */
  id: string | null;
  view: ReportView;
  /** When it should have been made; `null`: it was. */
  late: string | null;
}

/** `/admin/reports`: the reports that were made, when more are, and each of them in full. */
export function reportsPage(services: Services, limit: RequestHandler): Router {
  const { settings, store, now } = services;
  const { db } = store;
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const { chosen } = res.locals.accountChoice;
    const cadence = isCadence(req.query.cadence) ? req.query.cadence : null;
    const page = pageNumber(req.query.page);
    if (cadence) res.locals.keptQuery.set('cadence', cadence);
    const [found, accounts, channels, schedules] = await Promise.all([
      listReports(
        db,
        { cadence, accountId: chosen?.id ?? null, andOfAll: true },
        { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE + 1 },
      ),
      listAccounts(db),
      listChannels(db),
      listSchedules(db),
    ]);
    const { format, t } = res.locals;
    res.render('reports/index', {
      rows: found.slice(0, PAGE_SIZE).map((stored) => archiveRow(stored, res)),
      ...{ cadence, cadences: CADENCES },
      newer: page > 1 ? page - 1 : null,
      older: found.length > PAGE_SIZE ? page + 1 : null,
      schedules: schedules
        .filter(({ accountId }) => !chosen || accountId === null || accountId === chosen.id)
        .map((each) => scheduleView(each, { accounts, channels }, { format, t, now: now() })),
      mayChange: mayChange(req),
      hasAccounts: accounts.length > 0,
      done: doneNotice(req, res, 'reports'),
    } satisfies ArchiveView);
  });

  router.get('/today', allow('viewer'), limit, async (_req, res) => {
    const { accounts, chosen } = res.locals.accountChoice;
    if (accounts.length === 0) return res.redirect(303, `${res.locals.basePath}/admin/reports`);
    const account: FalAccount | null = chosen ?? null;
    const timezone = account?.timezone ?? settings.current().timezone;
    const today = now().toZonedDateTimeISO(timezone).toPlainDate();
    const period = periodWith('daily', today, timezone);
    const report = await readReport(services, { period, account }, callerSignal(res));
    const view = reportView(report, res.locals);
    const title = res.locals.t('reports.so_far_title');
    res.render('reports/show', { title, id: null, view, late: null } satisfies ShownReport);
  });

  router.get('/:id', allow('viewer'), async (req, res) => {
    const { id, isLate, dueAt, report } = await reportOf(req);
    const { format } = res.locals;
    const view = reportView(report, res.locals);
    res.render('reports/show', {
      title: `${view.name} · ${view.short}`,
      ...{ id, view },
      late: isLate ? format.dateTime(dueAt, report.period.timezone) : null,
    } satisfies ShownReport);
  });

  router.get('/:id/report.csv', allow('viewer'), async (req, res) => {
    await sendCsv(res, reportFile((await reportOf(req)).report));
  });

  router.get('/:id/report.json', allow('viewer'), async (req, res) => {
    const stored = await reportOf(req);
    const { cadence, firstDay } = stored.report.period;
    res.attachment(`fal-${cadence}-report-${firstDay}.json`).json(reportAnswer(stored));
  });

  /** @throws RequestError `not_found` */
  async function reportOf(req: Request): Promise<StoredReport> {
    const found = await findReport(db, rowId(req));
    if (!found) throw new RequestError('not_found', { subject: 'report' });
    return found;
  }

  return router;
}

function mayChange({ viewer }: Request): boolean {
  return viewer !== null && includesRole(viewer.role, 'operator');
}

function archiveRow({ id, isLate, report }: ListedReport, { locals }: Response): ArchiveRow {
  const made = locals.format.dateTime(report.madeAt, report.period.timezone);
  return { id, ...summaryView(report, locals), made, isLate };
}
