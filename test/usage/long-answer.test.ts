import { expect, test } from 'vitest';
import { bucketsOf, nextBucket } from '../../src/buckets.ts';
import type { HistoryAnswer } from '../../src/history/answer.ts';
import { assemble } from '../../src/history/assemble.ts';
import { noMeasures } from '../../src/history/measures.ts';
import { historyAnswer } from '../../src/usage/history-answer.ts';

const START = Temporal.Instant.from('2026-03-01T00:00Z');
const KEYS = 100;
const HOURS = 24 * 7;

/** Every hour of a week by a hundred keys, each with a nano-dollar in each. */
function longAnswer(): Promise<HistoryAnswer> {
  const end = START.add({ hours: HOURS });
  const buckets = bucketsOf(START, end.epochMilliseconds, 'hour', 'UTC');
  const cells = (cost: bigint) =>
    new Map(buckets.map((_, at) => [at, { cost, requests: 1n, successes: 1n, failures: 0n }]));
  const groups = Array.from({ length: KEYS }, (_, index) => {
    return {
      key: `key-${index}`,
      name: null,
      series: [],
      sum: noMeasures().with(0, BigInt(HOURS)),
    };
  });
  return assemble({
    question: {
      ...{ start: START, end, timezone: 'UTC', resolution: 'hour', groupBy: 'api_key' },
      ...{ accountId: null, endpointIds: [], apiKeyIds: [] },
    },
    coverage: {
      ...{ stateOf: () => 'final', untilMs: end.epochMilliseconds, asOf: end },
      ...{ hasGaps: false, isIncomplete: false },
    },
    buckets: buckets.map((start) => ({ start, end: nextBucket(start, 'hour') })),
    groups,
    apart: groups.map(() => cells(1n)),
    foreign: [],
    sums: new Map(),
    total: cells(BigInt(KEYS)),
    uncounted: [],
    accounts: new Map(),
  });
}

/** How often others had their turn meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const wait = () => {
    setImmediate(() => {
      turns += 1;
      if (!isOver) wait();
    });
  };
  wait();
  await work();
  isOver = true;
  return turns;
}

test('a long answer by many keys is put together with turns for others', async () => {
  const parts = KEYS * HOURS;
  const answers: HistoryAnswer[] = [];
  const turns = await turnsDuring(async () => answers.push(await longAnswer()));
  expect(turns).toBeGreaterThanOrEqual(parts / 3_000);
  expect(answers[0]?.series.map(({ parts: own }) => own.length)).toEqual(Array(HOURS).fill(KEYS));
});

test('and sent in pieces that are one document', async () => {
  const answer = await longAnswer();
  let pieces: string[] = [];
  const turns = await turnsDuring(async () => {
    pieces = await Array.fromAsync(historyAnswer(answer, 'done'));
  });
  expect(pieces.length).toBeGreaterThan(3);
  expect(turns).toBeGreaterThanOrEqual(pieces.length - 1);
  const { ok, usage, message } = JSON.parse(pieces.join(''));
  expect([ok, message, usage.total_cost]).toEqual([true, 'done', (KEYS * HOURS) / 1e9]);
  expect(usage.series).toHaveLength(HOURS);
  expect(usage.series.at(-1)).toMatchObject({
    bucket: '2026-03-07T23:00:00+00:00',
    cost: KEYS / 1e9,
    groups: expect.objectContaining({ length: KEYS }),
  });
});
