import { Router } from 'express';
import { allow } from '../auth/access.ts';
import { callerSignal } from '../http/caller.ts';
import { showsFragment } from '../http/fragment.ts';
import type { Services } from '../services.ts';
import { createCostsAsPlanned } from './cost-as-planned.ts';
import { eventOf } from './event-page.ts';
import { createLiveReadings } from './live-reading.ts';
import { type LiveView, liveView, troubleText } from './live-view.ts';
import type { PlannedEvent } from './planned-event.ts';

/** What the page shows. */
interface LivePageView {
  event: PlannedEvent;
  begins: string;
  ends: string;
  state: 'before' | 'running' | 'over';
  /** `null` unless it takes place, and where nothing of it was ever read. */
  live: LiveView | null;
  /** Why fal did not answer, in words. */
  trouble: string | null;
  /** A script is still to ask fal. */
  isToAsk: boolean;
  refreshSeconds: number;
}

/**
 * `/admin/events/:id/live`: how an event is doing, for a phone or a wall screen. The page shows what
 * is known; then fal is asked, again and again. `?ask=now` asks before, which needs no script.
 */
export function eventLivePage(services: Services): Router {
  const { now, settings } = services;
  const router = Router();
  const readings = createLiveReadings(services);
  const costAsPlanned = createCostsAsPlanned(services);

  router.get('/:id/live', allow('viewer'), async (req, res) => {
    const { format, t } = res.locals;
    const { event, account } = await eventOf(services, req);
    const isFragment = showsFragment(req);
    const isAsked = isFragment || req.query.ask === 'now';
    const { refreshSeconds } = settings.current();
    const state = stateAt(event, now());
    const signal = callerSignal(res);
    let live: LiveView | null = null;
    let trouble: string | null = null;
    if (state === 'running') {
      const [answer, plan] = await Promise.all([
        isAsked
          ? readings.ask(event, account, signal)
          : { reading: await readings.known(event, account), awayReason: null },
        costAsPlanned(event, signal),
      ]);
      const { reading, awayReason } = answer;
      trouble = awayReason && troubleText(awayReason, t);
      live = reading && liveView(event, { ...answer, reading }, plan, { format, t, now: now() });
    }
    // Without scripts the page asks for itself again.
    if (req.query.ask === 'now' && !isFragment && state !== 'over' && refreshSeconds > 0) {
      res.set('Refresh', String(refreshSeconds));
    }
    res.render(isFragment ? 'events/_live' : 'events/live', {
      event,
      begins: format.dateTime(event.start, event.timezone),
      ends: format.dateTime(event.end, event.timezone),
      state,
      live,
      trouble,
      isToAsk: !isAsked && state === 'running',
      refreshSeconds,
    } satisfies LivePageView);
  });

  return router;
}

function stateAt({ start, end }: PlannedEvent, at: Temporal.Instant): LivePageView['state'] {
  if (Temporal.Instant.compare(at, start) <= 0) return 'before';
  return Temporal.Instant.compare(at, end) < 0 ? 'running' : 'over';
}
