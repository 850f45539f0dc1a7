import type { CostRange } from '../credits/projection.ts';
import type { UsageSums } from '../history/answer.ts';
import { divideNano, NANO_PER_UNIT, type Nano, sumNano } from '../money.ts';
import { type Demand, outputsOf, WHOLE_PERCENT } from './expected-cost.ts';
import { perEach } from './live-progress.ts';
import type { EventClosing } from './planned-event.ts';

type Planned = Demand & EventClosing;

/** What an event taught, or was planned by. Decimals are integers of 1e-9. */
export interface Rates {
  /** Calls that succeeded, for each guest. */
  outputsPerParticipant: Nano | null;
  /** Calls that failed on top of those that succeeded, in per cent. */
  allowancePercent: Nano | null;
  /** What an output cost, failures included, nano-USD. */
  costPerOutput: Nano | null;
  /** What any call cost: a plan's price of an output, to which it adds the allowance. */
  costPerCall: Nano | null;
}

/** An event that is over, with what it used. */
export interface EndedEvent {
  event: Planned;
  actual: UsageSums;
}

/** What an event came to against its plan. `null` is not known. */
export interface Closing extends Rates {
  costPerParticipant: Nano | null;
  /** Price minus cost. */
  margin: Nano | null;
  /** The same in per cent of the price. */
  marginPercent: number | null;
  /** `null`: nobody knows what was planned for. */
  against: { place: 'inside' | 'above' | 'below'; percent: number | null } | null;
  /** What moved the cost most that way; `null` within the range, or where nobody knows. */
  why: Lesson | null;
  /** What was planned too high or too low, and should be planned differently. */
  lessons: Lesson[];
}

/** Something that was planned and came differently, in its own unit: guests, 1e-9, per cent, nano-USD. */
export interface Lesson {
  of: 'participants' | 'outputs' | 'allowance' | 'price';
  planned: Nano;
  actual: Nano;
}

/** What differs by less was planned well: a tenth of it, or two points of an allowance. */
const NOTABLE_PART = 10n;
const NOTABLE_POINTS = 2n * NANO_PER_UNIT;

/** @param plan what it was to cost; `null`: not known. */
export function closingOf({ event, actual }: EndedEvent, plan: CostRange | null): Closing {
  const { participantsCame, priceCharged } = event;
  const rates = ratesOf([{ event, actual }]);
  const margin = priceCharged === null ? null : priceCharged - actual.cost;
  const against = plan && {
    place:
      actual.cost > plan.high
        ? ('above' as const)
        : actual.cost < plan.low
          ? ('below' as const)
          : ('inside' as const),
    percent:
      plan.expected > 0n
        ? Number(divideNano(100n * (actual.cost - plan.expected), plan.expected))
        : null,
  };
  const differences = differencesOf(event, rates, plan);
  return {
    ...rates,
    costPerParticipant: perEach(actual.cost, participantsCame),
    margin,
    marginPercent:
      margin !== null && priceCharged ? Number(divideNano(100n * margin, priceCharged)) : null,
    against,
    why: against && against.place !== 'inside' ? mostMoving(differences, against.place) : null,
    lessons: differences.filter(isNotable),
  };
}

/**
 * What closed events teach for the next plan, each event counting for as much as there was of it. What
 * is not known of an event is taken from the others.
 */
export function learntFrom(...events: readonly EndedEvent[]): Rates {
  return ratesOf(events);
}

/**
 * By how much a guest of one of them cost more or less than a guest of all, at most, in per cent, 1e-9
 * of it. `null`: of fewer than two is it known.
 */
export function spreadOf(events: readonly EndedEvent[]): Nano | null {
  const all = costPerGuest(ratesOf(events));
  const off = events.flatMap((event) => {
    const one = costPerGuest(ratesOf([event]));
    return one === null || all === null ? [] : [one > all ? one - all : all - one];
  });
  if (!all || off.length < 2) return null;
  const [most = 0n] = off.toSorted((one, other) => Number(other - one));
  return divideNano(WHOLE_PERCENT * most, all);
}

/** In 1e-18. */
function costPerGuest({ outputsPerParticipant, costPerOutput }: Rates): bigint | null {
  if (outputsPerParticipant === null || costPerOutput === null) return null;
  return outputsPerParticipant * costPerOutput;
}

function ratesOf(events: readonly EndedEvent[]): Rates {
  const counted = events.flatMap(({ event, actual }) =>
    actual.successes === null ? [] : [{ ...event, ...actual, successes: actual.successes }],
  );
  const guests = counted.flatMap(({ participantsCame, successes }) =>
    participantsCame ? [{ participantsCame, successes }] : [],
  );
  const failed = counted.flatMap(({ failures, successes, cost }) =>
    failures === null ? [] : [{ failures, successes, cost }],
  );
  const ratio = (part: bigint, whole: bigint) => (whole > 0n ? divideNano(part, whole) : null);
  return {
    outputsPerParticipant: ratio(
      NANO_PER_UNIT * total(guests, 'successes'),
      total(guests, 'participantsCame'),
    ),
    allowancePercent: ratio(WHOLE_PERCENT * total(failed, 'failures'), total(failed, 'successes')),
    costPerOutput: ratio(costOf(counted), total(counted, 'successes')),
    costPerCall: ratio(costOf(failed), total(failed, 'successes') + total(failed, 'failures')),
  };
}

function total<Name extends string>(events: readonly Record<Name, number>[], name: Name): bigint {
  return events.reduce((sum, each) => sum + BigInt(each[name]), 0n);
}

function costOf(events: readonly { cost: Nano }[]): Nano {
  return sumNano(events.map(({ cost }) => cost));
}

function differencesOf(event: Planned, rates: Rates, plan: CostRange | null): Lesson[] {
  const outputs = outputsOf(event);
  const planned = {
    participants: BigInt(event.participants),
    outputs: event.outputsPerParticipant,
    allowance: event.allowancePercent,
    price: plan && outputs > 0n ? divideNano(plan.expected * NANO_PER_UNIT, outputs) : null,
  };
  const actual = {
    participants: event.participantsCame === null ? null : BigInt(event.participantsCame),
    outputs: rates.outputsPerParticipant,
    allowance: rates.allowancePercent,
    price: rates.costPerOutput,
  };
  return (['participants', 'outputs', 'price', 'allowance'] as const).flatMap((of): Lesson[] => {
    const [before, after] = [planned[of], actual[of]];
    return before === null || after === null ? [] : [{ of, planned: before, actual: after }];
  });
}

/** Guests, outputs and prices multiply; an allowance is part of the price of an output. */
function mostMoving(differences: readonly Lesson[], place: 'above' | 'below'): Lesson | null {
  const factors = differences.flatMap((lesson) => {
    if (lesson.of === 'allowance' || lesson.planned <= 0n || lesson.actual <= 0n) return [];
    const factor = Math.log(Number(lesson.actual) / Number(lesson.planned));
    return [{ lesson, moves: place === 'above' ? factor : -factor }];
  });
  const [most] = factors.sort((one, other) => other.moves - one.moves);
  return most && most.moves > 0 ? most.lesson : null;
}

function isNotable({ of, planned, actual }: Lesson): boolean {
  const difference = planned > actual ? planned - actual : actual - planned;
  return of === 'allowance'
    ? difference > NOTABLE_POINTS
    : difference * NOTABLE_PART > (planned > 0n ? planned : 0n);
}
