import { expect, test } from 'vitest';
import type { PricedModel } from '../../src/planner/check.ts';
import { keepingUp } from '../../src/planner/keeping-up.ts';
import type { PlannedEvent } from '../../src/planner/planned-event.ts';
import { throughputOf } from '../../src/planner/throughput.ts';

test.each([
  [180, 'spare'],
  [288, 'spare'],
  [300, 'tight'],
  [360, 'tight'],
  [361, 'too_slow'],
] as const)('two at once of 20 seconds make 360 an hour: %i is %s', (peakCallsPerHour, pace) => {
  expect(throughputOf({ concurrency: 2, secondsPerRequest: 20, peakCallsPerHour })).toEqual({
    capacity: 360,
    demand: peakCallsPerHour,
    pace,
  });
});

const ONE = 1_000_000_000n;
const start = Temporal.Instant.from('2026-05-02T18:00Z');
/** Two hours of 300 guests with two outputs each, a tenth of which is made twice. */
const event = {
  ...{ start, end: start.add({ hours: 2 }), participants: 300, peakParticipants: null },
  ...{ outputsPerParticipant: 2n * ONE, allowancePercent: 10n * ONE, concurrency: 2 },
} as PlannedEvent;
const model = (endpointId: string | null, share: bigint) =>
  ({ endpointId, share: share * ONE }) as PricedModel;
const photo = model('a/photo', 75n);
const video = model('a/video', 25n);

test('guests come evenly unless it is said, and models take their time by their shares', () => {
  const typical = new Map([
    ['a/photo', 8_000],
    ['a/video', 96_000],
  ]);
  expect(keepingUp(event, [photo, video], typical)).toEqual({
    throughput: { capacity: 240, demand: expect.closeTo(330, 9), pace: 'too_slow' },
    peakCallsPerHour: expect.closeTo(330, 9),
    secondsPerRequest: 30,
    // 330 calls of 30 seconds are 9,900 seconds of an hour's 3,600.
    concurrencyNeeded: 3,
  });
  const peak = { ...event, peakParticipants: 60 };
  expect(keepingUp(peak, [photo, video], typical).throughput?.pace).toBe('spare');
});

test('is not known where a model was never called, or nobody said how many run at once', () => {
  const typical = new Map([['a/photo', 8_000]]);
  expect(keepingUp(event, [photo, video], typical)).toMatchObject({
    ...{ throughput: null, secondsPerRequest: null, concurrencyNeeded: null },
    peakCallsPerHour: expect.closeTo(330, 9),
  });
  expect(
    keepingUp({ ...event, concurrency: null }, [model('a/photo', 100n)], typical),
  ).toMatchObject({ throughput: null, secondsPerRequest: 8, concurrencyNeeded: 1 });
});
