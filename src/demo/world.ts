import type { SimulatedAccount } from './accounts.ts';
import type { Answer } from './answer.ts';
import type { Ledger } from './ledger.ts';
import type { Quirks } from './quirks.ts';

/** Everything an endpoint needs to know beyond the question. */
export interface World {
  quirks: Quirks;
  nowMs(): number;
  /** The account's requests; other accounts than the demo one have none. */
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

/** Of an account, the requests fal knows by now: `[from, to)` are indexes into `ledger.entries`. */
export interface Slice {
  ledger: Ledger;
  from: number;
  to: number;
}

/** The requests of a period that exist by now; `endMs` is exclusive. */
export function sliceOf(
  world: World,
  account: SimulatedAccount,
  period: { startMs: number; endMs: number },
): Slice {
  const ledger = world.ledgerOf(account);
  const knownUntilMs = world.nowMs() - world.quirks.lagMs + 1;
  const from = ledger.firstAt(period.startMs);
  const to = Math.max(from, ledger.firstAt(Math.min(period.endMs, knownUntilMs)));
  return { ledger, from, to };
}
