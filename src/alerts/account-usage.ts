import { setImmediate as othersFirst } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { LRUCache } from 'lru-cache';
import type { FalAccount } from '../accounts/accounts.ts';
import { listAccounts } from '../accounts/accounts.ts';
import { type Coverage, coverage } from '../history/coverage.ts';
import { slotMinutesByDay } from '../history/plan.ts';
import type { DayCoverage } from '../history/queries.ts';
import { minutesOf, utcDayOf, utcDayStart } from '../history/slots.ts';
import type { Tables } from '../store/tables.ts';
import { BASIS_DAYS } from '../usage/pace.ts';
import type { Round } from './kind.ts';
import { SlotSums, slotOfDay, type Used } from './slot-sums.ts';
import { readDays, readSlots, readVersions, type UsageFilter } from './usage-rows.ts';

/** Of these days everything is read in every round: only there usage still arrives. */
const FRESH_DAYS = 2;
/** What is usual is told from eight weeks; a zone's first day may begin a UTC day earlier. */
const OLD_DAYS = BASIS_DAYS + 2;
/** So many accounts' old days are read in one go, that pages need not wait for all of them. */
const ACCOUNTS_AT_ONCE = 20;

/** What an account used lately, in US dollars, and what was read of it. */
export class AccountUsage {
  readonly account: FalAccount;
  /** Changes when anything does that is older than the last days. */
  readonly version: string;
  /** Changes when anything does. */
  readonly changes: string;
  readonly #parts: readonly SlotSums[];
  readonly #days: readonly DayCoverage[];
  readonly #now: Temporal.Instant;
  #coverage: Coverage | undefined;

  constructor(
    account: FalAccount,
    parts: readonly SlotSums[],
    days: readonly DayCoverage[],
    now: Temporal.Instant,
    { version = '', changes = '' } = {},
  ) {
    this.account = account;
    this.version = version;
    this.changes = changes;
    this.#parts = parts;
    this.#days = days;
    this.#now = now;
  }

  /** What was used between two moments, as far as it is known; slots count where they begin. */
  used(start: Moment, end: Moment): Used {
    const [from, to] = [minutesOf(start), minutesOf(end)];
    const sum: Used = { cost: 0n, calls: 0, failures: 0 };
    for (const part of this.#parts) {
      const { cost, calls, failures } = part.between(from, to);
      sum.cost += cost;
      sum.calls += calls;
      sum.failures += failures;
    }
    return sum;
  }

  /** The same of the cost alone, nano-USD; both in epoch ms. */
  cost(startMs: number, endMs: number): bigint {
    const [from, to] = [Math.ceil(startMs / 60_000), Math.ceil(endMs / 60_000)];
    let sum = 0n;
    for (const part of this.#parts) sum += part.costBetween(from, to);
    return sum;
  }

  /** Whether all of it was read; else its sums are lower bounds. */
  isWhole(start: Moment, end: Moment): boolean {
    const state = this.#stateOf(start, end);
    return state !== 'partial' && state !== 'unknown';
  }

  /** Whether calls of some model are not counted in some of these days. */
  isUncounted(start: Moment, end: Moment): boolean {
    const [from, to] = [utcDayOf(instantOf(start)), utcDayOf(instantOf(end))];
    return this.#days.some(({ day, hasUncounted }) => hasUncounted && from <= day && day <= to);
  }

  /** The first UTC day of which something was read; `null` where nothing was. */
  get firstDay(): Temporal.Instant | null {
    const [first] = this.#days;
    return first ? utcDayStart(first.day) : null;
  }

  /** The same figures of other sums, such as those of a model. */
  withSums(sums: SlotSums): AccountUsage {
    return new AccountUsage(this.account, [sums], this.#days, this.#now, this);
  }

  #stateOf(start: Moment, end: Moment) {
    this.#coverage ??= coverage(
      this.#days,
      1,
      { start: this.firstDay ?? this.#now, end: this.#now },
      this.#now,
    );
    return this.#coverage.stateOf(start.epochMilliseconds, end.epochMilliseconds);
  }
}

type Moment = { epochMilliseconds: number };

function instantOf({ epochMilliseconds }: Moment): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds);
}

/** Days of an account that don't change any more, or seldom. */
interface OldDays {
  version: string;
  sums: SlotSums;
  days: readonly DayCoverage[];
}

/** By account id; between rounds only what changed is read again. */
const remembered = new WeakMap<Kysely<Tables>, Map<string, OldDays>>();

/** What every account used in the last eight weeks, by its id; read once a round. */
function usageOfAll(round: Round): Promise<ReadonlyMap<string, AccountUsage>> {
  return round.once('usage', () => readAll(round));
}

/** What an account used in the last eight weeks. */
export async function usageOf(round: Round, account: FalAccount): Promise<AccountUsage> {
  const all = await usageOfAll(round);
  // Of one that was made since the round began nothing is known.
  return all.get(account.id) ?? new AccountUsage(account, [], [], round.now);
}

/** Of a model or a key, from a slot on; the same while nothing of the account changes. */
interface FilteredSums {
  changes: string;
  from: number;
  sums: SlotSums;
}

