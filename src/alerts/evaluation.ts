import { setImmediate as othersFirst } from 'node:timers/promises';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import { whileOurs } from '../history/while-ours.ts';
import { type Lease, LeaseLostError } from '../jobs/leases.ts';
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

const ALERTS_JOB = 'alerts';
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
  /** Ids of accounts of which it was said that they can't be settled: once while it lasts. */
  const unsettled = new Set<string>();

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
    const open = openByAccount(firing);
    for (const account of accounts) {
      lease.signal.throwIfAborted();
      const judged = await attempts(round, account, rules, firing);
      const look = { judged, open: open.get(account.id) ?? [], now: round.now };
      if (settled.isNews(account, look)) await settleOne(lease, account, look);
      // Judging many accounts is work without a pause.
      await othersFirst();
    }
    return round.now.add(EVERY);
  }

  /** What can't be written of one account is tried again in the next round, and keeps no other waiting. */
  async function settleOne(lease: Lease, account: FalAccount, look: Look): Promise<void> {
    const { judged, now } = look;
    try {
      await whileOurs(services.store.db, lease, (trx) =>
        settle(trx, services, { account, judged, now }),
      );
    } catch (err) {
      if (err instanceof LeaseLostError || lease.signal.aborted || isStoreError(err)) throw err;
      if (!unsettled.has(account.id)) {
        services.log.error({ err, account: account.slug }, 'incidents could not be settled');
      }
      unsettled.add(account.id);
      return;
    }
    unsettled.delete(account.id);
    settled.remember(account, look);
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

/** What there is to settle of an account. */
interface Look {
  judged: readonly JudgedRule[];
  /** What it has open, as `<rule id> <subject>`, in order. */
  open: readonly string[];
  now: Temporal.Instant;
}

function openByAccount(firing: Firing): ReadonlyMap<string, readonly string[]> {
  const open = new Map<string, string[]>();
  for (const [name, subjects] of firing) {
    const [ruleId = '', accountId = ''] = name.split(' ');
    const own = [...subjects].map((subject) => `${ruleId} ${subject}`);
    open.set(accountId, [...(open.get(accountId) ?? []), ...own].sort());
  }
  return open;
}

/**
 * Tells whether there is something to write, so that nothing is while all stays as it was. What others did
 * meanwhile, people or replicas, is seen by what is open.
 */
function createSettled() {
  const last = new Map<string, { text: string; atMs: number }>();

  return {
    isNews({ id }: FalAccount, look: Look): boolean {
      const { judged, open, now } = look;
      const isFound = judged.some(({ evaluation }) => evaluation.findings.length > 0);
      if (!isFound && open.length === 0) return false;
      const known = last.get(id);
      if (known?.text !== textOf(look)) return true;
      // Also where only what a person resolved is found: it is written that it never went away.
      return Math.abs(now.epochMilliseconds - known.atMs) >= SETTLED_AGAIN_MS;
    },
    remember({ id }: FalAccount, look: Look): void {
      last.set(id, { text: textOf(look), atMs: look.now.epochMilliseconds });
    },
  };
}

/** The same for the same findings, with the same open. */
function textOf({ judged, open }: Look): string {
  return JSON.stringify([
    open,
    ...judged.map(({ rule, evaluation }) => [rule.id, rule.version, evaluation]),
  ]);
}
