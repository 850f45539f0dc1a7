import { expect, test } from 'vitest';
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
