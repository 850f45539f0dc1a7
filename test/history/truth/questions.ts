import fc from 'fast-check';
import { RESOLUTIONS } from '../../../src/buckets.ts';
import { GROUPINGS, type HistoryQuestion } from '../../../src/history/answer.ts';
import { CALLED_IDS, CALLER_IDS } from '../../support/traffic.ts';

/** Hours begin there with UTC's, so that any copy can be cut by them. */
const WHOLE_HOURS = ['UTC', 'America/New_York', 'Asia/Tokyo'] as const;
const FAMILY = 'fal-ai/kling-video/v2.1/standard';

/** A question before it is known which accounts there are. */
export type Asked = ReturnType<typeof questions> extends fc.Arbitrary<infer T> ? T : never;

/** Questions about some days from the first on, up to the day after the last. */
export function questions(days: number) {
  return fc.record({
    fromMinute: fc.integer({ min: -22 * 60, max: days * 24 * 60 }),
    hours: fc.integer({ min: 1, max: (days + 2) * 24 }),
    /** One account, or all where there are not so many. */
    account: fc.nat({ max: 4 }),
    zone: fc.oneof(fc.constantFrom('account', 'panel'), fc.constantFrom(...WHOLE_HOURS)),
    resolution: fc.constantFrom(...RESOLUTIONS),
    groupBy: fc.constantFrom(...GROUPINGS),
    endpointIds: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.subarray([...CALLED_IDS, FAMILY]) },
    ),
    apiKeyIds: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.subarray([...CALLER_IDS]) },
    ),
  });
}

export interface AskedAccount {
  id: string;
  slug: string;
  timezone: string;
}

/** The question itself, cut in a zone in which what is kept of those accounts can be cut. */
export function questionOf(
  asked: Asked,
  { start, days, timezone }: { start: Temporal.Instant; days: number; timezone: string },
  accounts: readonly AskedAccount[],
): HistoryQuestion & { slug: string | null } {
  const { resolution, groupBy, endpointIds, apiKeyIds, zone } = asked;
  const account = accounts[asked.account] ?? null;
  const from = start.add({ minutes: asked.fromMinute });
  const latest = start.add({ hours: days * 24 + 22 });
  const end = from.add({ hours: asked.hours });
  const zones: Record<string, string> = { account: account?.timezone ?? timezone, panel: timezone };
  return {
    start: from,
    end: Temporal.Instant.compare(end, latest) < 0 ? end : latest,
    timezone: zones[zone] ?? zone,
    resolution,
    groupBy,
    accountId: account?.id ?? null,
    slug: account?.slug ?? null,
    endpointIds,
    apiKeyIds,
  };
}
