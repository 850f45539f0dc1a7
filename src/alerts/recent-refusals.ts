import { later } from '../instants.ts';
import type { Round } from './kind.ts';
import { isOpen, type LastAnswers } from './last-answers.ts';
import { latestRefusals, type Refusal, type RefusalKind, refusalsIn } from './refusals.ts';

/** As far back as one kind of trouble is looked for that another came of. */
const RECENT_DAYS = 7;

/** It says nothing of an account, and there may be many. Of single days it is known that others could be read by then. */
const SAYS_NOTHING: RefusalKind = 'rate_limited';

/** Those of the last days that may say something of it, and the last one of each question however old, by account, the oldest first. */
export function recentRefusals(round: Round): Promise<Map<string, Refusal[]>> {
  const { services, now } = round;
  return round.once('recent_refusals', async () => {
    const { db } = services.store;
    const span = { start: now.subtract({ hours: RECENT_DAYS * 24 }), end: now.add({ hours: 1 }) };
    const recent = await refusalsIn(db, null, span, [SAYS_NOTHING]);
    const last = [...(await latestRefusals(db)).values()].flat();
    const older = last.filter(
      ({ until, kind }) => Temporal.Instant.compare(until, span.start) < 0 || kind === SAYS_NOTHING,
    );
    const all = [...older, ...recent].sort((one, other) =>
      Temporal.Instant.compare(one.from, other.from),
    );
    return Map.groupBy(all, ({ accountId }) => accountId);
  });
}

/**
 * How usage and balance were refused since the last good answer of each, the last refusal first. That fal
 * was asked too often says nothing.
 */
export function unanswered(refusals: readonly Refusal[], answers: LastAnswers): Refusal[][] {
  return (['usage', 'balance'] as const).map((asked) => {
    const answered = answers[asked];
    return refusals
      .filter((each) => each.asked === asked && each.kind !== SAYS_NOTHING)
      .filter((each) => isOpen(each, answers))
      .map((each) => (answered ? { ...each, from: later(each.from, answered) } : each))
      .toSorted((one, other) => Temporal.Instant.compare(other.until, one.until));
  });
}

/** How usage and balance are refused now: the last of each. */
export function openRefusals(refusals: readonly Refusal[], answers: LastAnswers): Refusal[] {
  return unanswered(refusals, answers).flatMap(([last]) => last ?? []);
}
