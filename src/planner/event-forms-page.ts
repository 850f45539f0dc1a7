import { type Request, type Response, Router } from 'express';
import type { FalAccount } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { modelsInUse } from '../history/model-prices.ts';
import { type FormProblem, formPost } from '../http/form-answer.ts';
import { readDeletion, readVersion, sentVersion } from '../http/seen-version.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import { idInList } from '../usage/request-fields.ts';
import { changeEvent, deleteEvent, planEvent } from './change-events.ts';
import {
  type EventForm,
  eventBody,
  formAgain,
  formOf,
  learntFields,
  newEventForm,
} from './event-form.ts';
import { eventOf, existingAccount } from './event-page.ts';
import { EVENT_NAME_MAX, EVENT_NOTE_MAX, readEvent } from './event-request.ts';
import { type Learnt, readLearnt } from './learnt.ts';
import { OWN_COST_DAYS } from './own-costs.ts';
import { MAX_PARTICIPANTS } from './plan-fields.ts';

/** `/admin/events/new` and below an event: how events are planned, changed and deleted. */
export function eventFormsPage(services: Services): Router {
  const { store, now, history } = services;
  const router = Router();

  router.get('/new', allow('operator'), (req, res) => showNew(req, res, null));
  router.post(
    '/',
    allow('operator'),
    formPost(async (req, res) => {
      const account = await existingAccount(services, typedText(req.body, 'account'));
      const fields = readEvent(eventBody(req.body), {
        timezone: account.timezone,
        now: now(),
      });
      const { id } = await planEvent(services, actorOf(req), account.id, fields);
      redirect(res, `/${id}?done=planned`);
    }, showNew),
  );

  router.get('/:id/edit', allow('operator'), (req, res) => showEdit(req, res, null));
  router.post(
    '/:id/edit',
    allow('operator'),
    formPost(async (req, res) => {
      const { event } = await eventOf(services, req);
      const version = readVersion(req.body);
      const fields = readEvent(
        eventBody(req.body),
        { timezone: event.timezone, now: now() },
        event,
      );
      await changeEvent(services, actorOf(req), { id: event.id, version }, fields);
      redirect(res, `/${event.id}?done=changed`);
    }, showEdit),
  );

  router.get('/:id/delete', allow('operator'), (req, res) => showDelete(req, res, null));
  router.post(
    '/:id/delete',
    allow('operator'),
    formPost(async (req, res) => {
      const { event } = await eventOf(services, req);
      const version = readDeletion(req.body);
      await deleteEvent(services, actorOf(req), { id: event.id, version });
      redirect(res, '?done=deleted');
    }, showDelete),
  );

  async function showNew(req: Request, res: Response, problem: FormProblem | null): Promise<void> {
    const { accounts, chosen } = res.locals.accountChoice;
    if (accounts.length === 0) return redirect(res, '');
    const account = chosen ?? accounts[0];
    const only = accounts.length === 1 ? accounts[0] : null;
    // A form that comes back has what was typed.
    const learnt = account && !problem ? await readLearnt(services, account.id) : null;
    const form = newEventForm(account, learnt);
    await showForm(req, res, 'events/new', problem, form, only ?? null, {
      accounts,
      learnt: account && learnt && learntView(learnt, account, res),
    });
  }

  async function showEdit(req: Request, res: Response, problem: FormProblem | null): Promise<void> {
    const { event, account } = await eventOf(services, req);
    const version = sentVersion(req) ?? event.version;
    const form = formOf(event, account.slug);
    await showForm(req, res, 'events/edit', problem, form, account, { event, version });
  }

  /** @param account whose keys can be chosen among; `null`: not known yet. */
  async function showForm(
    req: Request,
    res: Response,
    view: string,
    problem: FormProblem | null,
    otherwise: EventForm,
    account: FalAccount | null,
    model: object,
  ): Promise<void> {
    const form = formAgain(req.body, otherwise);
    res.render(view, {
      ...model,
      problem,
      form,
      modelIds: await modelsInUse(store.db, now().subtract({ hours: OWN_COST_DAYS * 24 })),
      keys: account ? await keysOf(account, form.api_key_ids) : [],
      nameMax: EVENT_NAME_MAX,
      noteMax: EVENT_NOTE_MAX,
      maxParticipants: MAX_PARTICIPANTS,
    });
  }

  async function showDelete(
    req: Request,
    res: Response,
    problem: FormProblem | null,
  ): Promise<void> {
    const { event } = await eventOf(services, req);
    res.render('events/delete', { event, version: sentVersion(req) ?? event.version, problem });
  }

  /** Keys the account was called with lately, and those that are ticked already. */
  async function keysOf(
    { id, timezone }: FalAccount,
    ticked: readonly string[],
  ): Promise<{ id: string; name: string }[]> {
    const { groups } = await history.usage({
      ...{ start: now().subtract({ hours: OWN_COST_DAYS * 24 }), end: now(), timezone },
      ...{ resolution: 'month', groupBy: 'api_key', accountId: id },
      ...{ endpointIds: [], apiKeyIds: [], groupsApart: 0 },
    });
    const known = groups
      .filter(({ key }) => key !== '')
      .map(({ key, name }) => {
        return { id: idInList(key), name: name ?? key };
      });
    const others = ticked.filter((key) => !known.some((each) => each.id === key));
    return [...known, ...others.map((key) => ({ id: key, name: key }))];
  }

  return router;
}

/** Which fields begin with what closed events taught, and how that is said beside them. */
interface LearntView {
  fields: string[];
  text: string;
}

function learntView(
  learnt: Learnt,
  { name: account }: FalAccount,
  { locals: { format, t } }: Response,
): LearntView {
  const { events: count } = learnt;
  return {
    fields: Object.keys(learntFields(learnt)),
    text: t('events.learnt', { count, formatted: format.count(count), account }),
  };
}

/** @param path below the list of events. */
function redirect(res: Response, path: string): void {
  res.redirect(303, `${res.locals.basePath}/admin/events${path}`);
}