const MOST_FILTERED = 500;
const filtered = new WeakMap<Kysely<Tables>, LRUCache<string, FilteredSums>>();

/** The same of a model or of a key only, since a moment; read again only where something was synced. */
export async function filteredUsageOf(
  round: Round,
  account: FalAccount,
  filter: UsageFilter,
  since: Temporal.Instant,
): Promise<AccountUsage> {
  const usage = await usageOf(round, account);
  if (filter.endpointId === null && filter.apiKeyId === null) return usage;
  const { db, reader, engine } = round.services.store;
  const memory = filtered.get(db) ?? new LRUCache<string, FilteredSums>({ max: MOST_FILTERED });
  filtered.set(db, memory);
  const name = JSON.stringify([account.id, filter]);
  const from = minutesOf(since);
  const known = memory.get(name);
  if (known && known.changes === usage.changes && known.from <= from) {
    return usage.withSums(known.sums);
  }
  const to = slotOfDay(utcDayOf(round.now) + 1);
  const slots = await reader.snapshot((snapshot) =>
    readSlots(snapshot, engine, [account.id], from, to, filter),
  );
  const sums = new SlotSums(slots.get(account.id) ?? '');
  // What was read of an account that nobody knows of yet may be another's tomorrow.
  if (usage.changes !== '') memory.set(name, { changes: usage.changes, from, sums });
  return usage.withSums(sums);
}

/** What an account used since an earlier moment: for looks back. */
export function longUsageOf(
  round: Round,
  account: FalAccount,
  since: Temporal.Instant,
  filter: UsageFilter = { endpointId: null, apiKeyId: null },
): Promise<AccountUsage> {
  const { store } = round.services;
  const [from, to] = [utcDayOf(since), utcDayOf(round.now) + 1];
  return store.reader.snapshot(async (db) => {
    const slots = await readSlots(
      db,
      store.engine,
      [account.id],
      slotOfDay(from),
      slotOfDay(to),
      filter,
    );
    const days = await readDays(db, store.engine, [account.id], from, to);
    const own = usable(days.get(account.id) ?? [], account.timezone);
    return new AccountUsage(account, [new SlotSums(slots.get(account.id) ?? '')], own, round.now);
  });
}

async function readAll(round: Round): Promise<Map<string, AccountUsage>> {
  const { services, now } = round;
  const { db, reader, engine } = services.store;
  const today = utcDayOf(now);
  const fresh = today - FRESH_DAYS;
  const oldest = fresh - OLD_DAYS;
  const accounts = await round.once('accounts', () => listAccounts(db));
  const ids = accounts.map(({ id }) => id);
  const { slots, days, versions, latest } = await reader.snapshot(async (snapshot) => ({
    slots: await readSlots(snapshot, engine, ids, slotOfDay(fresh), slotOfDay(today + 1)),
    days: await readDays(snapshot, engine, ids, fresh, today + 1),
    versions: await readVersions(snapshot, oldest, fresh),
    latest: await readVersions(snapshot, fresh, today + 1),
  }));

  const known = remembered.get(db) ?? new Map<string, OldDays>();
  remembered.set(db, known);
  for (const id of known.keys()) if (!versions.has(id)) known.delete(id);
  const changed = accounts.filter(
    ({ id }) => versions.has(id) && known.get(id)?.version !== versions.get(id),
  );
  for (let first = 0; first < changed.length; first += ACCOUNTS_AT_ONCE) {
    const some = changed.slice(first, first + ACCOUNTS_AT_ONCE).map(({ id }) => id);
    const old = await reader.snapshot(async (snapshot) => ({
      slots: await readSlots(snapshot, engine, some, slotOfDay(oldest), slotOfDay(fresh)),
      days: await readDays(snapshot, engine, some, oldest, fresh),
    }));
    for (const id of some) {
      known.set(id, {
        version: versions.get(id) ?? '',
        sums: new SlotSums(old.slots.get(id) ?? ''),
        days: old.days.get(id) ?? [],
      });
      await othersFirst();
    }
  }

  const all = new Map<string, AccountUsage>();
  for (const account of accounts) {
    const old = known.get(account.id);
    const own = usable([...(old?.days ?? []), ...(days.get(account.id) ?? [])], account.timezone);
    const parts = [...(old ? [old.sums] : []), new SlotSums(slots.get(account.id) ?? '')];
    const version = `${oldest} ${old?.version ?? ''} ${account.timezone}`;
    const changes = `${version} ${latest.get(account.id) ?? ''}`;
    all.set(account.id, new AccountUsage(account, parts, own, now, { version, changes }));
    if (all.size % ACCOUNTS_AT_ONCE === 0) await othersFirst();
  }
  return all;
}

/** What is kept by whole hours can't be cut where a zone's hours begin at half past. */
function usable(days: readonly DayCoverage[], timezone: string): readonly DayCoverage[] {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return days;
  const slotMinutesOf = slotMinutesByDay([timezone], first.day, last.day);
  return days.filter(({ day, isCoarse }) => !isCoarse || slotMinutesOf(day) === 60);
}
