import { type Request, type RequestHandler, Router } from 'express';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow, identifyCaller } from '../auth/access.ts';
import { callerSignal } from '../http/caller.ts';
import { RequestError, refuse } from '../http/failure.ts';
import { readVersion } from '../http/seen-version.ts';
import { typedText } from '../http/typed-text.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Services } from '../services.ts';
import { changeEvent, deleteEvent, planEvent } from './change-events.ts';
import { checkAnswer, verdictText } from './check-answer.ts';
import { checkEvents } from './check-event.ts';
import { readCheckRequest } from './check-request.ts';
import { eventAnswer, eventCheckAnswer } from './event-answer.ts';
import { eventOf, existingAccount } from './event-page.ts';
import { readEvent } from './event-request.ts';
import { sendCalendar } from './events-calendar.ts';
import { readKeepingUp } from './keeping-up.ts';
import { eventsBefore, eventsFrom } from './queries.ts';
import { readCheck } from './read-check.ts';

/** The latest of those that are over. */
const MAX_PAST = 500;

/** `/api/v1/planned-events`: whether credits will last, for programs with a token and for people of the panel. */
export function plannedEventsApi(services: Services): Router {
  const { store, now } = services;
  const { db } = store;
  const router = Router();
  router.use(identifyCaller(services));

  // It changes nothing: a viewer may ask.
  router.post('/check', allow('viewer'), async (req, res) => {
    const { answer } = await checkedPlan(services, req.body, res.locals, callerSignal(res));
    res.json(answer);
  });

  router.get('/', allow('viewer'), async (req, res) => {
    const { answer } = await listedEvents(services, req.query, res.locals);
    res.json(answer);
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

/** In whose language, and how numbers are written in it. */
interface Words {
  format: Format;
  t: Translate;
}

/**
 * Checks a plan that is not kept, as `POST /check` answers it.
 * @throws RequestError naming what can't be used or is not known.
 */
export async function checkedPlan(
  services: Services,
  body: unknown,
  { format, t }: Words,
  caller: AbortSignal,
) {
  const now = services.now();
  const { timezone } = services.settings.current();
  const request = readCheckRequest(body, { timezone, now });
  const checked = await readCheck(services, request, caller);
  const zone = request.timezone ?? checked.account?.timezone ?? timezone;
  const answer = {
    ok: true,
    check: checkAnswer(checked, zone, services.now()),
    message: verdictText(checked, format, t),
  };
  return { answer, checked, timezone: zone };
}

/** Events as the list answers them: what is not over, or with `past` what is. @throws RequestError `not_found` */
export async function listedEvents(
  services: Services,
  query: Request['query'],
  { t }: Pick<Words, 't'>,
) {
  const { db } = services.store;
  const now = services.now();
  const accounts = await askedAccounts(services, query);
  const [only] = accounts;
  const whose = accounts.length === 1 && only ? only.id : null;
  const found = isYes(query.past)
    ? await eventsBefore(db, whose, now, MAX_PAST)
    : await eventsFrom(db, whose, now);
  const byId = new Map(accounts.map((account) => [account.id, account]));
  const events = found.filter(({ accountId }) => byId.has(accountId));
  const answer = {
    ok: true,
    events: events.flatMap((event) => {
      const account = byId.get(event.accountId);
      return account ? [eventAnswer(event, account, now)] : [];
    }),
    message: t('events.title'),
  };
  return { answer, events };
}

/** `/api/v1/planned-events.ics`: planned events for calendars. */
export function plannedEventsCalendar(services: Services): RequestHandler[] {
  return [
    identifyCaller(services),
    allow('viewer'),
    sendCalendar(services, ({ query }) => askedAccounts(services, query)),
  ];
}

/** The one asked for, else all. @throws RequestError `not_found` */
async function askedAccounts(services: Services, query: Request['query']): Promise<FalAccount[]> {
  const asked = typeof query.account === 'string' ? query.account.trim() : '';
  return asked === '' ? listAccounts(services.store.db) : [await existingAccount(services, asked)];
}

function isYes(asked: unknown): boolean {
  return asked === 'true' || asked === '1';
}
