import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import type { Config } from '../config.ts';
import type { Tables } from '../store/tables.ts';
import type { FailingDays } from './failing-days.ts';
import {
  type Chunk,
  chunksOf,
  firstDayOf,
  firstSettlingDay,
  type PlanRules,
  planDays,
  slotMinutesByDay,
} from './plan.ts';
import { type EpochDay, utcDayOf } from './slots.ts';
import { type ReadDay, readKnownDays, readWishes } from './sync-queries.ts';

export interface RoundPlanOptions {
  db: Kysely<Tables>;
  now: () => Temporal.Instant;
  config: Pick<Config, 'backfillDays' | 'settleHours' | 'syncIntervalSeconds'>;
  /** As it was when the round began. */
  account: Pick<FalAccount, 'id' | 'version'>;
  /** Zones in whose hours and days it is to be counted. */
  zones: readonly string[];
  failing: FailingDays;
}

/** What is due at one moment. */
export interface DueDays {
  days: EpochDay[];
  known: ReadDay[];
  slotMinutesOf: PlanRules['slotMinutesOf'];
}

/** Why a round ends early: somebody paused it, or its account has another key or zone, or is gone. */
export type Interruption = 'paused' | 'changed';

/** What a round has to read, found out anew each time: during a long one days become due again. */
export interface RoundPlan {
  due(): Promise<DueDays | Interruption>;
  /** The next days to read, or why there are none. One caller's days are not another's too. */
  pick(): Promise<Chunk | 'done' | Interruption>;
  /** How often a day was marked to be read again when it was picked last. */
  marksOf(day: EpochDay): number;
  /** Days picked so far and those that were due then. */
  size(): number;
}

export function createRoundPlan(options: RoundPlanOptions): RoundPlan {
  const { db, now, account, zones, failing } = options;
  const { backfillDays, settleHours, syncIntervalSeconds: intervalSeconds } = options.config;
  /** When each day was picked last. */
  const picked = new Map<EpochDay, Temporal.Instant>();
  const marks = new Map<EpochDay, number>();
  let daysPicked = 0;
  let isSettlingsTurn = true;
  let size = 0;
  let turn: Promise<unknown> = Promise.resolve();

  async function due(): Promise<DueDays | Interruption> {
    const wishes = await readWishes(db, account.id);
    if (wishes?.version !== account.version) return 'changed';
    if (wishes.isPaused) return 'paused';
    const known = await readKnownDays(db, account.id);
    const at = now();
    const firstDay = firstDayOf(at, backfillDays, wishes.backfillFrom, known);
    const slotMinutesOf = slotMinutesByDay(zones, firstDay, utcDayOf(at));
    const rules = { firstDay, slotMinutesOf, settleHours, intervalSeconds };
    const days = failing.triable(planDays(known, at, rules), at);
    return { days, known, slotMinutesOf };
  }

  async function pickNow(): Promise<Chunk | 'done' | Interruption> {
    const found = await due();
    if (typeof found === 'string') return found;
    const at = now();
    const days = found.days
      .filter((day) => !wasPickedSince(day, at))
      .toSorted((a, b) => lastPickedMs(a) - lastPickedMs(b));
    const chunk = nextOf(chunksOf(days, found.slotMinutesOf), at);
    // Reading the latest days over and over is for the next rounds.
    if (!chunk || days.every((day) => picked.has(day))) return 'done';
    size = daysPicked + days.length;
    daysPicked += chunk.days.length;
    for (const day of chunk.days) picked.set(day, at);
    for (const each of found.known) {
      if (chunk.days.includes(each.day)) marks.set(each.day, each.marks);
    }
    return chunk;
  }

  /**
   * Days that settle and others have every other turn: where reading takes longer than the former
   * stay fresh, they alone would be read for ever.
   */
  function nextOf(chunks: readonly Chunk[], at: Temporal.Instant): Chunk | undefined {
    const firstSettling = firstSettlingDay(at, settleHours);
    const isSettling = ({ days }: Chunk) => days.some((day) => day >= firstSettling);
    const next = chunks.find((chunk) => isSettling(chunk) === isSettlingsTurn) ?? chunks[0];
    if (next) isSettlingsTurn = !isSettling(next);
    return next;
  }

  function lastPickedMs(day: EpochDay): number {
    return picked.get(day)?.epochMilliseconds ?? 0;
  }

  /** Whether a day is being read, or was a moment ago and could not be. */
  function wasPickedSince(day: EpochDay, at: Temporal.Instant): boolean {
    const last = picked.get(day);
    return last !== undefined && last.until(at).total('seconds') < intervalSeconds;
  }

  return {
    due,
    pick() {
      const pick = turn.then(pickNow);
      turn = pick.catch(() => {});
      return pick;
    },
    marksOf: (day) => marks.get(day) ?? 0,
    size: () => size,
  };
}
