import { type Request, type Response, Router } from 'express';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import { chosenAccounts } from '../accounts/choose-account.ts';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { modelsInUse } from '../history/model-prices.ts';
import { callerSignal } from '../http/caller.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError } from '../http/failure.ts';
import { answerForm, type FormProblem, type Notice } from '../http/form-answer.ts';
import { showsFragment } from '../http/fragment.ts';
import { rowId } from '../http/row-id.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import { changeEvent, deleteEvent, planEvent } from './change-events.ts';
import { checkEvents } from './check-event.ts';
import { type EventState, stateOf } from './event-answer.ts';
import { type EventForm, eventBody, formAgain, formOf, newEventForm } from './event-form.ts';
import {
  EVENT_NAME_MAX,
  EVENT_NOTE_MAX,
  readDeletion,
  readEvent,
  readVersion,
} from './event-request.ts';
import { sendCalendar } from './events-calendar.ts';
import {
  type EventRow,
  eventRow,
  type KeepingUpView,
  keepingUpView,
  type ModelsView,
  missingText,
  modelsView,
  type PlanFact,
  planFacts,
  type VerdictView,
  verdictView,
  type WhyView,
  type Words,
  whenText,
  whyView,
} from './events-view.ts';
import { readKeepingUp } from './keeping-up.ts';
import { OWN_COST_DAYS } from './own-costs.ts';
import { MAX_PARTICIPANTS } from './plan-fields.ts';
import type { PlannedEvent } from './planned-event.ts';
import { eventsBefore, eventsFrom, findEvent } from './queries.ts';
import type { EventCheck } from './read-check.ts';
import { checkWhatIf, readWhatIf, type WhatIf, whatIfQuery } from './what-if.ts';
import { plannedText, type WhatIfAnswer, whatIfAnswer } from './what-if-view.ts';

/** The latest of those that are over. */
const PAST_SHOWN = 30;

interface ListView {
  coming: EventRow[];
  past: EventRow[];
  showsAccount: boolean;
  hasAccounts: boolean;
  mayPlan: boolean;
  done: Notice | null;
}

interface EventView {
  event: PlannedEvent;
  state: EventState;
  when: string;
  verdict: VerdictView | null;
  missing: string | null;
  why: WhyView | null;
  keepingUp: KeepingUpView | null;
  models: ModelsView | null;
  facts: PlanFact[];
  whatIf: WhatIfView | null;
  calculated: string;
  mayPlan: boolean;
  done: Notice | null;
}

interface WhatIfView {
  asked: WhatIf;
  max: number;
  planned: string[];
  inUse: string[];
  /** What was planned, in words. */
  planAs: string;
  /** `null` while nothing is different. */
  answer: WhatIfAnswer | null;
}

