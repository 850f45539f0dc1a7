import { setImmediate as othersFirst } from 'node:timers/promises';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import { whileOurs } from '../history/while-ours.ts';
import type { Lease } from '../jobs/leases.ts';
import type { Job } from '../jobs/scheduler.ts';
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
  const judge = createJudge(services, kinds);
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
    const withOpen = new Set([...firing.keys()].map((name) => name.slice(name.indexOf(' ') + 1)));
    for (const account of accounts) {
      lease.signal.throwIfAborted();
      const judged = await judge(round, account, rules, firing);
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
function createJudge(services: AlertServices, kinds: EvaluationParts['kinds']) {
  const failing = new Set<string>();

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

  async function attempt(
    round: Round,
    account: FalAccount,
    rule: Rule,
    firing: ReadonlySet<string>,
  ): Promise<Evaluation> {
    const name = `${rule.id} ${account.id}`;
    try {
      const kind = kinds[rule.kind];
      if (!kind) return UNKNOWN;
      const params = kind.params.parse(rule.params);
      const reading = await kind.read(round, account, params);
      const evaluation = kind.judge(reading, params, firing, rule.severity);
      failing.delete(name);
      return evaluation;
    } catch (err) {
      if (!failing.has(name)) {
        const { id, kind } = rule;
        services.log.error(
          { err, rule: id, kind, account: account.slug },
          'a rule could not be judged',
        );
      }
      failing.add(name);
      return UNKNOWN;
    }
  }
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
