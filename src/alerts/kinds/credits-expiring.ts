import { z } from 'zod';
import { NANO_PER_UNIT } from '../../money.ts';
import { toText } from '../../store/values.ts';
import { moneyFact } from '../facts.ts';
import { type Evaluation, type Finding, lapsedOf, UNKNOWN } from '../finding.ts';
import { type Forecast, forecastOf } from '../forecasts.ts';
import type { AlertKind, Round } from '../kind.ts';
import { wholeParam } from '../param-fields.ts';

/** Less is not worth a message, and what is told of is over at half of it. */
const LEAST = NANO_PER_UNIT;
/** What expired longer ago is not open any more. */
const EXPIRED_DAYS = 90;

const params = z.object({ days: wholeParam(1, 365) });
type Params = z.output<typeof params>;

export interface ExpiringReading {
  now: Temporal.Instant;
  /** Whose days they expire on. */
  timezone: string;
  forecast: Pick<Forecast, 'runway' | 'expiring'> | null;
  /** Ids of the account's purchases that have expired. */
  expired: ReadonlySet<string>;
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
    const expired = await round.once('credits_expired', () => readExpired(round));
    return {
      now: round.now,
      timezone,
      forecast: await forecastOf(round, account),
      expired: expired.get(account.id) ?? new Set(),
    };
  },

  judge({ now, timezone, forecast, expired }, { days }, firing): Evaluation {
    const lapsed = lapsedOf(firing, (subject) => expired.has(subject));
    // Where nobody knows how long they last nobody knows what will be left.
    if (!forecast || typeof forecast.runway === 'string') return { ...UNKNOWN, ...lapsed };
    const findings = forecast.expiring.flatMap(({ entryId, amount, expiresAt }): Finding[] => {
      const hours = now.until(expiresAt).total('hours');
      const least = firing.has(entryId) ? LEAST / 2n : LEAST;
      if (hours <= 0 || expired.has(entryId) || hours > days * 24 || amount < least) return [];
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
    return { isKnown: true, findings, ...lapsed };
  },

  past: null,
};

/** By account id, the purchases that lately expired, as their last revision has it. */
async function readExpired({ services, now }: Round): Promise<Map<string, Set<string>>> {
  const rows = await services.store.db
    .selectFrom('credit_entries as entry')
    .select(['account_id', 'entry_id'])
    .where('expires_at', '<=', toText(now))
    .where('expires_at', '>', toText(now.subtract({ hours: EXPIRED_DAYS * 24 })))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('credit_entries as later')
            .select('later.revision')
            .whereRef('later.account_id', '=', 'entry.account_id')
            .whereRef('later.entry_id', '=', 'entry.entry_id')
            .whereRef('later.revision', '>', 'entry.revision'),
        ),
      ),
    )
    .execute();
  const byAccount = Map.groupBy(rows, ({ account_id: id }) => id);
  return new Map(
    [...byAccount].map(([id, own]) => [id, new Set(own.map(({ entry_id: entryId }) => entryId))]),
  );
}
