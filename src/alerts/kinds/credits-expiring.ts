import { z } from 'zod';
import { NANO_PER_UNIT } from '../../money.ts';
import { type Evaluation, type Finding, UNKNOWN } from '../finding.ts';
import { type Forecast, forecastOf } from '../forecasts.ts';
import type { AlertKind } from '../kind.ts';
import { moneyFact, numberParam } from './account-params.ts';

/** Less is not worth a message, and what is told of is over at half of it. */
const LEAST = NANO_PER_UNIT;

const params = z.object({ days: numberParam({ min: 1, max: 365 }) });
type Params = z.output<typeof params>;

export interface ExpiringReading {
  now: Temporal.Instant;
  /** Whose days they expire on. */
  timezone: string;
  forecast: Pick<Forecast, 'runway' | 'expiring'> | null;
}

/** Credits that will expire unused within some days, purchase by purchase. */
export const creditsExpiring: AlertKind<Params, ExpiringReading> = {
  kind: 'credits_expiring',
  params,
  fields: [{ name: 'days', type: 'number', min: 1, max: 365, unit: 'days' }],
  defaults: [
    { params: { days: 30 }, severity: 'info' },
    { params: { days: 7 }, severity: 'warning' },
  ],

  async read(round, account) {
    const { timezone } = account;
    return { now: round.now, timezone, forecast: await forecastOf(round, account) };
  },

  judge({ now, timezone, forecast }, { days }, firing): Evaluation {
    // Where nobody knows how long they last nobody knows what will be left.
    if (!forecast || typeof forecast.runway === 'string') return UNKNOWN;
    const findings = forecast.expiring.flatMap(({ entryId, amount, expiresAt }): Finding[] => {
      const hours = now.until(expiresAt).total('hours');
      const least = firing.has(entryId) ? LEAST / 2n : LEAST;
      if (hours <= 0 || hours > days * 24 || amount < least) return [];
      const day = expiresAt.toZonedDateTimeISO(timezone).toPlainDate();
      return [
        {
          subject: entryId,
          nature: 'state',
          cause: 'credits',
          facts: {
            expiring: moneyFact(amount),
            expires_on: { as: 'day', value: day.toString() },
            days_left: { as: 'days', value: Math.floor((hours / 24) * 10) / 10 },
          },
        },
      ];
    });
    return { isKnown: true, findings };
  },

  past: null,
};
