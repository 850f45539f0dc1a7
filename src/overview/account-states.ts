import type { FalAccount } from '../accounts/accounts.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import type { AccountState } from './attention.ts';
import type { CreditOutlook, OutlookQuestion } from './outlooks.ts';
import { shownAccounts } from './shown-accounts.ts';
import type { OverviewSources } from './sources.ts';

/** Accounts with what is kept of them, and the first event that is planned for any of them. */
export interface KeptStates {
  states: AccountState[];
  next: PlannedEvent | null;
}

/**
 * Reads what is kept of accounts beside their usage. How long credits last is asked of those with the
 * least balance, as many as the overview lists, and of the next event's: it takes far longer than the rest.
 * @param outlookOf `null`: it could not be read.
 */
export async function readAccountStates(
  sources: Pick<OverviewSources, 'balances' | 'syncs' | 'events' | 'written'>,
  accounts: readonly FalAccount[],
  now: Temporal.Instant,
  outlookOf: (question: OutlookQuestion) => Promise<CreditOutlook | null>,
): Promise<KeptStates> {
  const [balances, statuses, events] = await Promise.all([
    sources.balances(),
    sources.syncs(now),
    sources.events(now),
  ]);
  const syncs = new Map(statuses.map((sync) => [sync.accountId, sync]));
  const known = accounts.map(
    (account): AccountState => ({
      account,
      balance: balances.get(account.id) ?? null,
      sync: syncs.get(account.id) ?? null,
      outlook: null,
    }),
  );
  const next = events.find((event) => accounts.some(({ id }) => id === event.accountId)) ?? null;
  const wanted = new Set(shownAccounts(known, false).balances);
  for (const state of known) if (state.account.id === next?.accountId) wanted.add(state);
  const written = await sources.written([...wanted].map(({ account }) => account.id));
  const states = await Promise.all(
    known.map(async (state) => {
      if (!wanted.has(state)) return state;
      const { account } = state;
      const own = events.filter(({ accountId }) => accountId === account.id);
      const question = { account, events: own, written: written.get(account.id) ?? 0 };
      return { ...state, outlook: await outlookOf(question) };
    }),
  );
  return { states, next };
}

/** The accounts' own zone, where they share one. */
export function zoneOf(accounts: readonly FalAccount[], usual: string): string {
  const [zone, ...others] = new Set(accounts.map(({ timezone }) => timezone));
  return zone !== undefined && others.length === 0 ? zone : usual;
}
