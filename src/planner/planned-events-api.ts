import { type Request, type RequestHandler, Router } from 'express';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow, identifyCaller } from '../auth/access.ts';
import { callerSignal } from '../http/caller.ts';
import { RequestError, refuse } from '../http/failure.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import { changeEvent, deleteEvent, planEvent } from './change-events.ts';
import { checkAnswer, verdictText } from './check-answer.ts';
import { checkEvents } from './check-event.ts';
import { readCheckRequest } from './check-request.ts';
import { eventAnswer, eventCheckAnswer } from './event-answer.ts';
import { eventOf, existingAccount } from './event-page.ts';
import { readEvent, readVersion } from './event-request.ts';
import { sendCalendar } from './events-calendar.ts';
import { readKeepingUp } from './keeping-up.ts';
import { eventsBefore, eventsFrom } from './queries.ts';
import { readCheck } from './read-check.ts';

/** The latest of those that are over. */
const MAX_PAST = 500;

/** `/api/v1/planned-events`: whether credits will last, for programs with a token and for people of the panel. */
export function plannedEventsApi(services: Services): Router {
  const { settings, store, now } = services;
  const { db } = store;
  const router = Router();
  router.use(identifyCaller(services));

  // It changes nothing: a viewer may ask.
  router.post('/check', allow('viewer'), async (req, res) => {
    const { format, t } = res.locals;
    const { timezone } = settings.current();
    const request = readCheckRequest(req.body, { timezone, now: now() });
    const checked = await readCheck(services, request, callerSignal(res));
    const zone = request.timezone ?? checked.account?.timezone ?? timezone;
    res.json({
      ok: true,
      check: checkAnswer(checked, zone, now()),
      message: verdictText(checked, format, t),
    });
  });

  router.get('/', allow('viewer'), async (req, res) => {
    const accounts = await askedAccounts(services, req);
    const [only] = accounts;
    const whose = accounts.length === 1 && only ? only.id : null;
    const events = isYes(req.query.past)
      ? await eventsBefore(db, whose, now(), MAX_PAST)
      : await eventsFrom(db, whose, now());
    const byId = new Map(accounts.map((account) => [account.id, account]));
    res.json({
      ok: true,
      events: events.flatMap((event) => {
        const account = byId.get(event.accountId);
        return account ? [eventAnswer(event, account, now())] : [];
      }),
      message: res.locals.t('events.title'),
    });
  });

  router.post('/', allow('operator'), async (req, res) => {
    const account = await accountFor(req);
    const fields = readEvent(req.body, { timezone: account.timezone, now: now() });
    const event = await planEvent(services, actorOf(req), account.id, fields);
    const message = res.locals.t('events.done.planned');
    res
      .status(201)
      .location(`${req.baseUrl}/${event.id}`)
      .json({ ok: true, event: eventAnswer(event, account, now()), message });
  });

  router.get('/:id', allow('viewer'), async (req, res) => {
    const { format, t } = res.locals;
    const { event, account } = await eventOf(services, req);
    const [checked] = await checkEvents(services, account, [event], callerSignal(res));
    if (!checked) throw new RequestError('not_found', { subject: 'event' });
    const keepsUp =
      'models' in checked ? await readKeepingUp(services, account, event, checked.models) : null;
    const at = now();
    res.json({
      ok: true,
      event: {
        ...eventAnswer(event, account, at),
        ...eventCheckAnswer(event, checked, keepsUp, { now: at, format, t }),
      },
      message: 'check' in checked ? verdictText(checked, format, t) : event.name,
    });
  });

  router.put('/:id', allow('operator'), async (req, res) => {
    const { event, account } = await eventOf(services, req);
    const asked = typedText(req.body, 'account').trim();
    if (asked !== '' && asked !== account.slug && asked !== account.id) {
      refuse('account', 'fixed');
    }
    const seen = { id: event.id, version: readVersion(req.body) };
    const fields = readEvent(req.body, { timezone: event.timezone, now: now() });
    const changed = await changeEvent(services, actorOf(req), seen, fields);
    const message = res.locals.t('events.done.changed');
    res.json({ ok: true, event: eventAnswer(changed, account, now()), message });
  });

  router.delete('/:id', allow('operator'), async (req, res) => {
    const { event } = await eventOf(services, req);
    await deleteEvent(services, actorOf(req), event);
    res.json({ ok: true, message: res.locals.t('events.done.deleted') });
  });

  /** Whose event it is to be: of the account asked for, else of the default one. */
  async function accountFor(req: Request): Promise<FalAccount> {
    const asked = typedText(req.body, 'account').trim();
    if (asked !== '') return existingAccount(services, asked);
    const [usual] = await listAccounts(db);
    if (!usual) throw new RequestError('not_found', { subject: 'any_account' });
    return usual;
  }

  return router;
}

/** `/api/v1/planned-events.ics`: planned events for calendars. */
export function plannedEventsCalendar(services: Services): RequestHandler[] {
  return [
    identifyCaller(services),
    allow('viewer'),
    sendCalendar(services, (req) => askedAccounts(services, req)),
  ];
}

/** The one asked for, else all. @throws RequestError `not_found` */
async function askedAccounts(services: Services, { query }: Request): Promise<FalAccount[]> {
  const asked = typeof query.account === 'string' ? query.account.trim() : '';
  return asked === '' ? listAccounts(services.store.db) : [await existingAccount(services, asked)];
}

function isYes(asked: unknown): boolean {
  return asked === 'true' || asked === '1';
}
