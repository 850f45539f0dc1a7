import fc from 'fast-check';
import { expect } from 'vitest';
import type { HistoryQuestion } from '../../../src/history/answer.ts';
import { COMPARISONS, SPAN_PRESETS } from '../../../src/usage/spans.ts';
import { type Ask, apiAddress, asking } from './asking.ts';
import { questions } from './questions.ts';
import { chargesIn, type JsonUsage, type Shown, shownByJson, sumsOf } from './shown.ts';
import type { Question, Telling } from './telling.ts';

/** How somebody looks at the pages. */
export function looks(days: number) {
  return fc.record({
    asked: questions(days),
    period: fc.oneof(
      { weight: 6, arbitrary: fc.constant('custom' as const) },
      { weight: 4, arbitrary: fc.constantFrom(...SPAN_PRESETS) },
    ),
    compare: fc.constantFrom('none' as const, ...COMPARISONS),
    range: fc.constantFrom('hours' as const, 'days' as const),
    language: fc.constantFrom('es', 'en'),
    file: fc.nat({ max: 2 }),
    follows: fc.constantFrom('row' as const, 'bar' as const),
    place: fc.nat({ max: 30 }),
  });
}

export type Look = ReturnType<typeof looks> extends fc.Arbitrary<infer T> ? T : never;

/** Somebody in the middle of it. */
export interface Looking {
  telling: Telling;
  look: Look;
  question: Question;
  ask: Ask;
  /** Whether all that happened is in the copy. */
  isSettled: boolean;
}

export async function startLooking(
  telling: Telling,
  look: Look,
  { isSettled }: { isSettled: boolean },
): Promise<Looking> {
  const viewer = await telling.panel.as('viewer');
  const question = await telling.question(look.asked);
  const ask = asking(viewer, { language: look.language, account: question.slug ?? '' });
  return { telling, look, question, ask, isSettled };
}

/** What the API says at that moment. */
export interface Answered {
  total: Shown['total'];
  groups: Shown['groups'];
  buckets: Shown['buckets'];
  freshness: string;
  /** There may be more: what it cost is a lower bound. */
  isAtLeast: boolean;
}

/**
 * Asks the API, and where all is settled finds its total to be what fal charged.
 * @param period as it is written in the address; the question's own instants when left out.
 * @returns null where the copy can't be cut so.
 */
export async function askApi(
  { ask, telling, question: { slug }, isSettled }: Looking,
  question: Omit<HistoryQuestion, 'accountId'>,
  period?: { start: string; end: string },
): Promise<Answered | null> {
  const { status, body } = await ask(apiAddress('usage', { ...question, slug }, period));
  if (status === 400) return null;
  const usage = body.usage as JsonUsage;
  const shown = shownByJson(usage);
  if (isSettled) {
    const [start, end] = [Temporal.Instant.from(usage.start), Temporal.Instant.from(usage.end)];
    const charged = chargesIn(telling.charges(), { ...question, start, end, slug });
    expect(shown.total.cost).toBe(sumsOf(charged, true).cost);
  }
  return {
    ...shown,
    freshness: usage.freshness,
    isAtLeast: /days_not_read|usage_pages_missing/.test(usage.partial_reason ?? ''),
  };
}
