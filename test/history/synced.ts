import { type AliasedRawBuilder, sql } from 'kysely';
import { findAccount } from '../../src/accounts/accounts.ts';
import { utcDayStart } from '../../src/history/slots.ts';
import { syncJob } from '../../src/history/sync-account.ts';
import { type SyncStatus, syncStatuses } from '../../src/history/sync-status.ts';
import { type Lease, LeaseLostError } from '../../src/jobs/leases.ts';
import { digits } from '../../src/store/big-numbers.ts';
import type { Panel } from '../support/panel.ts';

/** The id of a stored account. */
export async function accountId(panel: Pick<Panel, 'services'>, slug: string): Promise<string> {
  const account = await findAccount(panel.services.store.db, slug);
  if (!account) throw new Error(`no account ${slug}`);
  return account.id;
}

/** A lease that nobody takes away, but for one that is lost after so many confirmations. */
export function testLease(confirmations = Infinity): Lease {
  const control = new AbortController();
  let left = confirmations;
  return {
    name: 'test',
    signal: control.signal,
    async confirm() {
      left -= 1;
      if (left >= 0) return;
      const lost = new LeaseLostError('test');
      control.abort(lost);
      throw lost;
    },
  };
}

/** One round of an account, without a scheduler. @returns when the next one is due. */
export async function syncOnce(
  panel: Pick<Panel, 'services'>,
  slug: string,
  lease: Lease = testLease(),
): Promise<Temporal.Instant> {
  return syncJob(panel.services, await accountId(panel, slug)).run(lease);
}

export async function statusOf(panel: Panel, slug: string): Promise<SyncStatus> {
  const { store, now } = panel.services;
  const id = await accountId(panel, slug);
  const found = (await syncStatuses(store.db, now())).find((status) => status.accountId === id);
  if (!found) throw new Error(`no status of ${slug}`);
  return found;
}

/** Everything kept of usage, by what it is of and not by numbers that chance gives. */
export async function keptRows(panel: Panel) {
  return panel.services.store.db
    .selectFrom('usage_slots')
    .innerJoin('usage_series', 'usage_series.id', 'usage_slots.series_id')
    .select(['identity', 'slot'])
    .select(
      (['cost', 'units', 'unit_nanos', 'requests', 'failures', 'p95_ms'] as const).map((name) =>
        digits(sql.ref(`usage_slots.${name}`)).as(name),
      ),
    )
    .orderBy('identity')
    .orderBy('slot')
    .execute();
}

/** What is kept of an account as fal cut it, added up over UTC days. */
export async function keptSums(panel: Panel, slug: string, days: { first: number; last: number }) {
  const [from, to] = [utcDayStart(days.first), utcDayStart(days.last + 1)];
  const minutes = (at: Temporal.Instant) => at.epochMilliseconds / 60_000;
  const sum = <T extends string>(name: T) =>
    digits(sql`coalesce(sum(${sql.ref(`usage_slots.${name}`)}), 0)`).as(name) as AliasedRawBuilder<
      string,
      T
    >;
  const row = await panel.services.store.db
    .selectFrom('usage_slots')
    .innerJoin('usage_series', 'usage_series.id', 'usage_slots.series_id')
    .select([sum('cost'), sum('requests'), sum('successes'), sum('failures')])
    .where('scope', '=', 'account')
    .where('account_id', '=', await accountId(panel, slug))
    .where('slot', '>=', minutes(from))
    .where('slot', '<', minutes(to))
    .executeTakeFirstOrThrow();
  return {
    costNano: BigInt(row.cost),
    count: Number(row.requests),
    successes: Number(row.successes),
    failures: Number(row.failures),
  };
}
