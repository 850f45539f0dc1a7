import { expect, test } from 'vitest';
import { createFormat } from '../../src/i18n/format.ts';
import { translator } from '../../src/i18n/index.ts';
import { verdictView } from '../../src/planner/events-view.ts';
import type { PlannedEvent } from '../../src/planner/planned-event.ts';
import type { EventCheck } from '../../src/planner/read-check.ts';

const DOLLAR = 1_000_000_000n;

test.each([
  ['2026-12-31T09:00Z', 'before Thu, Dec 31, 09:00;'],
  ['2027-01-01T09:00Z', 'before Jan 1, 2027, 09:00;'],
  ['2026-11-26T12:00Z', 'right now;'],
])('a top-up by %s is due %s', (by, said) => {
  const cost = { low: DOLLAR, expected: DOLLAR, high: DOLLAR };
  const check = {
    ...{ verdict: 'top_up', cost, available: 0n, topUp: DOLLAR },
    topUpBy: Temporal.Instant.from(by),
  };
  const { topUp } = verdictView({ check } as EventCheck, { timezone: 'UTC' } as PlannedEvent, {
    format: createFormat('en'),
    t: translator('en'),
    now: Temporal.Instant.from('2026-11-26T12:00Z'),
  });
  expect(topUp).toContain(`Top up $1.00 ${said}`);
});
