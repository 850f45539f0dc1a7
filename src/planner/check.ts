import { type CostRange, leftAt, type Outlook, runsOutAt } from '../credits/projection.ts';
import type { Nano } from '../money.ts';
import { type Demand, type ExpectedCost, expectedCost } from './expected-cost.ts';
import type { OutputPrice } from './output-price.ts';
import { judge, topUpBy, type Verdict } from './verdict.ts';

/** A model's part of an event, priced. */
export interface PricedModel {
  /** `null`: outputs of whatever model, at a price somebody gave. */
  endpointId: string | null;
  /** In per cent, 1e-9 of it. */
  share: Nano;
  output: OutputPrice;
}

/** What is to be checked. */
export interface EventPlan extends Demand {
  /** When it begins: credits have to last from then on. */
  start: Temporal.Instant;
  /** Their shares add up to 100 per cent. */
  models: readonly PricedModel[];
}

/** What pays for it. */
export type Funds =
  /** What somebody says there is, when it begins. */
  | { credits: Nano }
  /** The account's credits and what happens to them until then. */
  | { outlook: Outlook };

/** What a check rests on; of `participants` that a tenth of them might stay away. */
export type Assumption =
  | 'participants'
  | 'price'
  | 'allowance'
  | 'margin'
  | 'everyday'
  | 'events'
  | 'expiry';

export interface Check {
  verdict: Verdict;
  cost: CostRange;
  /** By model, in the plan's order. */
  costs: CostRange[];
  /** Credits expected to be there when it begins. */
  available: Nano;
  /** What to add; 0 where it is enough. */
  topUp: Nano;
  /** When at the latest; `null` where there is nothing to add. */
  topUpBy: Temporal.Instant | null;
  /** How much more would be left without each assumption, most first; only what weighs something. */
  weights: { assumption: Assumption; amount: Nano }[];
  /**
   * What decides: without it alone the verdict would be a better one, and nothing weighs more. Where
   * it is enough already, what weighs most. `null` where nothing weighs anything.
   */
  decidedBy: Assumption | null;
}

/** Whether credits will last through an event, and which assumption decides that. */
export function checkPlan(plan: EventPlan, funds: Funds, now: Temporal.Instant): Check {
  const { total: cost, parts: costs } = costOf(plan);
  const left = leftBy(plan.start, funds);
  const available = left > 0n ? left : 0n;
  const { verdict, topUp } = judge(cost, left);
  const runsOut = 'outlook' in funds ? runsOutAt(funds.outlook, plan.start, 'high') : null;
  const weights = without(plan, funds)
    .map(({ assumption, plan: other, funds: others }) => {
      const { total } = costOf(other);
      const there = others === funds ? left : leftBy(other.start, others);
      return {
        assumption,
        amount: cost.high - total.high + there - left,
        isBetter: judge(total, there).verdict !== verdict,
      };
    })
    .filter(({ amount }) => amount > 0n)
    .sort((one, other) => (one.amount > other.amount ? -1 : one.amount < other.amount ? 1 : 0));
  const decisive = weights.find(({ isBetter }) => isBetter) ?? weights[0];
  return {
    ...{ verdict, cost, costs, available, topUp },
    topUpBy: topUp > 0n ? topUpBy(now, plan.start, runsOut) : null,
    weights: weights.map(({ assumption, amount }) => ({ assumption, amount })),
    decidedBy: decisive?.assumption ?? null,
  };
}

/** What a plan will cost, by model too. */
export function costOf(plan: Demand & Pick<EventPlan, 'models'>): ExpectedCost {
  return expectedCost(
    plan,
    plan.models.map(({ share, output }) => ({ share, price: output.price })),
  );
}

/** Below nothing where credits run out before. */
function leftBy(start: Temporal.Instant, funds: Funds): Nano {
  return 'credits' in funds ? funds.credits : leftAt(funds.outlook, start, 'expected');
}

/** What would be checked without each of the assumptions. */
function without(
  plan: EventPlan,
  funds: Funds,
): { assumption: Assumption; plan: EventPlan; funds: Funds }[] {
  const tenth = Math.ceil(plan.participants / 10);
  const plans: [Assumption, Partial<EventPlan>][] = [
    ['price', { models: plan.models.map(cheapest) }],
    ['allowance', { allowancePercent: 0n }],
    ['margin', { marginPercent: 0n }],
    ['participants', { participants: plan.participants - tenth }],
  ];
  const changed = plans.map(([assumption, change]) => {
    return { assumption, plan: { ...plan, ...change }, funds };
  });
  if ('credits' in funds) return changed;
  const { outlook } = funds;
  const { pace, events, lots } = outlook;
  const expires = lots.some(
    ({ expiresAt }) => expiresAt && Temporal.Instant.compare(expiresAt, plan.start) <= 0,
  );
  const outlooks: [Assumption, happens: boolean, Partial<Outlook>][] = [
    ['everyday', pace !== null, { pace: null }],
    ['events', events.length > 0, { events: [] }],
    ['expiry', expires, { lots: lots.map((lot) => ({ ...lot, expiresAt: null })) }],
  ];
  return [
    ...changed,
    ...outlooks
      .filter(([, happens]) => happens)
      .map(([assumption, , change]) => {
        return { assumption, plan, funds: { outlook: { ...outlook, ...change } } };
      }),
  ];
}

/** The same at the lower bound of its price. */
function cheapest(model: PricedModel): PricedModel {
  const { low } = model.output.price;
  return { ...model, output: { ...model.output, price: { low, expected: low, high: low } } };
}