/** `/admin/events`: the planned events, each with whether its credits will last, and their forms. */
export function eventsPage(services: Services): Router {
  const { store, now, history } = services;
  const { db } = store;
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const words = wordsOf(res);
    const accounts = chosenAccounts(res.locals.accountChoice);
    const ofWhom = res.locals.accountChoice.chosen?.id ?? null;
    const events = await eventsFrom(db, ofWhom, words.now);
    const byAccount = Map.groupBy(events, ({ accountId }) => accountId);
    const coming: { event: PlannedEvent; row: EventRow }[] = [];
    for (const account of accounts) {
      const own = byAccount.get(account.id) ?? [];
      const checks = await checkEvents(services, account, own, callerSignal(res));
      for (const [index, event] of own.entries()) {
        coming.push({ event, row: eventRow(event, account, checks[index] ?? null, words) });
      }
    }
    coming.sort((one, other) => Temporal.Instant.compare(one.event.start, other.event.start));
    const past = await eventsBefore(db, ofWhom, words.now, PAST_SHOWN);
    res.render('events/index', {
      coming: coming.map(({ row }) => row),
      past: past.flatMap((event) => {
        const account = accounts.find(({ id }) => id === event.accountId);
        return account ? [eventRow(event, account, null, words)] : [];
      }),
      showsAccount: accounts.length > 1,
      hasAccounts: accounts.length > 0,
      mayPlan: mayPlan(req),
      done: doneNotice(req, res, 'events'),
    } satisfies ListView);
  });

  router.get(
    '/calendar.ics',
    allow('viewer'),
    sendCalendar(services, async (_req, res) => chosenAccounts(res.locals.accountChoice)),
  );

  router.get('/new', allow('operator'), (req, res) => showNew(req, res, null));
  router.post('/', allow('operator'), (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const account = await accountOf(typedText(req.body, 'account'));
        const fields = readEvent(eventBody(req.body), {
          timezone: account.timezone,
          now: now(),
        });
        const { id } = await planEvent(services, actorOf(req), account.id, fields);
        redirect(res, `/${id}?done=planned`);
      },
      (problem) => showNew(req, res, problem),
    ),
  );

  router.get('/:id', allow('viewer'), async (req, res) => {
    const words = wordsOf(res);
    const { event, account } = await eventOf(req);
    const signal = callerSignal(res);
    const [checked] = await checkEvents(services, account, [event], signal);
    const check = checked && 'check' in checked ? checked : null;
    const whatIf = check && (await whatIfOf(req, res, event, account, check));
    if (showsFragment(req) && whatIf)
      return res.render('events/_what_if_answer', { event, whatIf });
    res.render('events/show', {
      event,
      state: stateOf(event, words.now),
      when: whenText(event, words.format, words.now),
      verdict: check && verdictView(check, event, words),
      missing: checked && 'missing' in checked ? missingText(checked, account, words.t) : null,
      why: check && whyView(check, event, words),
      keepingUp:
        check &&
        keepingUpView(await readKeepingUp(services, account, event, check.models), event, words),
      models: check && modelsView(check, words),
      facts: planFacts(event, account, words),
      whatIf,
      calculated: words.t('events.calculated', {
        time: words.format.dateTime(words.now, event.timezone),
      }),
      mayPlan: mayPlan(req),
      done: doneNotice(req, res, 'events'),
    } satisfies EventView);
  });

  router.get('/:id/edit', allow('operator'), (req, res) => showEdit(req, res, null));
  router.post('/:id/edit', allow('operator'), (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const { event } = await eventOf(req);
        const version = readVersion(req.body);
        const fields = readEvent(
          eventBody(req.body),
          { timezone: event.timezone, now: now() },
          event,
        );
        await changeEvent(services, actorOf(req), { id: event.id, version }, fields);
        redirect(res, `/${event.id}?done=changed`);
      },
      (problem) => showEdit(req, res, problem),
    ),
  );

  router.get('/:id/delete', allow('operator'), (req, res) => showDelete(req, res, null));
  router.post('/:id/delete', allow('operator'), (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const { event } = await eventOf(req);
        const version = readDeletion(req.body);
        await deleteEvent(services, actorOf(req), { id: event.id, version });
        redirect(res, '?done=deleted');
      },
      (problem) => showDelete(req, res, problem),
    ),
  );

  async function showNew(req: Request, res: Response, problem: FormProblem | null): Promise<void> {
    const { accounts, chosen } = res.locals.accountChoice;
    if (accounts.length === 0) return redirect(res, '');
    const account = chosen ?? accounts[0];
    const only = accounts.length === 1 ? accounts[0] : null;
    await showForm(req, res, 'events/new', problem, newEventForm(account), only ?? null, {
      accounts,
    });
  }

  async function showEdit(req: Request, res: Response, problem: FormProblem | null): Promise<void> {
    const { event, account } = await eventOf(req);
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
      modelIds: await usedModels(),
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
    const { event } = await eventOf(req);
    res.render('events/delete', { event, version: sentVersion(req) ?? event.version, problem });
  }

  async function whatIfOf(
    req: Request,
    res: Response,
    event: PlannedEvent,
    account: FalAccount,
    planned: EventCheck,
  ): Promise<WhatIfView> {
    const models = {
      planned: planned.models.flatMap(({ endpointId }) => endpointId ?? []),
      inUse: await usedModels(),
    };
    const asked = readWhatIf(req.query, event, models);
    const { participants, to } = asked;
    res.locals.keptQuery = whatIfQuery(asked);
    const signal = callerSignal(res);
    const other =
      participants === event.participants && to === null
        ? null
        : await checkWhatIf(services, account, event, planned, asked, signal);
    const max = Math.max(100, event.participants * 2, participants);
    return {
      asked,
      max: Math.min(MAX_PARTICIPANTS, max),
      ...models,
      planAs: plannedText(event, planned, wordsOf(res)),
      answer: other && whatIfAnswer(event, account, asked, { planned, other }, wordsOf(res)),
    };
  }

  function usedModels(): Promise<string[]> {
    return modelsInUse(db, now().subtract({ hours: OWN_COST_DAYS * 24 }));
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
        return { id: key, name: name ?? key };
      });
    const others = ticked.filter((key) => !known.some((each) => each.id === key));
    return [...known, ...others.map((key) => ({ id: key, name: key }))];
  }

  function wordsOf({ locals: { format, t } }: Response): Words {
    return { format, t, now: now() };
  }

  /** @throws RequestError `not_found` */
  async function eventOf(req: Request): Promise<{ event: PlannedEvent; account: FalAccount }> {
    const event = await findEvent(db, rowId(req));
    if (!event) throw new RequestError('not_found', { subject: 'event' });
    return { event, account: await accountOf(event.accountId) };
  }

  /** @throws RequestError `not_found` */
  async function accountOf(asked: string): Promise<FalAccount> {
    const account = await findAccount(db, asked);
    if (!account) throw new RequestError('not_found', { subject: 'account' });
    return account;
  }

  return router;
}

/** @param path below the list of events. */
function redirect(res: Response, path: string): void {
  res.redirect(303, `${res.locals.basePath}/admin/events${path}`);
}

function mayPlan({ viewer }: Request): boolean {
  return viewer !== null && includesRole(viewer.role, 'operator');
}

/** The version that a form was made for, when it comes back: it stays a conflict when it was one. */
function sentVersion({ body }: Request): number | null {
  const sent = Number(typedText(body, 'version'));
  return Number.isInteger(sent) && sent > 0 ? sent : null;
}
