import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { listAccounts } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { listChannels } from '../deliveries/channel-rows.ts';
import { RequestError } from '../http/failure.ts';
import { type FormProblem, formPost } from '../http/form-answer.ts';
import { readFormId } from '../http/form-id.ts';
import { rowId } from '../http/row-id.ts';
import { readDeletion, readVersion, sentVersion } from '../http/seen-version.ts';
import { existingAccount } from '../planner/event-page.ts';
import type { Services } from '../services.ts';
import { addSchedule, changeSchedule, deleteSchedule } from './change-schedules.ts';
import { CADENCES } from './period.ts';
import { findSchedule } from './report-rows.ts';
import type { Schedule, ScheduleFields } from './schedule.ts';
import {
  newScheduleForm,
  readSchedule,
  type ScheduleForm,
  scheduleForm,
  scheduleFormAgain,
} from './schedule-form.ts';
import { scheduleView, weekdayName } from './schedule-view.ts';

/** `/admin/reports/schedules`: how it is said when reports are made, and who gets them. */
export function schedulesPage(services: Services): Router {
  const { settings, store, now } = services;
  const { db } = store;
  const router = Router();

  router.get('/new', allow('operator'), (req, res) => showNew(req, res, null));
  router.post(
    '/',
    allow('operator'),
    formPost(async (req, res) => {
      const fields = await sentFields(req);
      const id = readFormId(req.body);
      const added = await addSchedule(services, actorOf(req), { ...fields, id });
      redirect(res, added ? '?done=added' : '?done=already_added');
    }, showNew),
  );

  router.get('/:id/edit', allow('operator'), (req, res) => showEdit(req, res, null));
  router.post(
    '/:id/edit',
    allow('operator'),
    formPost(async (req, res) => {
      const { id } = await scheduleOf(req);
      const version = readVersion(req.body);
      await changeSchedule(services, actorOf(req), { id, version }, await sentFields(req));
      redirect(res, '?done=changed');
    }, showEdit),
  );

  router.get('/:id/delete', allow('operator'), (req, res) => showDelete(req, res, null));
  router.post(
    '/:id/delete',
    allow('operator'),
    formPost(async (req, res) => {
      const { id } = await scheduleOf(req);
      const version = readDeletion(req.body);
      await deleteSchedule(services, actorOf(req), { id, version });
      redirect(res, '?done=deleted');
    }, showDelete),
  );

  async function showNew(req: Request, res: Response, problem: FormProblem | null): Promise<void> {
    const { chosen } = res.locals.accountChoice;
    const zone = chosen?.timezone ?? settings.current().timezone;
    const form = newScheduleForm(chosen?.slug ?? '', zone);
    await showForm(req, res, 'reports/schedule-new', problem, form, { formId: randomUUID() });
  }

  async function showEdit(req: Request, res: Response, problem: FormProblem | null): Promise<void> {
    const schedule = await scheduleOf(req);
    const account = (await listAccounts(db)).find(({ id }) => id === schedule.accountId);
    const form = scheduleForm(schedule, account?.slug ?? '');
    const version = sentVersion(req) ?? schedule.version;
    await showForm(req, res, 'reports/schedule-edit', problem, form, {
      scheduleId: schedule.id,
      version,
    });
  }

  async function showForm(
    req: Request,
    res: Response,
    view: string,
    problem: FormProblem | null,
    otherwise: ScheduleForm,
    model: object,
  ): Promise<void> {
    const { format, t } = res.locals;
    const accounts = await listAccounts(db);
    res.render(view, {
      ...model,
      problem,
      form: scheduleFormAgain(req.body, otherwise),
      cadences: CADENCES.map((value) => ({ value, text: t(`reports.cadence_${value}`) })),
      accounts: [
        { value: '', text: t('reports.all_accounts') },
        ...accounts.map(({ slug, name }) => ({ value: slug, text: name })),
      ],
      weekdays: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
        value: String(weekday),
        text: weekdayName(weekday, format),
      })),
      monthDays: Array.from({ length: 31 }, (_, index) => String(index + 1)),
      channels: await listChannels(db),
    });
  }

  async function showDelete(
    req: Request,
    res: Response,
    problem: FormProblem | null,
  ): Promise<void> {
    const schedule = await scheduleOf(req);
    const { format, t } = res.locals;
    const [accounts, channels] = await Promise.all([listAccounts(db), listChannels(db)]);
    const known = scheduleView(schedule, { accounts, channels }, { format, t, now: now() });
    res.render('reports/schedule-delete', {
      schedule: known,
      version: sentVersion(req) ?? schedule.version,
      problem,
    });
  }

  /** @throws RequestError */
  async function sentFields(req: Request): Promise<ScheduleFields> {
    const { account, ...fields } = readSchedule(req.body);
    const accountId = account === '' ? null : (await existingAccount(services, account)).id;
    return { ...fields, accountId };
  }

  /** @throws RequestError `not_found` */
  async function scheduleOf(req: Request): Promise<Schedule> {
    const schedule = await findSchedule(db, rowId(req));
    if (!schedule) throw new RequestError('not_found', { subject: 'report_schedule' });
    return schedule;
  }

  return router;
}

/** @param query of the page of reports. */
function redirect(res: Response, query: string): void {
  res.redirect(303, `${res.locals.basePath}/admin/reports${query}`);
}
