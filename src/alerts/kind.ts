import type { z } from 'zod';
import type { FalAccount } from '../accounts/accounts.ts';
import type { Services } from '../services.ts';
import type { Span } from '../usage/spans.ts';
import type { Evaluation } from './finding.ts';
import type { RuleKind, Severity } from './rule.ts';

/** What kinds read from; never fal, which the jobs beside this one ask. */
export type AlertServices = Pick<
  Services,
  'config' | 'log' | 'now' | 'store' | 'history' | 'overviewSources'
>;

/** One look at everything, at one moment: what several rules ask is read once. */
export interface Round {
  services: AlertServices;
  now: Temporal.Instant;
  /** The answer to a question of that name; read the first time it is asked. */
  once<Answer>(name: string, read: () => Promise<Answer>): Promise<Answer>;
}

/** What a kind would have read at a moment that is over. */
export interface PastReading<Reading> {
  at: Temporal.Instant;
  reading: Reading;
}

/** A field of the form of a kind's rules; its label is the text `alert_param.${name}`. */
export type RuleField =
  /** Dollars. */
  | { name: string; type: 'money' }
  | {
      name: string;
      type: 'number';
      min: number;
      max: number;
      unit: 'percent' | 'days' | 'hours' | 'minutes' | 'times' | 'calls';
    }
  /** Options are the texts `alert_option.${name}.${option}`. */
  | { name: string; type: 'choice'; options: readonly string[] }
  /** A list of whole percentages such as `50, 80, 100`. */
  | { name: string; type: 'steps' }
  | { name: string; type: 'checkbox' }
  /** May be left empty: every one. */
  | { name: string; type: 'model' | 'api_key' };

/** A rule before anybody has changed it. */
export interface RuleStart {
  params: Record<string, unknown>;
  severity: Severity;
}

/**
 * One kind of rule. Reading and judging are apart, so that the same judgement serves the present, the
 * preview of a rule that is not there yet and tests. Its texts: `alert_kind.${kind}` (what it is called),
 * `alert_kind.${kind}.about` (when it fires), `alert.${kind}.found` (a sentence filled in from the facts),
 * `alert.${kind}.over` (the sentence once it is over) and `alert.${kind}.advice` (what to do now).
 */
export interface AlertKind<Params = unknown, Reading = unknown> {
  kind: RuleKind;
  /** Of JSON in snake_case; amounts of money are decimal texts. */
  params: z.ZodType<Params>;
  fields: readonly RuleField[];
  /** What it finds happened once: nobody is reminded of it. */
  isOnce?: true;
  /** The rules every panel begins with, switched on. */
  defaults: readonly RuleStart[];
  /** What the form of a new rule begins with, of a kind that has no such rules. */
  suggested?: RuleStart;
  read(round: Round, account: FalAccount, params: Params): Promise<Reading>;
  /**
   * @param firing subjects of what the rule has open for the account: what is open closes later than it opened.
   * @param severity the rule's, for what is graver or less grave than that.
   */
  judge(
    reading: Reading,
    params: Params,
    firing: ReadonlySet<string>,
    severity?: Severity,
  ): Evaluation;
  /** Readings of a period that is over, in order, no more than an hour apart; `null` where that is not kept. */
  past:
    | ((
        round: Round,
        account: FalAccount,
        params: Params,
        span: Span,
      ) => Promise<PastReading<Reading>[]>)
    | null;
}
