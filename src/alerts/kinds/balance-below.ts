import { z } from 'zod';
import { type LatestBalance, lastBalancesIn } from '../../history/balance-samples.ts';
import { momentFact, moneyFact } from '../facts.ts';
import { type Evaluation, UNKNOWN } from '../finding.ts';
import { hoursIn } from '../hours.ts';
import type { AlertKind } from '../kind.ts';
import { amountOf, amountParam } from '../param-fields.ts';

/** A balance that was read longer ago says little of what is left. */
const OLD_HOURS = 6;
/** It is over when there is a tenth more, so that one that hovers is told of once. */
const OVER_PERCENT = 110n;

const params = z.object({ amount: amountParam({ least: 1n, max: 10_000_000 }) });
type Params = z.output<typeof params>;

export interface BalanceReading {
  now: Temporal.Instant;
  /** `null`: it was never read. */
  balance: LatestBalance | null;
}

/** The last balance that fal stated, in US dollars, is below an amount. */
export const balanceBelow: AlertKind<Params, BalanceReading> = {
  kind: 'balance_below',
  params,
  fields: [{ name: 'amount', type: 'money' }],
  defaults: [
    { params: { amount: '10' }, severity: 'warning' },
    { params: { amount: '2' }, severity: 'critical' },
  ],

  async read({ now, once, services }, account) {
    const balances = await once('balances', () => services.overviewSources.balances());
    return { now, balance: balances.get(account.id) ?? null };
  },

  judge({ now, balance }, { amount }, firing): Evaluation {
    const known = balance?.known;
    if (known?.currency !== 'USD') return UNKNOWN;
    if (known.asOf.until(now).total('hours') > OLD_HOURS) return UNKNOWN;
    const limit = amountOf(amount);
    const isBelow = firing.has('')
      ? known.balance * 100n < limit * OVER_PERCENT
      : known.balance < limit;
    if (!isBelow) return { isKnown: true, findings: [] };
    return {
      isKnown: true,
      findings: [
        {
          subject: '',
          nature: 'state',
          cause: 'credits',
          facts: {
            balance: moneyFact(known.balance),
            limit: moneyFact(limit),
            as_of: momentFact(known.asOf),
          },
        },
      ],
    };
  },

  async past({ services }, account, _params, span) {
    const periods = hoursIn(span).map((at) => ({
      start: at.subtract({ hours: OLD_HOURS }),
      end: at,
    }));
    const { db, engine } = services.store;
    const balances = await lastBalancesIn(db, engine, account.id, periods);
    return periods.map(({ end: at }, index) => {
      const read = balances[index];
      const known = read ? { ...read, asOf: at } : null;
      return { at, reading: { now: at, balance: known && { known, away: null } } };
    });
  },
};
