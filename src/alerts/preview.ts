import type { FalAccount } from '../accounts/accounts.ts';
import type { Span } from '../usage/spans.ts';
import type { Finding } from './finding.ts';
import type { AlertKind, AlertServices, PastReading } from './kind.ts';
import { KINDS } from './kinds/index.ts';
import { createRound } from './round.ts';
import type { Rule, Severity } from './rule.ts';

/** How far back a rule is tried, in days. */
export const PREVIEW_DAYS = 30;
/** Of a kind that reads more often than it should only the latest are judged. */
const MAX_READINGS = 1_000;

/** Something the rule would have told. */
export interface PreviewedFinding {
  finding: Finding;
  /** When it would have been found. */
  at: Temporal.Instant;
  /** When it would have been over; `null`: of a moment, and of a state that still lasts. */
  until: Temporal.Instant | null;
}

/** What a rule would have told of an account lately. */
export interface Preview {
  span: Span;
  /**
   * `kept`: the period was looked through. `not_kept`: what this kind judges by is only known while it
   * is so. `unusable`: the rule's params can't be read.
   */
  state: 'kept' | 'not_kept' | 'unusable';
  /** Whether anything of the period could be judged. */
  isKnown: boolean;
  /** Oldest first. */
  found: PreviewedFinding[];
}

/** Tries a rule, which need not be there yet, on the last 30 days of the local copy. */
export async function previewRule(
  services: AlertServices,
  account: FalAccount,
  { kind: name, params, severity }: Pick<Rule, 'kind' | 'params'> & Partial<Pick<Rule, 'severity'>>,
): Promise<Preview> {
  const now = services.now();
  const span = { start: now.subtract({ hours: PREVIEW_DAYS * 24 }), end: now };
  const nothing = { span, isKnown: false, found: [] };
  const kind = KINDS[name];
  if (!kind?.past) return { ...nothing, state: 'not_kept' };
  const parsed = kind.params.safeParse(params);
  if (!parsed.success) return { ...nothing, state: 'unusable' };
  const readings = await kind.past(createRound(services, now), account, parsed.data, span);
  const { isKnown, found } = replay(kind, readings.slice(-MAX_READINGS), parsed.data, severity);
  // A kind that reads what happened, and not every hour, reads nothing where nothing did.
  return { span, state: 'kept', isKnown: isKnown || readings.length === 0, found };
}

/** Judges readings in order, each with what the ones before have left open. Pure. */
export function replay<Params, Reading>(
  kind: Pick<AlertKind<Params, Reading>, 'judge'>,
  readings: readonly PastReading<Reading>[],
  params: Params,
  severity?: Severity,
): Pick<Preview, 'isKnown' | 'found'> {
  const found: PreviewedFinding[] = [];
  const open = new Map<string, PreviewedFinding>();
  const happened = new Set<string>();
  let isKnown = false;
  for (const { at, reading } of readings) {
    const evaluation = kind.judge(reading, params, new Set(open.keys()), severity);
    isKnown ||= evaluation.isKnown;
    for (const finding of evaluation.findings) {
      const { subject, nature } = finding;
      const isState = nature === 'state';
      if (isState ? open.has(subject) : happened.has(subject)) continue;
      const each = { finding, at, until: null };
      found.push(each);
      if (isState) open.set(subject, each);
      else happened.add(subject);
    }
    const lasting = new Set(evaluation.findings.map(({ subject }) => subject));
    for (const [subject, each] of open) {
      const isOver = evaluation.isKnown
        ? !lasting.has(subject)
        : evaluation.lapsed?.includes(subject);
      if (!isOver) continue;
      each.until = at;
      open.delete(subject);
    }
  }
  return { isKnown, found };
}
