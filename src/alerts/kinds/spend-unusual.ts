import type { Kysely } from 'kysely';
import { z } from 'zod';
import { bucketStart } from '../../buckets.ts';
import { divideNano, NANO_PER_UNIT, type Nano } from '../../money.ts';
import { outputsOf } from '../../planner/expected-cost.ts';
import type { PlannedEvent } from '../../planner/planned-event.ts';
import { eventsFrom } from '../../planner/queries.ts';
import type { Tables } from '../../store/tables.ts';
import { BASIS_DAYS } from '../../usage/pace.ts';
import { type AccountUsage, longUsageOf, usageOf } from '../account-usage.ts';
import { momentFact, moneyFact } from '../facts.ts';
import { type Evaluation, type Finding, UNKNOWN } from '../finding.ts';
import { readEveryHour } from '../hours.ts';
import type { AlertKind, Round } from '../kind.ts';
import { hourlyModels, type MainModel, mainModel, modelFacts } from '../main-model.ts';
import { amountOf, amountParam, numberParam } from '../param-fields.ts';
import { createUsualReader } from '../spend-samples.ts';
import type { UsualSpend } from '../usual-spend.ts';

const params = z.object({
  times: numberParam(1.5, 100).default(3),
  min_amount: amountParam().default('2'),
});
type Params = z.infer<typeof params>;

/** The last hours, against what they usually cost. */
export interface UnusualLook {
  hours: number;
  since: Temporal.Instant;
  spent: Nano;
  isWhole: boolean;
  /** `null`: not known, for the account is new or hardly used. */
  usual: UsualSpend | null;
  /** What the planned events that these hours touch will cost in all, nano-USD. */
  planned: Nano;
  model: MainModel | null;
}

export interface UnusualReading {
  looks: readonly UnusualLook[];
  /** 1 is Monday. */
  weekday: number;
  /** Such as `18:00`. */
  hour: string;
}

/** Short enough for an evening, long enough for what leaks. */
const SPANS_HOURS = [3, 24];
/**
 * What is open is over below this part of what opened it. Three hours are two when a new one begins, and what is spent
 * as steadily as before is two thirds of it.
 */
const overBelow = (hours: number) => (hours <= 3 ? 0.6 : 0.7);
/** An event may cost so many times what it was planned to. */
const PLANNED_TIMES = 1.5;
/** Guests come early, and results late. */
const BEFORE_EVENT_MS = 2 * 3_600_000;
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** More is spent than usual for the weekday and hour, and more than what happens here anyway. */
export const spendUnusual: AlertKind<Params, UnusualReading> = {
  kind: 'spend_unusual',
  params,
  fields: [
    { name: 'times', type: 'number', min: 1.5, max: 100, unit: 'times' },
    { name: 'min_amount', type: 'money' },
  ],
  defaults: [{ params: { times: 3, min_amount: '2' }, severity: 'warning' }],

  async read(round, account, asked) {
    const usage = await usageOf(round, account);
    const events = await round.once('events lately', () => eventsSince(round, null));
    const own = events.filter(({ accountId }) => accountId === account.id);
    const reading = lookAt(usage, usualOf(round, usage), own, round.now);
    const looks = reading.looks.map(async (look) => {
      if (!isUnusual(look, asked, overBelow(look.hours))) return look;
      const span = { start: look.since, end: round.now };
      return { ...look, model: await mainModel(round, account, span, 'cost', look.spent) };
    });
    return { ...reading, looks: await Promise.all(looks) };
  },

  judge(reading, asked, firing): Evaluation {
    const { looks } = reading;
    const isOpen = firing.has('');
    const [most] = looks
      .filter((look) => isUnusual(look, asked, isOpen ? overBelow(look.hours) : 1))
      .toSorted((a, b) => factorOf(b) - factorOf(a));
    if (most) return { isKnown: true, findings: [findingOf(most, reading)] };
    const isKnown = looks.every(({ isWhole, usual }) => isWhole && usual !== null);
    return isKnown ? { isKnown, findings: [] } : UNKNOWN;
  },

  async past(round, account, asked, span) {
    const since = span.start.subtract({ hours: (BASIS_DAYS + 2) * 24 });
    const usage = await longUsageOf(round, account, since);
    const events = await eventsSince(round, account.id, span.start);
    const models = await hourlyModels(round, account, span, 'cost');
    const usualAt = createUsualReader(usage);
    return readEveryHour(span, (at) => {
      const reading = lookAt(usage, usualAt, events, at);
      const looks = reading.looks.map((look) =>
        isUnusual(look, asked, overBelow(look.hours))
          ? { ...look, model: models(look.since.epochMilliseconds, at.epochMilliseconds) }
          : look,
      );
      return { ...reading, looks };
    });
  },
};

