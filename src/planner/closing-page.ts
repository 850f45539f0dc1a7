import { type Request, type Response, Router } from 'express';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { callerSignal } from '../http/caller.ts';
import { sendCsv } from '../http/csv.ts';
import { doneNotice } from '../http/done-notice.ts';
import { refuse } from '../http/failure.ts';
import { type FormProblem, formPost, type Notice } from '../http/form-answer.ts';
import { typedText } from '../http/typed-text.ts';
import { toDecimal } from '../money.ts';
import type { Services } from '../services.ts';
import { closeEvent } from './change-events.ts';
import { closingFile } from './closing-csv.ts';
import { readClosing } from './closing-form.ts';
import { type ClosingView, closingView } from './closing-view.ts';
import { createCostsAsPlanned } from './cost-as-planned.ts';
import { eventOf } from './event-page.ts';
import { readLearnt, readWholeUsage } from './learnt.ts';
import type { PlannedEvent } from './planned-event.ts';

/** What the page shows. */
interface ClosingPageView {
  event: PlannedEvent;
  begins: string;
  ends: string;
  closedAt: string | null;
  /** `null` before it begins. */
  closing: ClosingView | null;
  /** `null` where it can't be closed, or not by this person. */
  form: { participants_came: string; price_charged: string; version: number } | null;
  problem: FormProblem | null;
  done: Notice | null;
}

/** What the sheet for the client shows. */
interface SheetView {
  event: PlannedEvent;
  begins: string;
  ends: string;
  closing: ClosingView;
  withCost: boolean;
}

/** `/admin/events/:id/closing`: what an event came to, and how it is written down. */
export function eventClosingPage(services: Services): Router {
  const { config, now } = services;
  const router = Router();
  const costAsPlanned = createCostsAsPlanned(services);

  router.get('/:id/closing', allow('viewer'), (req, res) => showClosing(req, res, null));
  router.post(
    '/:id/closing',
    allow('operator'),
    formPost(async (req, res) => {
      const { event } = await eventOf(services, req);
      const { closing, version } = readClosing(req.body);
      if (!hasBegun(event)) refuse('participants_came', 'event_not_begun');
      await closeEvent(services, actorOf(req), { id: event.id, version }, closing);
      res.redirect(303, `${res.locals.basePath}/admin/events/${event.id}/closing?done=closed`);
    }, showClosing),
  );

  router.get('/:id/closing/sheet', allow('viewer'), async (req, res) => {
    const { event } = await eventOf(services, req);
    res.render('events/closing-sheet', {
      event,
      ...windowOf(event, res),
      closing: closingView(event, await readWholeUsage(services, event), null, null, showing(res)),
      withCost: req.query.cost === '1',
    } satisfies SheetView);
  });

  router.get('/:id/closing.csv', allow('viewer'), async (req, res) => {
    const { event } = await eventOf(services, req);
    await sendCsv(res, closingFile(event, await readWholeUsage(services, event)));
  });

  async function showClosing(
    req: Request,
    res: Response,
    problem: FormProblem | null,
  ): Promise<void> {
    const { event } = await eventOf(services, req);
    const { format } = res.locals;
    const mayClose = req.viewer !== null && includesRole(req.viewer.role, 'operator');
    res.render('events/closing', {
      event,
      ...windowOf(event, res),
      closedAt: event.closedAt && format.dateTime(event.closedAt, event.timezone),
      closing: hasBegun(event) ? await closingOf(event, res) : null,
      form: mayClose && hasBegun(event) ? formOf(event, problem ? req.body : null) : null,
      problem,
      done: problem ? null : doneNotice(req, res, 'closing'),
    } satisfies ClosingPageView);
  }

  async function closingOf(event: PlannedEvent, res: Response): Promise<ClosingView> {
    const own = readWholeUsage(services, event);
    const [usage, plan, learnt] = await Promise.all([
      own,
      costAsPlanned(event, callerSignal(res)),
      readLearnt(services, event.accountId, (each) =>
        each.id === event.id ? own : readWholeUsage(services, each),
      ),
    ]);
    return closingView(event, usage, plan, learnt, showing(res));
  }

  function showing({ locals: { format, t } }: Response) {
    return { format, t, now: now(), settleHours: config.settleHours };
  }

  function hasBegun({ start }: PlannedEvent): boolean {
    return Temporal.Instant.compare(start, now()) < 0;
  }

  return router;
}

function windowOf({ start, end, timezone }: PlannedEvent, { locals: { format } }: Response) {
  return { begins: format.dateTime(start, timezone), ends: format.dateTime(end, timezone) };
}

/** @param typed a form that is shown again; its version stays, so that a conflict stays one. */
function formOf(event: PlannedEvent, typed: unknown): NonNullable<ClosingPageView['form']> {
  if (typed === null) {
    const { participantsCame, priceCharged, version } = event;
    return {
      participants_came: participantsCame === null ? '' : String(participantsCame),
      price_charged: priceCharged === null ? '' : toDecimal(priceCharged),
      version,
    };
  }
  const version = Number(typedText(typed, 'version'));
  return {
    participants_came: typedText(typed, 'participants_came').slice(0, 40),
    price_charged: typedText(typed, 'price_charged').slice(0, 40),
    version: Number.isSafeInteger(version) && version > 0 ? version : event.version,
  };
}
