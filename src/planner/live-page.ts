import { Router } from 'express';
import { LRUCache } from 'lru-cache';
import { allow } from '../auth/access.ts';
import type { CostRange } from '../credits/projection.ts';
import { callerSignal } from '../http/caller.ts';
import { showsFragment } from '../http/fragment.ts';
import type { Services } from '../services.ts';
import { eventOf } from './event-page.ts';
import { createLiveReadings } from './live-reading.ts';
import { type LiveView, liveView } from './live-view.ts';
import { plannedCost } from './planned-cost.ts';
import type { PlannedEvent } from './planned-event.ts';

/** What the page shows. */
interface LivePageView {
  event: PlannedEvent;
  begins: string;
  ends: string;
  state: 'before' | 'running' | 'over';
  /** `null` before it begins, and where nothing of it was ever read. */
  live: LiveView | null;
  /** A script is still to ask fal. */
  isToAsk: boolean;
  refreshSeconds: number;
}

const PLANS_REMEMBERED = 200;
/** Prices don't change from one look to the next. */
const PLAN_MS = 10 * 60_000;

/**
 * `/admin/events/:event/live`: how an event is doing, for a phone or a wall screen. The page shows what
 * is known; then fal is asked, again and again. `?ask=now` asks before, which needs no script.
 */
export function eventLivePage(services: Services): Router {
  const { now, settings } = services;
  const router = Router();
  const readings = createLiveReadings(services);
  const plans = new LRUCache<string, { cost: CostRange | null }>({
    max: PLANS_REMEMBERED,
    ttl: PLAN_MS,
  });

  async function planOf(event: PlannedEvent, signal: AbortSignal): Promise<CostRange | null> {
    const name = `${event.id} ${event.version}`;
    const kept = plans.get(name);
    if (kept) return kept.cost;
    const cost = await plannedCost(services, event, signal);
    plans.set(name, { cost });
    return cost;
  }

  router.get('/:event/live', allow('viewer'), async (req, res) => {
    const { format, t } = res.locals;
    const { event, account } = await eventOf(services, req);
    const isFragment = showsFragment(req);
    const isAsked = isFragment || req.query.ask === 'now';
    const { refreshSeconds } = settings.current();
    const state = stateAt(event, now());
    const signal = callerSignal(res);
    let live: LiveView | null = null;
    if (state !== 'before') {
      const [answer, plan] = await Promise.all([
        isAsked
          ? readings.ask(event, account, signal)
          : { reading: await readings.known(event, account), awayReason: null },
        planOf(event, signal),
      ]);
      const { reading } = answer;
      live = reading && liveView(event, { ...answer, reading }, plan, { format, t, now: now() });
    }
    // Without scripts the page asks for itself again.
    if (req.query.ask === 'now' && !isFragment) res.set('Refresh', String(refreshSeconds));
    res.render(isFragment ? 'events/_live' : 'events/live', {
      event,
      begins: format.dateTime(event.start, event.timezone),
      ends: format.dateTime(event.end, event.timezone),
      state,
      live,
      isToAsk: !isAsked && state !== 'before',
      refreshSeconds,
    } satisfies LivePageView);
  });

  return router;
}

function stateAt({ start, end }: PlannedEvent, at: Temporal.Instant): LivePageView['state'] {
  if (Temporal.Instant.compare(at, start) <= 0) return 'before';
  return Temporal.Instant.compare(at, end) < 0 ? 'running' : 'over';
}
