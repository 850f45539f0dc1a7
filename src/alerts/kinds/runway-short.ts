import { z } from 'zod';
import { momentFact } from '../facts.ts';
import { type Evaluation, UNKNOWN } from '../finding.ts';
import { type Forecast, forecastOf } from '../forecasts.ts';
import type { AlertKind } from '../kind.ts';
import { wholeParam } from '../param-fields.ts';

/** It is over when they last a fifth longer: a forecast moves a little every day. */
const OVER_TIMES = 1.2;

const params = z.object({ days: wholeParam(1, 365) });
type Params = z.output<typeof params>;

export interface RunwayReading {
  now: Temporal.Instant;
  forecast: Pick<Forecast, 'runway'> | null;
}

/** Credits are expected to last for less than some days. */
export const runwayShort: AlertKind<Params, RunwayReading> = {
  kind: 'runway_short',
  params,
  fields: [{ name: 'days', type: 'number', min: 1, max: 365, unit: 'days' }],
  defaults: [{ params: { days: 7 }, severity: 'warning' }],

  async read(round, account) {
    return { now: round.now, forecast: await forecastOf(round, account) };
  },

  judge({ now, forecast }, { days }, firing): Evaluation {
    const runway = forecast?.runway;
    if (!runway || typeof runway === 'string') return UNKNOWN;
    const left = runway.until ? Math.max(0, now.until(runway.until).total('hours') / 24) : Infinity;
    const isShort = left < (firing.has('') ? days * OVER_TIMES : days);
    if (!isShort || !runway.until) return { isKnown: true, findings: [] };
    return {
      isKnown: true,
      findings: [
        {
          subject: '',
          nature: 'state',
          cause: 'credits',
          facts: {
            days_left: { as: 'days', value: Math.floor(left * 10) / 10 },
            lasts_until: momentFact(runway.until),
            ...(runway.earliest && { earliest: momentFact(runway.earliest) }),
          },
        },
      ],
    };
  },

  // What was expected then is not kept.
  past: null,
};
