import { type Request, type Response, Router } from 'express';
import type { FalAccount } from '../accounts/accounts.ts';
import { chosenAccounts } from '../accounts/choose-account.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { modelsInUse } from '../history/model-prices.ts';
import { callerSignal } from '../http/caller.ts';
import { doneNotice } from '../http/done-notice.ts';
import type { Notice } from '../http/form-answer.ts';
import { showsFragment } from '../http/fragment.ts';
import type { Services } from '../services.ts';
import { checkEvents } from './check-event.ts';
import { type EventState, stateOf } from './event-answer.ts';
import { eventOf } from './event-page.ts';
import {
  type KeepingUpView,
  keepingUpView,
  type ModelsView,
  modelsView,
  type PlanFact,
  planFacts,
  type WhyView,
  whyView,
} from './event-view.ts';
import { sendCalendar } from './events-calendar.ts';
import {
  type EventRow,
  eventRow,
  missingText,
  type VerdictView,
  verdictView,
  type Words,
  whenText,
} from './events-view.ts';
import { readKeepingUp } from './keeping-up.ts';
import { OWN_COST_DAYS } from './own-costs.ts';
import { MAX_PARTICIPANTS } from './plan-fields.ts';
import type { PlannedEvent } from './planned-event.ts';
import { eventsBefore, eventsFrom } from './queries.ts';
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
  /** Where to write down what is left, if that is what is missing. */
  ledger: string | null;
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

/** `/admin/events`: the planned events, each with whether its credits will last. */
export function eventsPage(services: Services): Router {
  const { store, now } = services;
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

  router.get('/:id', allow('viewer'), async (req, res) => {
    const words = wordsOf(res);
    const { event, account } = await eventOf(services, req);
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
      ledger:
        checked && 'missing' in checked && checked.missing === 'balance_unknown'
          ? `/admin/credits/${account.slug}/ledger`
          : null,
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

  async function whatIfOf(
    req: Request,
    res: Response,
    event: PlannedEvent,
    account: FalAccount,
    planned: EventCheck,
  ): Promise<WhatIfView> {
    const models = {
      planned: planned.models.flatMap(({ endpointId }) => endpointId ?? []),
      inUse: await modelsInUse(db, now().subtract({ hours: OWN_COST_DAYS * 24 })),
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

  function wordsOf({ locals: { format, t } }: Response): Words {
    return { format, t, now: now() };
  }

  return router;
}

function mayPlan({ viewer }: Request): boolean {
  return viewer !== null && includesRole(viewer.role, 'operator');
}
