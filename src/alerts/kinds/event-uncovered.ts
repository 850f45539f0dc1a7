import { z } from 'zod';
import type { PlannedEvent } from '../../planner/planned-event.ts';
import { TOP_UP_LEAD } from '../../planner/verdict.ts';
import { momentFact, moneyFact } from '../facts.ts';
import { type Evaluation, type Facts, type Finding, lapsedOf } from '../finding.ts';
import { type EventFigures, eventsAhead, forecastOf } from '../forecasts.ts';
import type { AlertKind } from '../kind.ts';
import { wholeParam } from '../param-fields.ts';
import type { Severity } from '../rule.ts';

/** As near as that, not to know whether credits last is worth a word. */
const UNSURE_HOURS = 3 * 24;

const VERDICTS = ['top_up', 'tight'] as const;

const params = z.object({
  days: wholeParam(1, 180),
  verdict: z.enum(VERDICTS),
});
type Params = z.output<typeof params>;

export interface EventsReading {
  now: Temporal.Instant;
  events: readonly {
    event: Pick<PlannedEvent, 'id' | 'name' | 'start'>;
    /** `null`: it was not checked yet. */
    figures: EventFigures | null;
  }[];
}

/** Credits will not last through a planned event. */
export const eventUncovered: AlertKind<Params, EventsReading> = {
  kind: 'event_uncovered',
  params,
  fields: [
    { name: 'days', type: 'number', min: 1, max: 180, unit: 'days' },
    { name: 'verdict', type: 'choice', options: VERDICTS },
  ],
  // Who tops up three days before has nothing to mend yet: what is urgent is told as such below.
  defaults: [{ params: { days: 14, verdict: 'top_up' }, severity: 'warning' }],

  async read(round, account, { days }) {
    const latest = round.now.add({ hours: days * 24 });
    const own = (await eventsAhead(round)).filter(
      ({ accountId, start }) =>
        accountId === account.id && Temporal.Instant.compare(start, latest) <= 0,
    );
    const events: EventsReading['events'][number][] = [];
    for (const event of own) {
      const forecast = await forecastOf(round, account, event);
      events.push({ event, figures: forecast?.check ?? null });
    }
    return { now: round.now, events };
  },

  judge({ now, events }, { verdict: asked }, firing, ruleSeverity?: Severity): Evaluation {
    const isAhead = (subject: string) =>
      events.some(
        ({ event, figures }) =>
          event.id === subject && !(figures && 'missing' in figures && figures.missing === 'over'),
      );
    return {
      isKnown: events.every(({ figures }) => figures !== null),
      // It is over, or it was called off or put off.
      ...lapsedOf(firing, (subject) => !isAhead(subject)),
      findings: events.flatMap(({ event, figures }): Finding[] => {
        const { id, start } = event;
        const about: Facts = {
          event: { as: 'text', value: event.name },
          starts_at: momentFact(start),
        };
        const common = { subject: id, nature: 'state', cause: 'credits' } as const;
        if (!figures) return [];
        if ('missing' in figures) {
          const isNear = now.until(start).total('hours') <= UNSURE_HOURS;
          if (figures.missing === 'over' || !(isNear || firing.has(id))) return [];
          return [
            {
              ...common,
              // One that was found to be short stays as grave as it was.
              severity: 'info',
              facts: { ...about, outlook: code('event_unsure'), why: code(figures.missing) },
            },
          ];
        }
        const { verdict, topUp, topUpBy, cost, available } = figures;
        const isFound = verdict === 'top_up' || (verdict === 'tight' && asked === 'tight');
        // From one that was short to one that is tight is no news: only enough is.
        if (!isFound && !(firing.has(id) && verdict === 'tight')) return [];
        const isUrgent =
          verdict === 'top_up' && ruleSeverity !== 'info' && isTimeToTopUp(now, start, topUpBy);
        return [
          {
            ...common,
            ...(isUrgent && { severity: 'critical' }),
            facts: {
              ...about,
              outlook: code(verdict === 'tight' ? 'event_tight' : 'event_short'),
              missing: moneyFact(topUp),
              cost_low: moneyFact(cost.low),
              cost_high: moneyFact(cost.high),
              available: moneyFact(available),
              ...(topUpBy && { top_up_by: momentFact(topUpBy) }),
            },
          },
        ];
      }),
    };
  },

  past: null,
};

/** A top-up may take as long as is left until the event, or until credits run out before it. */
function isTimeToTopUp(
  now: Temporal.Instant,
  start: Temporal.Instant,
  topUpBy: Temporal.Instant | null,
): boolean {
  const isOver = (at: Temporal.Instant) => Temporal.Instant.compare(at, now) <= 0;
  return isOver(start.subtract(TOP_UP_LEAD)) || (topUpBy !== null && isOver(topUpBy));
}

function code(value: string) {
  return { as: 'code', value } as const;
}
