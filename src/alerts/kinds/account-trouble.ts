import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { LatestBalance } from '../../history/balance-samples.ts';
import { readPaused } from '../../history/sync-queries.ts';
import { earlier } from '../../instants.ts';
import type { Nano } from '../../money.ts';
import { digits } from '../../store/big-numbers.ts';
import type { Tables } from '../../store/tables.ts';
import { toInstant, toText } from '../../store/values.ts';
import { momentFact, moneyFact } from '../facts.ts';
import { type Evaluation, type Facts, type Finding, UNKNOWN } from '../finding.ts';
import { readEveryHour } from '../hours.ts';
import type { AlertKind } from '../kind.ts';
import { type LastAnswers, readLastAnswers } from '../last-answers.ts';
import { recentRefusals, unanswered } from '../recent-refusals.ts';
import { cutText, type Refusal, type RefusalKind, refusalsIn } from '../refusals.ts';
import type { Severity } from '../rule.ts';
import { type SharedOutage, sharedOutages } from '../shared-outages.ts';

/** What is wrong with an account, and what it takes to be told of. */
const TROUBLES = {
  exhausted_balance: { isLock: true },
  top_up: { isLock: true },
  admin_lock: { isLock: true },
  payment_method: { isLock: true },
  budget_exceeded: { isLock: true },
  locked: { isLock: true },
  // One answer of a kind may be a mishap; the next round is half a minute later.
  bad_key: { least: { times: 2 } },
  scope: { least: { times: 2 }, severity: 'warning' },
  cdn: { least: { minutes: 10 }, severity: 'warning' },
  outage: { least: { minutes: 10 }, severity: 'warning' },
} as const satisfies Record<
  string,
  { isLock?: true; least?: { times?: number; minutes?: number }; severity?: Severity }
>;
export type Trouble = keyof typeof TROUBLES;
export const TROUBLE_KINDS = Object.keys(TROUBLES) as Trouble[];

/** While usage can be read, a balance that can't is less of an outage. */
const BALANCE_ALONE_MINUTES = 60;
/** A lock of another kind so soon after the last one came of it. */
const TURNED_WITHIN_HOURS = 24;
const MOST_SAID = 200;
const NOT_SHARED: ReadonlyMap<string, SharedOutage> = new Map();

const params = z.object({});

export interface AccountTroubleReading {
  now: Temporal.Instant;
  isPaused: boolean;
  /** Of the last weeks, the oldest first. */
  refusals: readonly Refusal[];
  answers: LastAnswers;
  /** By kind, what other accounts are refused with as well. */
  shared: ReadonlyMap<string, SharedOutage>;
  accountId: string;
  balance: LatestBalance | null;
  /** The last credits that were written down. */
  credited: { at: Temporal.Instant; amount: Nano; currency: string } | null;
}

