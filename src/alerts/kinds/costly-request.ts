import type { Nano } from '../../money.ts';
import { type CostlyCharge, costlyIn, costlySince } from '../charge-rows.ts';
import { type ChargeWatchState, chargeWatchStates } from '../charge-watch-rows.ts';
import { type CostlyParams, costlyParams, MOST_TIMES, tellsFrom } from '../costly-rule.ts';
import { momentFact, moneyFact } from '../facts.ts';
import type { Evaluation, Finding } from '../finding.ts';
import { readEveryHour } from '../hours.ts';
import type { AlertKind } from '../kind.ts';
import { LEAST_TIMES } from '../usual-charges.ts';

/** After so long without a look nobody knows. */
const UNWATCHED_MINUTES = 30;
/** What was found before is known to whoever was told: it is only read again for a crash in between. */
const FOUND_HOURS = 48;
/** Requests of an account that are told of at a time, the dearest first. */
const MOST_FINDINGS = 50;

export interface CostlyReading {
  now: Temporal.Instant;
  /** `null`: the account's charges were never looked at. */
  watch: ChargeWatchState | null;
  charges: readonly CostlyCharge[];
}

/** One request that cost many times what its model's usually do: at once, whatever budgets say. */
export const costlyRequest: AlertKind<CostlyParams, CostlyReading> = {
  kind: 'costly_request',
  params: costlyParams,
  fields: [
    { name: 'times', type: 'number', min: LEAST_TIMES, max: MOST_TIMES, unit: 'times' },
    { name: 'min_amount', type: 'money' },
  ],
  isOnce: true,
  defaults: [{ params: { times: 20, min_amount: '1' }, severity: 'critical' }],

  async read(round, account) {
    const { db } = round.services.store;
    const since = round.now.subtract({ hours: FOUND_HOURS });
    const watches = await round.once('charge_watches', () => chargeWatchStates(db));
    const charges = await round.once('costly_charges', () => costlySince(db, since));
    return {
      now: round.now,
      watch: watches.get(account.id) ?? null,
      charges: charges.get(account.id) ?? [],
    };
  },

  judge({ now, watch, charges }, params): Evaluation {
    const findings = charges
      .filter(({ cost, usualCost }) => cost >= tellsFrom(usualCost, params))
      .toSorted((one, other) => (one.cost > other.cost ? -1 : one.cost < other.cost ? 1 : 0))
      .slice(0, MOST_FINDINGS)
      .map((charge) => findingOf(charge, tellsFrom(charge.usualCost, params)));
    const lookedAt = watch?.errorCode === null ? watch.lookedAt : null;
    const isKnown = lookedAt !== null && lookedAt.until(now).total('minutes') <= UNWATCHED_MINUTES;
    return { isKnown, findings };
  },

  async past(round, account, _params, span) {
    const charges = await costlyIn(round.services.store.db, account.id, span);
    const watch: ChargeWatchState = { lookedUntil: null, lookedAt: null, errorCode: null };
    return readEveryHour(span, (at) => {
      const from = at.subtract({ hours: 1 });
      const own = charges.filter(
        ({ foundAt }) =>
          Temporal.Instant.compare(foundAt, from) > 0 && Temporal.Instant.compare(foundAt, at) <= 0,
      );
      return { now: at, watch: { ...watch, lookedAt: at }, charges: own };
    });
  },
};

function findingOf(charge: CostlyCharge, from: Nano): Finding {
  const { requestId, endpointId, at, cost, usualCost } = charge;
  return {
    subject: subjectOf(charge, from),
    nature: 'moment',
    cause: 'spend',
    facts: {
      model: { as: 'model', value: endpointId },
      cost: moneyFact(cost),
      compared: { as: 'code', value: usualCost > 0n ? 'far_above_usual' : 'much_for_any' },
      request: { as: 'text', value: requestId },
      charged_at: momentFact(at),
      ...(usualCost > 0n && {
        usual_cost: moneyFact(usualCost),
        times_usual: { as: 'times', value: timesOf(cost, usualCost) },
      }),
    },
  };
}

/**
 * What a request costs may rise, for it is charged in several events: ten times as much is told again, and
 * so is a hundred times as much.
 * @param from the cost that it is told from.
 */
function subjectOf({ requestId, cost }: CostlyCharge, from: Nano): string {
  let times = 1n;
  while (cost >= from * times * 10n) times *= 10n;
  return times === 1n ? requestId : `${requestId} x${times}`;
}

/** To one decimal below a hundred, and whole above. */
function timesOf(cost: bigint, usual: bigint): number {
  const tenths = Number((cost * 10n) / usual) / 10;
  return tenths < 100 ? tenths : Math.round(tenths);
}
