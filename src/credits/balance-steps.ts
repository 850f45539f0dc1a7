import type { Kysely } from 'kysely';
import type { Store } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import { newestReadings, notableSteps } from './queries.ts';
import type { BalanceStep } from './top-ups.ts';

/** What was found up to a reading, and since when it was looked for. */
interface FoundSteps {
  steps: BalanceStep[];
  since: Temporal.Instant;
  last: Temporal.Instant;
}

/** By the store's reader, account and currency. */
const found = new WeakMap<Store['reader'], Map<string, FoundSteps>>();

/**
 * The notable steps of a balance, of which only those since the last look are looked for: what was read
 * stays as it is. Where the last reading is there no more, such as after the clock was ahead, it begins
 * anew.
 * @param db a snapshot. @param since never earlier than the last time.
 */
export async function readSteps(
  { engine, reader }: Pick<Store, 'engine' | 'reader'>,
  db: Kysely<Tables>,
  accountId: string,
  currency: string,
  since: Temporal.Instant,
): Promise<BalanceStep[]> {
  const key = `${accountId} ${currency}`;
  const memory = found.get(reader) ?? new Map<string, FoundSteps>();
  found.set(reader, memory);
  const before = memory.get(key);
  const { last, lastUntil } = await newestReadings(db, accountId, currency, before?.last ?? since);
  if (!last) return [];
  const isKept =
    before && Temporal.Instant.compare(before.since, since) <= 0 && lastUntil?.equals(before.last);
  const known = isKept ? before : { steps: [], since, last: since };
  const isNew = ({ until }: BalanceStep) =>
    !isKept || Temporal.Instant.compare(until, known.last) > 0;
  const fresh = await notableSteps(db, engine, accountId, currency, known.last);
  const steps = [...known.steps, ...fresh.filter(isNew)].filter(
    ({ until }) => Temporal.Instant.compare(until, since) >= 0,
  );
  memory.set(key, { steps, since, last });
  return steps;
}
