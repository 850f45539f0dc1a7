import type { Severity } from './rule.ts';

/** A number or a name an incident tells, marked so that it can be written in any language. JSON. */
export type Fact =
  /** A decimal to the nano, such as `5.225`. */
  | { as: 'money'; value: string; currency: string }
  /** ISO 8601 in UTC. */
  | { as: 'moment'; value: string }
  /** A day of a calendar, such as `2026-11-27`. */
  | { as: 'day'; value: string }
  | { as: 'count' | 'percent' | 'days' | 'hours' | 'minutes' | 'times'; value: number }
  /** Told as it stands: ids, names, what fal said. */
  | { as: 'text' | 'model' | 'api_key'; value: string }
  /** A word of ours: the text `alert_code.${value}`. */
  | { as: 'code'; value: string };

/** By names such as `spent`; their labels are the texts `alert_fact.${name}`. */
export type Facts = Readonly<Record<string, Fact>>;

/** What incidents of one account have in common: opened together, they are one message. */
export const CAUSES = ['credits', 'spend', 'failures', 'price', 'access', 'sync'] as const;
export type Cause = (typeof CAUSES)[number];

/** Something a rule found. */
export interface Finding {
  /** Tells it from the rule's other findings for the account: a model, a period and step, a request; may be empty. */
  subject: string;
  /** A *state* lasts until it is not found any more; a *moment* happened once and is never found again. */
  nature: 'state' | 'moment';
  cause: Cause;
  /** Where it is not the rule's. */
  severity?: Severity;
  facts: Facts;
}

/** What a rule says of an account at a moment. */
export interface Evaluation {
  /** Whether it could be told: if not, what is open stays open. */
  isKnown: boolean;
  /** States that last, and moments, also those that were found before. */
  findings: readonly Finding[];
  /** Of the subjects that were firing, those that are over because their time is: nobody is told of it. */
  lapsed?: readonly string[];
  /** And those that became something else, which was found: nobody is told that they are over. */
  turned?: readonly string[];
}

export const UNKNOWN: Evaluation = { isKnown: false, findings: [] };

/** What is over of `firing` because its time is; nothing to be added where none is. */
export function lapsedOf(
  firing: ReadonlySet<string>,
  isLapsed: (subject: string) => boolean,
): Pick<Evaluation, 'lapsed'> {
  const lapsed = [...firing].filter(isLapsed);
  return lapsed.length > 0 ? { lapsed } : {};
}
