import type { AccountState } from './attention.ts';

/** As many as are taken in at a glance: somebody may have hundreds of accounts. */
const SHOWN = 10;

/** The accounts that the page lists by balance and by how they are read. */
export interface ShownAccounts {
  balances: readonly AccountState[];
  syncs: readonly AccountState[];
  /** All there are, where not all of them are listed; else `null`. */
  of: number | null;
}

/** All of them in their order, or of many those with the least balance and those that are not up to date. */
export function shownAccounts(states: readonly AccountState[], isAll: boolean): ShownAccounts {
  if (isAll || !areMany(states)) return { balances: states, syncs: states, of: null };
  return {
    balances: states.toSorted(byBalance).slice(0, SHOWN),
    syncs: states.toSorted(byUrgency).slice(0, SHOWN),
    of: states.length,
  };
}

/** Where one more than is shown would be left out, all are shown. */
export function areMany(states: readonly unknown[]): boolean {
  return states.length > SHOWN + 1;
}

/** Whether its first reading is going on, or will by itself. */
export function isReadFirst({ sync }: AccountState): boolean {
  return !sync?.lastSuccessAt && sync?.state !== 'failing' && sync?.state !== 'paused';
}

/** The least first; what is not known comes last. */
function byBalance(a: AccountState, b: AccountState): number {
  const [one, other] = [a.balance?.known?.balance ?? null, b.balance?.known?.balance ?? null];
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return one < other ? -1 : one > other ? 1 : 0;
}

function byUrgency(a: AccountState, b: AccountState): number {
  return urgency(a) - urgency(b) || lastSuccessMs(a) - lastSuccessMs(b);
}

function urgency(state: AccountState): number {
  if (isReadFirst(state)) return 2;
  return { failing: 0, paused: 1, waiting: 3, running: 3, idle: 4 }[state.sync?.state ?? 'idle'];
}

function lastSuccessMs({ sync }: AccountState): number {
  return sync?.lastSuccessAt?.epochMilliseconds ?? 0;
}
