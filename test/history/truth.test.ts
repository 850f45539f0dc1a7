import type { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistoryAnswer } from '../../src/history/answer.ts';
import { type Nano, sumNano } from '../../src/money.ts';
import { focusRowFaults } from '../support/focus-checker.ts';
import { type Browser, ENGINES } from '../support/panel.ts';
import { sheetRows } from '../support/read-xlsx.ts';
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
    60_000 + RUNS * 6_000,
  );
});

async function listen(telling: Telling, { steps, questions: asked }: Story): Promise<void> {
  const seen = [];
  for (const step of steps) seen.push(...(await telling.perform(step)));

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
  const viewer = await telling.panel.as('viewer');
  for (const each of questions) await expectJson(telling, viewer, each);
  for (const each of questions) await expectCsv(telling, viewer, each);
  for (const each of questions.slice(-1)) {
    await expectXlsx(telling, viewer, each);
    await expectFocus(telling, viewer, each);
  }
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

function ask(viewer: Browser, name: string, question: Question) {
  const { start, end, timezone, resolution, groupBy, endpointIds, apiKeyIds, slug } = question;
  const query = new URLSearchParams({
    start: start.toString(),
    end: end.toString(),
    timezone,
    timeframe: resolution,
    group_by: groupBy,
    ...(slug !== null && { account: slug }),
  });
  for (const id of endpointIds) query.append('endpoint_id', id);
  for (const id of apiKeyIds) query.append('api_key_id', id);
  return viewer
    .get(`/api/v1/${name}?${query}`)
    .set('Sec-Fetch-Site', 'same-origin')
    .set('Accept-Language', 'en')
    .expect(200);
}

async function expectJson({ charges }: Telling, viewer: Browser, question: Question) {
  const { usage } = (await ask(viewer, 'usage', question)).body;
  expect(usage).toMatchObject({ freshness: 'final', partial: false, timezone: question.timezone });
  const period = {
    start: Temporal.Instant.from(usage.start),
    end: Temporal.Instant.from(usage.end),
  };
  const answered = { ...question, ...period };
  expectTruth(shownByJson(usage), charges(), answered, { areCallsKnown: true });
}

type Line = Record<string, string>;

async function expectCsv(telling: Telling, viewer: Browser, question: Question) {
  const lines = parse((await ask(viewer, 'usage.csv', question)).text, { columns: true }) as Line[];
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

async function expectXlsx(telling: Telling, viewer: Browser, question: Question) {
  const book = await ask(viewer, 'usage.xlsx', question).buffer(true).parse(binary);
  const inside = chargesIn(telling.charges(), await answered(telling, question));
  const [, ...rows] = sheetRows(book.body, 1);
  const [, ...totals] = sheetRows(book.body, 2);
  const { cost } = sumsOf(inside, true);
  expect(sumNano(rows.map((row) => nano(row[5])))).toBe(cost);
  expect(nano(totals.pop()?.[2])).toBe(cost);
  expect(sumNano(totals.map((row) => nano(row[2])))).toBe(cost);
}

async function expectFocus(telling: Telling, viewer: Browser, question: Question) {
  const file = await ask(viewer, 'focus.csv', question);
  const lines = parse(file.text, { columns: true }) as Line[];
  const inside = chargesIn(telling.charges(), await answered(telling, question));
  expect(lines.flatMap(focusRowFaults)).toEqual([]);
  expect(sumNano(lines.map(({ BilledCost }) => nano(BilledCost)))).toBe(sumsOf(inside, true).cost);
}

/** With the period as it is widened to whole hours of its zone. */
async function answered({ panel }: Telling, question: Question): Promise<Question> {
  const { start, end } = (await panel.services.history.usage(question)).question;
  return { ...question, start, end };
}

/** Decimal digits to 1e-9, by hand. */
function nano(digits: string | null | undefined): Nano {
  const [whole = '', fraction = ''] = (digits || '0').split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}

/** The body as bytes, for supertest. */
function binary(res: unknown, done: (error: Error | null, body: Buffer) => void) {
  const pieces: Buffer[] = [];
  const stream = res as Readable;
  stream.on('data', (piece) => pieces.push(Buffer.from(piece, 'binary')));
  stream.on('end', () => done(null, Buffer.concat(pieces)));
}
