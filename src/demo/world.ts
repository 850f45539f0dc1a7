import type { SimulatedAccount } from './accounts.ts';
import type { Answer } from './answer.ts';
import type { Entry, Ledger } from './ledger.ts';
import type { Quirks } from './quirks.ts';

/** Everything an endpoint needs to know beyond the question. */
export interface World {
  quirks: Quirks;
  nowMs(): number;
  /** The account's requests, whether or not fal knows them yet. */
  ledgerOf(account: SimulatedAccount): Ledger;
  /** Most buckets on a page of usage and analytics. */
  pageSize: number;
  /** Most rows on a page of billing events. */
  eventsPageSize: number;
}

/** A question that has passed the door. */
export interface Ask {
  query: URLSearchParams;
  body: string;
  account: SimulatedAccount;
  world: World;
}

export type Endpoint = (ask: Ask) => Answer;

/** The requests of a period that fal knows by now: indexes `[from, to)`. */
export interface Slice {
  from: number;
  to: number;
  /** One as it is known by now; null while it is not. */
  at(index: number): Entry | null;
}

/** The requests of a period that exist by now; `endMs` is exclusive. */
export function sliceOf(
  world: World,
  account: SimulatedAccount,
  period: { startMs: number; endMs: number },
): Slice {
  const ledger = world.ledgerOf(account);
  const knownMs = knownUntil(world);
  const from = ledger.firstAt(period.startMs);
  const to = Math.max(from, ledger.firstAt(Math.min(period.endMs, knownMs + 1)));
  return { from, to, at: (index) => ledger.entryAt(index, knownMs) };
}

/** All of a slice that is known, oldest first. */
export function* entriesOf({ from, to, at }: Slice): Generator<Entry> {
  for (let index = from; index < to; index += 1) {
    const entry = at(index);
    if (entry) yield entry;
  }
}

/** What happened later, fal does not know yet; epoch milliseconds. */
export function knownUntil({ nowMs, quirks }: World): number {
  return nowMs() - quirks.lagMs;
}
