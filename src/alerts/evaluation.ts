import { setImmediate as othersFirst } from 'node:timers/promises';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import { whileOurs } from '../history/while-ours.ts';
import type { Lease } from '../jobs/leases.ts';
import type { Job } from '../jobs/scheduler.ts';
import { isStoreError } from '../store/errors.ts';
import { seedDefaultRules } from './default-rules.ts';
import { type Evaluation, UNKNOWN } from './finding.ts';
import { firingSubjects } from './incident-queries.ts';
import type { AlertKind, AlertServices, Round } from './kind.ts';
import { KINDS } from './kinds/index.ts';
import { createRound } from './round.ts';
import type { Rule, RuleKind } from './rule.ts';
import { listRules } from './rule-rows.ts';
import { rulesInForce } from './rules-in-force.ts';
import { settleIncidents } from './settle.ts';

export const ALERTS_JOB = 'alerts';
const EVERY = { seconds: 60 };
/** What stays as it is is settled so often all the same: reminders are due by the clock. */
const SETTLED_AGAIN_MS = 5 * 60_000;

/** What a rule says of an account. */
export interface JudgedRule {
  rule: Rule;
  evaluation: Evaluation;
}

export interface EvaluationParts {
  kinds: Partial<Record<RuleKind, AlertKind>>;
  settle: typeof settleIncidents;
}

/** Judges every account by the rules in force for it, again and again, by one replica at a time. */
export function alertsJob(
  services: AlertServices,
  { kinds, settle }: EvaluationParts = { kinds: KINDS, settle: settleIncidents },
): Job {
  const judge = createJudge(services.log, kinds);
  const settled = createSettled();

  /** @throws LeaseLostError, or what keeps the database from answering. */
  async function run(lease: Lease): Promise<Temporal.Instant> {
    const { db } = services.store;
    await seedDefaultRules(db, services.now(), kinds);
    const round = createRound(services);
    const [accounts, rules, firing] = await Promise.all([
      round.once('accounts', () => listAccounts(db)),
      listRules(db),
      firingSubjects(db),
    ]);
    const attempts = judge.begin();
    const withOpen = new Set([...firing.keys()].map((name) => name.slice(name.indexOf(' ') + 1)));
    for (const account of accounts) {
      lease.signal.throwIfAborted();
      const judged = await attempts(round, account, rules, firing);
      if (settled.isNews(account, judged, withOpen.has(account.id), round.now)) {
        await whileOurs(db, lease, (trx) =>
          settle(trx, services, { account, judged, now: round.now }),
        );
        settled.remember(account, judged, round.now);
      }
      // Judging many accounts is work without a pause.
      await othersFirst();
    }
    return round.now.add(EVERY);
  }

  return { name: ALERTS_JOB, kind: ALERTS_JOB, run };
}

type Firing = ReadonlyMap<string, ReadonlySet<string>>;

const NOTHING: ReadonlySet<string> = new Set();

function firingOf(firing: Firing, rule: Rule, account: FalAccount): ReadonlySet<string> {
  return firing.get(`${rule.id} ${account.id}`) ?? NOTHING;
}

/** One rule's trouble must not keep the others from being judged; it is said once while it lasts. */
function createJudge(log: AlertServices['log'], kinds: EvaluationParts['kinds']) {
  /** Ids of the rules that failed in the last round, for whichever account. */
  let before: ReadonlySet<string> = new Set();
  let failing = new Set<string>();

  /** @throws what keeps the database from answering: then no rule is to blame. */
  async function attempt(
    round: Round,
    account: FalAccount,
    rule: Rule,
    firing: ReadonlySet<string>,
  ): Promise<Evaluation> {
    try {
      const kind = kinds[rule.kind];
      if (!kind) return UNKNOWN;
      const params = kind.params.parse(rule.params);
      const reading = await kind.read(round, account, params);
      return kind.judge(reading, params, firing, rule.severity);
    } catch (err) {
      if (isStoreError(err)) throw err;
      if (!before.has(rule.id) && !failing.has(rule.id)) {
        const { id, kind } = rule;
        log.error({ err, rule: id, kind, account: account.slug }, 'a rule could not be judged');
      }
      failing.add(rule.id);
      return UNKNOWN;
    }
  }

  return {
    /** Begins a round. @returns what judges an account. */
    begin() {
      before = failing;
      failing = new Set();
      return async function judge(
        round: Round,
        account: FalAccount,
        rules: readonly Rule[],
        firing: Firing,
      ): Promise<JudgedRule[]> {
        const judged: JudgedRule[] = [];
        for (const rule of rulesInForce(rules, account.id)) {
          const evaluation = await attempt(round, account, rule, firingOf(firing, rule, account));
          judged.push({ rule, evaluation });
        }
        return judged;
      };
    },
  };
}

/** Tells whether there is something to write, so that nothing is while all stays as it was. */
function createSettled() {
  const last = new Map<string, { text: string; atMs: number }>();

  return {
    isNews(
      { id }: FalAccount,
      judged: readonly JudgedRule[],
      isOpen: boolean,
      now: Temporal.Instant,
    ): boolean {
      const known = last.get(id);
      const isFound = judged.some(({ evaluation }) => evaluation.findings.length > 0);
      if (!isFound && !isOpen) return false;
      if (known?.text !== textOf(judged)) return true;
      return isOpen && now.epochMilliseconds - known.atMs >= SETTLED_AGAIN_MS;
    },
    remember({ id }: FalAccount, judged: readonly JudgedRule[], now: Temporal.Instant): void {
      last.set(id, { text: textOf(judged), atMs: now.epochMilliseconds });
    },
  };
}

/** The same for the same findings. */
function textOf(judged: readonly JudgedRule[]): string {
  return JSON.stringify(judged.map(({ rule, evaluation }) => [rule.id, rule.version, evaluation]));
}
