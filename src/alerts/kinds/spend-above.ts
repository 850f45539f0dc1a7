import { z } from 'zod';
import type { FalAccount } from '../../accounts/accounts.ts';
import { bucketStart } from '../../buckets.ts';
import type { Nano } from '../../money.ts';
import { type AccountUsage, filteredUsageOf, longUsageOf } from '../account-usage.ts';
import { periodsAt } from '../calendar-periods.ts';
import { momentFact, moneyFact } from '../facts.ts';
import { type Evaluation, type Finding, lapsedOf } from '../finding.ts';
import { readEveryHour } from '../hours.ts';
import type { AlertKind, Round } from '../kind.ts';
import { type MainModel, mainModel, modelFacts } from '../main-model.ts';
import { amountOf, amountParam, filterOf, filterParams } from '../param-fields.ts';

/** By the account's calendar from its start until now, or the last hours. */
const SPEND_PERIODS = ['today', 'last_hour', 'last_24h', 'week', 'month'] as const;

const params = z.object({
  amount: amountParam(),
  period: z.enum(SPEND_PERIODS, 'unknown').default('today'),
  ...filterParams,
});
type Params = z.infer<typeof params>;

/** What was spent in a period. */
export interface SpendLook {
  /** The period's first day; empty where it has none. */
  subject: string;
  spent: Nano;
  /** Otherwise it is a lower bound. */
  isWhole: boolean;
  since: Temporal.Instant;
  until: Temporal.Instant;
  /** Read only of what may be above the amount. */
  model: MainModel | null;
}

export type SpendReading = readonly SpendLook[];

/** What is open is over below this part of the amount, in per cent. */
const OVER_BELOW = 90n;

const CALENDAR = { today: 'day', week: 'week', month: 'month' } as const;
/** How far the periods reach back, in days, with the one before them. */
const REACH_DAYS = { last_hour: 1, last_24h: 2, today: 2, week: 15, month: 63 };

/** More was spent in a period than an amount. */
export const spendAbove: AlertKind<Params, SpendReading> = {
  kind: 'spend_above',
  params,
  fields: [
    { name: 'amount', type: 'money' },
    { name: 'period', type: 'choice', options: SPEND_PERIODS },
    { name: 'endpoint_id', type: 'model' },
    { name: 'api_key_id', type: 'api_key' },
  ],
  // What is much differs from account to account: `spend_unusual` watches until somebody says.
  defaults: [],
  suggested: { params: { amount: '5', period: 'today' }, severity: 'info' },

  async read(round, account, asked) {
    const since = reach(round.now, asked);
    const usage = await filteredUsageOf(round, account, filterOf(asked), since);
    const looks = looksAt(usage, round.now, asked);
    return Promise.all(looks.map((look) => withModel(round, account, look, asked)));
  },

  judge(looks, { amount }, firing): Evaluation {
    const limit = amountOf(amount);
    const found = looks.filter(({ subject, spent, isWhole }) => {
      if (spent > limit) return true;
      return firing.has(subject) && (!isWhole || spent * 100n >= limit * OVER_BELOW);
    });
    return {
      isKnown: found.length > 0 || looks.every(({ isWhole }) => isWhole),
      findings: found.map((look) => findingOf(look, amount)),
      // Those of a calendar's periods: of one that is not looked at any more nothing is told.
      ...lapsedOf(firing, (each) => each !== '' && looks.every(({ subject }) => subject !== each)),
    };
  },

  async past(round, account, asked, span) {
    const since = reach(span.start, asked);
    const usage = await longUsageOf(round, account, since, filterOf(asked));
    return readEveryHour(span, (at) => looksAt(usage, at, asked));
  },
};

function reach(now: Temporal.Instant, { period }: Params): Temporal.Instant {
  return now.subtract({ hours: REACH_DAYS[period] * 24 });
}

/** Pure but for what was read. */
function looksAt(usage: AccountUsage, now: Temporal.Instant, { period }: Params): SpendLook[] {
  const { timezone } = usage.account;
  const look = (subject: string, since: Temporal.Instant, until: Temporal.Instant): SpendLook => ({
    subject,
    since,
    until,
    spent: usage.used(since, until).cost,
    isWhole: usage.isWhole(since, until),
    model: null,
  });
  if (period === 'last_hour' || period === 'last_24h') {
    const hour = bucketStart(now, 'hour', timezone).toInstant();
    if (period === 'last_24h') return [look('', hour.subtract({ hours: 24 }), now)];
    // What an hour cost is known some minutes after it is over.
    const [before, current] = [look('', hour.subtract({ hours: 1 }), hour), look('', hour, now)];
    const more = current.spent > before.spent ? current : before;
    return [{ ...more, isWhole: before.isWhole && current.isWhole }];
  }
  return periodsAt(now, CALENDAR[period], timezone).map(({ day, start, end, isOver }) =>
    look(day, start.toInstant(), isOver ? end.toInstant() : now),
  );
}

async function withModel(
  round: Round,
  account: FalAccount,
  look: SpendLook,
  { amount, endpoint_id, api_key_id }: Params,
): Promise<SpendLook> {
  const isNear = look.spent * 100n >= amountOf(amount) * OVER_BELOW;
  if (!isNear || endpoint_id !== null || api_key_id !== null) return look;
  const span = { start: look.since, end: look.until };
  return { ...look, model: await mainModel(round, account, span, 'cost', look.spent) };
}

function findingOf({ subject, spent, since, model }: SpendLook, amount: string): Finding {
  return {
    subject,
    nature: 'state',
    cause: 'spend',
    facts: {
      spent: moneyFact(spent),
      amount: { as: 'money', value: amount, currency: 'USD' },
      since: momentFact(since),
      ...modelFacts(model),
    },
  };
}