/** fal does not serve the account, or not this key: what kind of trouble it is decides what helps. */
export const accountTrouble: AlertKind<z.output<typeof params>, AccountTroubleReading> = {
  kind: 'account_trouble',
  params,
  fields: [],
  defaults: [{ params: {}, severity: 'critical' }],

  async read(round, account) {
    const { services, now } = round;
    const { db } = services.store;
    const { overviewSources: sources } = services;
    const refusals = (await recentRefusals(round)).get(account.id) ?? [];
    const answers = await round.once('last_answers', () => readLastAnswers(db));
    const balances = await round.once('balances', () => sources.balances());
    const credits = await round.once('last_credits', () => readLastCredits(db, now));
    const paused = await round.once('paused_accounts', () => readPaused(db));
    const shared = await sharedOutages(round);
    return {
      now,
      accountId: account.id,
      shared: shared.get(account.id) ?? NOT_SHARED,
      isPaused: paused.has(account.id),
      refusals,
      answers: answers.get(account.id) ?? {},
      balance: balances.get(account.id) ?? null,
      credited: credits.get(account.id) ?? null,
    };
  },

  judge(reading, _params, firing, ruleSeverity?: Severity): Evaluation {
    // Nobody asks fal meanwhile.
    if (reading.isPaused) return UNKNOWN;
    const refused = unanswered(reading.refusals, reading.answers);
    const open = refused.flatMap(([last]) => (last && isTrouble(last.kind) ? last : []));
    const isUsageRefused = open.some(({ asked }) => asked === 'usage');
    const found = [...Map.groupBy(open, ({ kind }) => kind as Trouble)].filter(
      ([trouble, refusals]) => {
        const toldBy = reading.shared.get(trouble)?.toldBy ?? reading.accountId;
        const isEnough =
          toldBy === reading.accountId &&
          refusals.some((each) => isLongEnough(each, trouble, isUsageRefused));
        return firing.has(trouble) || isEnough;
      },
    );
    const told = new Set(found.map(([trouble]) => trouble));
    const { lasting, turned } = withoutAnswer(refused, firing, told);
    const whole = found.map(([trouble]): [Trouble, Refusal[]] => [
      trouble,
      sinceItBegan(refused, trouble),
    ]);
    const findings = [...whole, ...lasting].map(([trouble, refusals]): Finding => {
      const { severity } = TROUBLES[trouble] as { severity?: Severity };
      return {
        subject: trouble,
        nature: 'state',
        cause: keepsFromUse(trouble, refusals) ? 'access' : 'credits',
        // No graver than the rule.
        ...(severity && ruleSeverity !== 'info' && { severity }),
        facts: factsOf(reading, trouble, refusals),
      };
    });
    return { isKnown: true, findings, ...(turned.length > 0 && { turned }) };
  },

  async past({ services }, account, _params, span) {
    const refusals = await refusalsIn(services.store.db, account.id, span);
    return readEveryHour(span, (at) => {
      const anHourAgo = at.subtract({ hours: 1 });
      const own = refusals
        .filter(
          ({ from, until }) =>
            Temporal.Instant.compare(from, at) <= 0 &&
            Temporal.Instant.compare(until, anHourAgo) >= 0,
        )
        .map((refusal) => ({ ...refusal, until: earlier(refusal.until, at) }));
      const nothing = {
        ...{ isPaused: false, answers: {}, balance: null, credited: null },
        ...{ accountId: account.id, shared: NOT_SHARED },
      };
      return { now: at, refusals: own, ...nothing };
    });
  },
};

function isTrouble(kind: string): kind is Trouble {
  return kind in TROUBLES;
}

/** Comes of fal or of the way to it, and says nothing of what was wrong with the account before. */
function isPassing(kind: RefusalKind): boolean {
  return kind === 'outage' || kind === 'cdn';
}

/**
 * What was told of, is not what fal says now, and was not followed by a good answer either: it has *turned*
 * into other trouble of which people are told now, else it is *lasting*. A lock is not over because fal is
 * down.
 * @param refused each question's refusals since its last good answer, the last first.
 * @param told what is found now.
 */
function withoutAnswer(
  refused: readonly (readonly Refusal[])[],
  firing: ReadonlySet<string>,
  told: ReadonlySet<RefusalKind>,
): { lasting: [Trouble, Refusal[]][]; turned: Trouble[] } {
  const lasting: [Trouble, Refusal[]][] = [];
  const turned: Trouble[] = [];
  for (const trouble of firing) {
    if (!isTrouble(trouble) || told.has(trouble)) continue;
    // Where some days can be read the account and its key are served.
    const own = refused.filter(([last]) => last?.kind !== 'partly');
    const before = own.flatMap((each) => each.filter(({ kind }) => kind === trouble));
    if (before.length === 0) continue;
    const isTurned = own.every(([last, ...others]) => {
      if (!last || !others.some(({ kind }) => kind === trouble)) return true;
      return told.has(last.kind) && !isPassing(last.kind);
    });
    if (isTurned) turned.push(trouble);
    else lasting.push([trouble, before]);
  }
  return { lasting, turned };
}

/**
 * The refusals of a trouble that is found now, since it began: that fal is down, or makes no sense, meanwhile is
 * not the end of it.
 */
function sinceItBegan(refused: readonly (readonly Refusal[])[], trouble: Trouble): Refusal[] {
  return refused.flatMap((own) => {
    const other = own.findIndex(
      ({ kind }) => kind !== trouble && !isPassing(kind) && kind !== 'bad_answer',
    );
    return own.slice(0, other < 0 ? undefined : other).filter(({ kind }) => kind === trouble);
  });
}

