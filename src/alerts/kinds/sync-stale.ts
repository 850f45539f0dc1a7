import type { Kysely } from 'kysely';
import { z } from 'zod';
import { goesOn } from '../../history/sync-queries.ts';
import { hasFailedSince, type SyncStatus } from '../../history/sync-status.ts';
import { later } from '../../instants.ts';
import type { Tables } from '../../store/tables.ts';
import { toInstant } from '../../store/values.ts';
import { awakeSince } from '../awake.ts';
import { momentFact } from '../facts.ts';
import { type Evaluation, UNKNOWN } from '../finding.ts';
import type { AlertKind } from '../kind.ts';
import { readLastAnswers } from '../last-answers.ts';
import { wholeParam } from '../param-fields.ts';
import { openRefusals, recentRefusals } from '../recent-refusals.ts';
import type { Refusal } from '../refusals.ts';
import { sharedOutages } from '../shared-outages.ts';

const params = z.object({ minutes: wholeParam(10, 7 * 24 * 60) });
type Params = z.output<typeof params>;

export interface SyncReading {
  now: Temporal.Instant;
  /** Since when there was a chance to read anything; of a paused account there is none. */
  awakeSince: Temporal.Instant;
  intervalSeconds: number;
  status: SyncStatus | null;
  /** When the round began that has not read all there is to read; `null` where none is half-way. */
  halfWaySince: Temporal.Instant | null;
  /** Since when reading has failed of an account of which nothing was ever read; `null` where it has not. */
  neverSince: Temporal.Instant | null;
  /** Reading fails of several accounts at once, of which `account_trouble` tells. */
  isSharedOutage: boolean;
}

/** Usage was not brought up to date for longer than it should take. */
export const syncStale: AlertKind<Params, SyncReading> = {
  kind: 'sync_stale',
  params,
  fields: [{ name: 'minutes', type: 'number', min: 10, max: 7 * 24 * 60, unit: 'minutes' }],
  defaults: [{ params: { minutes: 60 }, severity: 'warning' }],

  async read(round, account, { minutes }) {
    const { services, now } = round;
    const { db } = services.store;
    const syncs = await round.once('syncs_by_account', async () => {
      const statuses = await services.overviewSources.syncs(now);
      return new Map(statuses.map((status) => [status.accountId, status]));
    });
    const halfWay = await round.once('syncs_half_way', () => readHalfWay(db));
    const answers = await round.once('last_answers', () => readLastAnswers(db));
    const refusals = (await recentRefusals(round)).get(account.id) ?? [];
    const shared = (await sharedOutages(round)).get(account.id);
    const open = openRefusals(refusals, answers.get(account.id) ?? {});
    const status = syncs.get(account.id) ?? null;
    const isPaused = status?.state === 'paused';
    return {
      now,
      isSharedOutage: open.some(({ asked, kind }) => asked === 'usage' && shared?.has(kind)),
      awakeSince: isPaused ? now : awakeSince(round, account.id, minutes),
      intervalSeconds: services.config.syncIntervalSeconds,
      status,
      halfWaySince: halfWay.get(account.id) ?? null,
      neverSince: answers.get(account.id)?.usage ? null : failingSince(refusals),
    };
  },

  judge(reading, { minutes }, firing): Evaluation {
    const { now, status, intervalSeconds, halfWaySince, neverSince } = reading;
    // Nobody reads a paused account: it is not late, nor is what is late over.
    if (!status || status.state === 'paused') return UNKNOWN;
    const none: Evaluation = { isKnown: true, findings: [] };
    const since = status.lastSuccessAt ?? neverSince;
    if (!since) return none;
    const patience = intervalSeconds + minutes * 60;
    const isLongAgo = (at: Temporal.Instant) => at.until(now).total('seconds') > patience;
    if (!isLongAgo(since)) return none;
    // A long backfill is many rounds, each of which goes on from the last.
    if (halfWaySince && !isLongAgo(halfWaySince) && !hasFailedSince(status)) return none;
    if (reading.isSharedOutage) return UNKNOWN;
    const chance = later(since, reading.awakeSince).until(now).total('seconds');
    if (chance <= intervalSeconds + 300 && !firing.has('')) return UNKNOWN;
    const code = hasFailedSince(status) ? (status.lastError?.code ?? null) : null;
    return {
      isKnown: true,
      findings: [
        {
          subject: '',
          nature: 'state',
          cause: 'sync',
          facts: {
            stale_since: momentFact(since),
            reason: { as: 'code', value: code ?? 'not_begun' },
          },
        },
      ],
    };
  },

  // When reading failed is kept, but not when the panel was off.
  past: null,
};

function failingSince(refusals: readonly Refusal[]): Temporal.Instant | null {
  return refusals.find(({ asked, kind }) => asked === 'usage' && kind !== 'partly')?.from ?? null;
}

/** By account, when the last round began that has more to read. */
async function readHalfWay(db: Kysely<Tables>): Promise<Map<string, Temporal.Instant>> {
  const rows = await db
    .selectFrom('account_syncs')
    .select(['account_id', 'round_started_at', 'round_days', 'round_days_done', 'round_rows'])
    .execute();
  return new Map(
    rows.flatMap((row) =>
      row.round_started_at !== null && goesOn(row)
        ? [[row.account_id, toInstant(row.round_started_at)] as const]
        : [],
    ),
  );
}