type UsualReader = ReturnType<typeof createUsualReader>;

/** What was told of an account in an hour holds for all of it. */
interface KnownUsual {
  name: string;
  bySpan: Map<number, UsualSpend | null>;
  read: UsualReader;
}

const remembered = new WeakMap<Kysely<Tables>, Map<string, KnownUsual>>();

function usualOf(round: Round, usage: AccountUsage): UsualReader {
  const { db } = round.services.store;
  const known = remembered.get(db) ?? new Map<string, KnownUsual>();
  remembered.set(db, known);
  const { id } = usage.account;
  return (hour, hours) => {
    const name = `${usage.version} ${hour.epochMilliseconds}`;
    let own = known.get(id);
    if (own?.name !== name) {
      own = { name, bySpan: new Map(), read: createUsualReader(usage) };
      known.set(id, own);
    }
    const found = own.bySpan.get(hours);
    if (found !== undefined) return found;
    const usual = own.read(hour, hours);
    own.bySpan.set(hours, usual);
    return usual;
  };
}

/** What the last hours cost, against what `usualAt` says; pure but for what was read. */
export function lookAt(
  usage: AccountUsage,
  usualAt: UsualReader,
  events: readonly PlannedEvent[],
  now: Temporal.Instant,
): UnusualReading {
  // At the very end of an hour it is that hour's: a look back is made there.
  const hour = bucketStart(now.subtract({ milliseconds: 1 }), 'hour', usage.account.timezone);
  const looks = SPANS_HOURS.map((hours): UnusualLook => {
    const since = hour.toInstant().subtract({ hours: hours - 1 });
    return {
      hours,
      since,
      spent: usage.used(since, now).cost,
      isWhole: usage.isWhole(since, now),
      usual: usualAt(hour, hours),
      planned: plannedCost(usage, events, since, now),
      model: null,
    };
  });
  const time = hour.toPlainTime().toString({ smallestUnit: 'minute' });
  return { looks, weekday: hour.dayOfWeek, hour: time };
}

/** At the price that people wrote down, or at what a call of the account lately cost. */
function plannedCost(
  usage: AccountUsage,
  events: readonly PlannedEvent[],
  since: Temporal.Instant,
  now: Temporal.Instant,
): Nano {
  const touched = events.filter(
    ({ start, end }) =>
      start.epochMilliseconds - BEFORE_EVENT_MS < now.epochMilliseconds &&
      end.epochMilliseconds + BEFORE_EVENT_MS > since.epochMilliseconds,
  );
  if (touched.length === 0) return 0n;
  const { cost, calls } = usage.used(now.subtract({ hours: BASIS_DAYS * 24 }), now);
  const perCall = calls > 0 ? divideNano(cost, calls) : 0n;
  return touched.reduce((sum, event) => {
    const price = event.pricePerOutput ?? perCall;
    return sum + divideNano(outputsOf(event) * price, NANO_PER_UNIT);
  }, 0n);
}

function eventsSince(
  { services, now }: Round,
  accountId: string | null,
  from = now,
): Promise<PlannedEvent[]> {
  return eventsFrom(services.store.db, accountId, from.subtract({ hours: 48 }));
}

function factorOf({ spent, usual }: UnusualLook): number {
  return usual ? Number(spent) / usual.normal : 0;
}

/** @param part of the bounds that counts, 0 to 1: what is open closes later than it opened. */
function isUnusual(look: UnusualLook, { times, min_amount }: Params, part: number): boolean {
  const { usual, planned } = look;
  if (!usual) return false;
  const spent = Number(look.spent);
  return (
    spent >= times * usual.normal * part &&
    spent >= usual.bound * part &&
    spent >= (usual.normal + Number(amountOf(min_amount))) * part &&
    (planned === 0n || spent >= (usual.normal + Number(planned) * PLANNED_TIMES) * part)
  );
}

function findingOf(look: UnusualLook, { weekday, hour }: UnusualReading): Finding {
  const { hours, since, spent, usual, model } = look;
  return {
    subject: '',
    nature: 'state',
    cause: 'spend',
    facts: {
      spent: moneyFact(spent),
      hours: { as: 'hours', value: hours },
      factor: { as: 'times', value: Math.round(factorOf(look) * 10) / 10 },
      normal: moneyFact(BigInt(Math.round(usual?.normal ?? 0))),
      basis: { as: 'code', value: usual?.basis ?? 'weekday_hour' },
      weekday: { as: 'code', value: WEEKDAYS[weekday - 1] ?? 'monday' },
      hour: { as: 'text', value: hour },
      since: momentFact(since),
      ...modelFacts(model),
    },
  };
}
