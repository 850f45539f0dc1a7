import type { Request, RequestHandler, Response } from 'express';
import type { FalAccount } from '../accounts/accounts.ts';
import { callerSignal } from '../http/caller.ts';
import type { Services } from '../services.ts';
import { verdictText } from './check-answer.ts';
import { checkEvents } from './check-event.ts';
import { type CalendarEvent, iCalendar } from './icalendar.ts';
import { eventsBefore, eventsFrom } from './queries.ts';

/** Events that are over stay in a calendar: so many. */
const MAX_PAST = 100;

/** Sends planned events as iCalendar, each with its verdict. @param choose whose they are. */
export function sendCalendar(
  services: Services,
  choose: (req: Request, res: Response) => Promise<FalAccount[]>,
): RequestHandler {
  const { now, store } = services;
  return async function sendCalendar(req, res) {
    const { format, t } = res.locals;
    const at = now();
    const events: CalendarEvent[] = [];
    for (const account of await choose(req, res)) {
      const kept = [
        ...(await eventsBefore(store.db, account.id, at, MAX_PAST)).reverse(),
        ...(await eventsFrom(store.db, account.id, at)),
      ];
      const checks = await checkEvents(services, account, kept, callerSignal(res));
      for (const [index, event] of kept.entries()) {
        const checked = checks[index];
        const verdict = checked && 'check' in checked ? checked : null;
        events.push({
          uid: `${event.id}@fal-usage-panel`,
          start: event.start,
          end: event.end,
          summary: verdict
            ? `${event.name} · ${t(`events.verdict_${verdict.check.verdict}`)}`
            : event.name,
          location: event.venue,
          description: [verdict && verdictText(verdict, format, t), event.client, event.note]
            .filter(Boolean)
            .join('\n'),
          sequence: event.version - 1,
        });
      }
    }
    res
      .status(200)
      .set('Content-Disposition', 'attachment; filename="fal-events.ics"')
      .type('text/calendar; charset=utf-8')
      .send(iCalendar(events, t('events.title'), at));
  };
}
