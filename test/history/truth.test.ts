import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryAnswer } from '../../src/history/answer.ts';
import { type Nano, sumNano } from '../../src/money.ts';
import { focusRowFaults } from '../support/focus-checker.ts';
import { ENGINES } from '../support/panel.ts';
import { type Ask, apiAddress, asking } from './truth/asking.ts';
import { expectOverview } from './truth/expect-overview.ts';
import { expectUsagePage } from './truth/expect-usage-page.ts';
import { costOfFile, csvLines, nano } from './truth/files.ts';
import { type Look, startLooking } from './truth/looks.ts';
import {
  type Charge,
  chargesIn,
  edgesOf,
  expectTruth,
  keyOf,
  shownByAnswer,
  shownByJson,
  sumsOf,
} from './truth/shown.ts';
import { type Story, stories } from './truth/story.ts';
import { type Question, type Telling, tell } from './truth/telling.ts';

/** A story takes about a second; `npm run test:truth` tells more of them. */
const RUNS = Number(process.env.TRUTH_RUNS ?? 12);

describe.each(ENGINES)('on %s', (engine) => {
  test(
    'whatever happened on the way, the settled copy is what was used, on every face of the panel',
    async () => {
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          const telling = await tell(story, engine);
          await listen(telling, story);
          // Or many stories would have many panels open until the last is told.
          await telling.panel.services.close();
          await telling.panel.fal.close();
        }),
        // Looking for a shorter story that fails would take many as long as this one.
        { numRuns: engine === 'sqlite' ? RUNS : Math.ceil(RUNS / 4), endOnFailure: true },
      );
    },
    60_000 + RUNS * 10_000,
  );
});

async function listen(telling: Telling, { steps, questions: asked, looks }: Story): Promise<void> {
  const seen = [];
  for (const [index, step] of steps.entries()) {
    seen.push(...(await telling.perform(step)));
    if (index === Math.floor(steps.length / 2)) await expectPages(telling, looks.midway, false);
  }

  await telling.settle();
  for (const { answer, question } of seen) expectSure(answer, telling.charges(), question);
  const questions = [
    ...(await telling.everything()),
    ...(await Promise.all(asked.map(telling.question))),
  ];
  for (const each of questions) await expectAnswered(telling, each, { areCallsKnown: false });

  // Calls that failed on a day before anything of that model was billed are not known until then.
  await telling.readAgain();
  for (const each of questions) await expectAnswered(telling, each, { areCallsKnown: true });
  const ask = asking(await telling.panel.as('viewer'));
  for (const each of questions) await expectJson(telling, ask, each);
  for (const each of questions) await expectCsv(telling, ask, each);
  for (const each of questions.slice(-1)) {
    await expectXlsx(telling, ask, each);
    await expectFocus(telling, ask, each);
  }
  await expectPages(telling, looks.settled, true);
}

/** @param isSettled whether all that fal charged is in the copy. */
async function expectPages(telling: Telling, look: Look, isSettled: boolean): Promise<void> {
  const looking = await startLooking(telling, look, { isSettled });
  await expectUsagePage(looking);
  await expectOverview(looking, await telling.overviewZone(looking.question.slug));
}

/** What was called final at any time never changed any more. */
function expectSure(answer: HistoryAnswer, charges: readonly Charge[], asked: Question): void {
  const { start, end } = answer.question;
  const question = { ...asked, start, end };
  const inside = chargesIn(charges, question);
  if (answer.state === 'final') {
    expect(answer.total.cost).toBe(sumsOf(inside, true).cost);
    expect(answer.partial.filter((reason) => reason !== 'counts_missing')).toEqual([]);
  }
  const edges = edgesOf(question);
  expect(answer.series.map((bucket) => bucket.start.epochMilliseconds)).toEqual(
    edges.slice(0, answer.series.length),
  );
  for (const [index, bucket] of answer.series.entries()) {
    const nextMs = edges[index + 1] ?? Infinity;
    const ofBucket = inside.filter(
      ({ atMs }) => atMs >= bucket.start.epochMilliseconds && atMs < nextMs,
    );
    if (bucket.state === 'unknown') expect(bucket.cost).toBeNull();
    if (bucket.state === 'final') expect(bucket.cost).toBe(sumsOf(ofBucket, true).cost);
  }
}

async function expectAnswered(
  { panel, charges }: Telling,
  question: Question,
  options: { areCallsKnown: boolean },
): Promise<void> {
  const answer = await panel.services.history.usage(question);
  const { start, end } = answer.question;
  expect(answer.state).toBe('final');
  expectTruth(shownByAnswer(answer), charges(), { ...question, start, end }, options);
}

async function expectJson({ charges }: Telling, ask: Ask, question: Question) {
  const { usage } = (await ask(apiAddress('usage', question)).expect(200)).body;
  expect(usage).toMatchObject({ freshness: 'final', partial: false, timezone: question.timezone });
  const period = {
    start: Temporal.Instant.from(usage.start),
    end: Temporal.Instant.from(usage.end),
  };
  const answered = { ...question, ...period };
  expectTruth(shownByJson(usage), charges(), answered, { areCallsKnown: true });
}

async function expectCsv(telling: Telling, ask: Ask, question: Question) {
  const lines = await csvLines(ask, apiAddress('usage.csv', question));
  const inside = chargesIn(telling.charges(), await answered(telling, question));
  const costOf = (list: readonly Charge[]) => sumsOf(list, true).cost;
  const sumBy = <T>(list: readonly T[], key: (each: T) => string, cost: (each: T) => Nano) =>
    Object.fromEntries(
      [...Map.groupBy(list, key)]
        .map(([name, group]) => [name, sumNano(group.map(cost))] as const)
        .filter(([, sum]) => sum > 0n),
    );
  expect(new Set(lines.map(({ state }) => state))).toEqual(new Set(['final']));
  expect(sumNano(lines.map(({ cost }) => nano(cost)))).toBe(costOf(inside));
  expect(
    sumBy(
      lines,
      ({ key = '' }) => key,
      ({ cost }) => nano(cost),
    ),
  ).toEqual(
    sumBy(
      inside,
      (charge) => keyOf(charge, question.groupBy),
      ({ costNano }) => costNano,
    ),
  );
}

async function expectXlsx(telling: Telling, ask: Ask, question: Question) {
  const inside = chargesIn(telling.charges(), await answered(telling, question));
  const cost = await costOfFile(ask, apiAddress('usage.xlsx', question));
  expect(cost).toBe(sumsOf(inside, true).cost);
}

async function expectFocus(telling: Telling, ask: Ask, question: Question) {
  const lines = await csvLines(ask, apiAddress('focus.csv', question));
  const inside = chargesIn(telling.charges(), await answered(telling, question));
  expect(lines.flatMap(focusRowFaults)).toEqual([]);
  expect(sumNano(lines.map(({ BilledCost }) => nano(BilledCost)))).toBe(sumsOf(inside, true).cost);
}

/** With the period as it is widened to whole hours of its zone. */
async function answered({ panel }: Telling, question: Question): Promise<Question> {
  const { start, end } = (await panel.services.history.usage(question)).question;
  return { ...question, start, end };
}