/** Whether usage is kept from being read; a key that may read usage but not billing does not do that. */
function keepsFromUse(trouble: Trouble, refusals: readonly Refusal[]): boolean {
  return (
    'isLock' in TROUBLES[trouble] ||
    refusals.some((each) => each.asked === 'usage' && isLongEnough(each, trouble, true))
  );
}

function isLongEnough(refusal: Refusal, trouble: Trouble, isUsageRefused: boolean): boolean {
  const { least } = TROUBLES[trouble] as { least?: { times?: number; minutes?: number } };
  const minutes = refusal.from.until(refusal.until).total('minutes');
  if (refusal.times < (least?.times ?? 1)) return false;
  if (!least?.minutes) return true;
  return minutes >= (isUsageRefused ? least.minutes : BALANCE_ALONE_MINUTES);
}

function factsOf(
  { refusals: all, balance, credited, shared }: AccountTroubleReading,
  trouble: Trouble,
  refusals: readonly Refusal[],
): Facts {
  const since = refusals.map(({ from }) => from).reduce(earlier);
  const said = refusals[0]?.said ?? '';
  const isLock = 'isLock' in TROUBLES[trouble];
  const before = isLock ? turnedFrom(all, trouble, since) : null;
  const lockedSince = before?.from ?? since;
  const known = balance?.known ?? null;
  const isAfter = (at: Temporal.Instant) => Temporal.Instant.compare(at, lockedSince) > 0;
  const affected = shared.get(trouble)?.accounts ?? 1;
  const toppedUp = isLock && credited && isAfter(credited.at) ? credited : null;
  const hasMoney = isLock && known && known.balance > 0n && isAfter(known.asOf);
  return {
    trouble: { as: 'code', value: trouble },
    what_to_do: { as: 'code', value: `do_${trouble}` },
    trouble_since: momentFact(since),
    times_refused: { as: 'count', value: Math.max(...refusals.map(({ times }) => times)) },
    ...(affected > 1 && { accounts_affected: { as: 'count', value: affected } }),
    ...(before && { before: { as: 'code', value: before.kind } }),
    ...(toppedUp && {
      topped_up: moneyFact(toppedUp.amount, toppedUp.currency),
      topped_up_at: momentFact(toppedUp.at),
    }),
    ...((toppedUp || hasMoney) && { although: { as: 'code', value: 'locked_with_credit' } }),
    ...(known && {
      balance: moneyFact(known.balance, known.currency),
      as_of: momentFact(known.asOf),
    }),
    said: { as: 'text', value: cutText(said, MOST_SAID) },
  };
}

/** The lock of another kind that this one came of, as "Exhausted balance" becomes "Admin lock". */
function turnedFrom(
  all: readonly Refusal[],
  trouble: Trouble,
  since: Temporal.Instant,
): Refusal | null {
  const before = all.findLast(
    ({ kind, from, until }) =>
      isTrouble(kind) &&
      kind !== trouble &&
      'isLock' in TROUBLES[kind] &&
      Temporal.Instant.compare(from, since) < 0 &&
      until.until(since).total('hours') <= TURNED_WITHIN_HOURS,
  );
  return before ?? null;
}

/** The last credits of each account that stand, of the last months. */
async function readLastCredits(
  db: Kysely<Tables>,
  now: Temporal.Instant,
): Promise<Map<string, NonNullable<AccountTroubleReading['credited']>>> {
  const rows = await db
    .selectFrom('credit_entries')
    .select(['account_id', 'entry_id', 'revision', 'currency', 'at', 'is_void'])
    .select(digits(sql.ref('amount')).as('amount'))
    .where('at', '>=', toText(now.subtract({ hours: 90 * 24 })))
    .orderBy('at')
    .orderBy('revision')
    .execute();
  const latest = new Map(rows.map((row) => [`${row.account_id} ${row.entry_id}`, row]));
  const last = [...latest.values()].filter((row) => row.is_void === 0 && BigInt(row.amount) > 0n);
  return new Map(
    last
      .toSorted((one, other) => (one.at < other.at ? -1 : 1))
      .map((row) => [
        row.account_id,
        { at: toInstant(row.at), amount: BigInt(row.amount), currency: row.currency },
      ]),
  );
}
