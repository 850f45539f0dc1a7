import type { FalAccount } from '../accounts/accounts.ts';
import { byGravity, type Incident } from '../alerts/incident.ts';
import type { RuleKind } from '../alerts/rule.ts';
import type { Attention } from './attention.ts';

/** More than these are counted: whoever has that many looks at them elsewhere. */
const MOST_LINES = 8;

/** What of the page says no more than an incident of that kind does. */
const SAID_BY: Partial<Record<RuleKind, readonly Attention['kind'][]>> = {
  account_trouble: ['locked', 'failing'],
  sync_stale: ['stale', 'failing'],
  runway_short: ['short_runway'],
  credits_expiring: ['expiring'],
};

/**
 * What is to be done, incidents first: those nobody sees to, the gravest first, then the others. What
 * an incident says as well is left out; what is only good to know is on the page of alerts.
 */
export function withIncidents(
  incidents: readonly Incident[],
  accounts: readonly FalAccount[],
  attention: readonly Attention[],
): Attention[] {
  const known = new Map(accounts.map((account) => [account.id, account]));
  const shown = incidents.filter(
    ({ accountId, severity }) => severity !== 'info' && known.has(accountId),
  );
  const isSeenTo = ({ state }: Incident) => Number(state === 'acknowledged');
  const lines = shown
    .toSorted((a, b) => isSeenTo(a) - isSeenTo(b) || byGravity(a, b))
    .flatMap((incident): Attention[] => {
      const account = known.get(incident.accountId);
      return account ? [{ kind: 'incident', account, incident }] : [];
    });
  const said = new Set(
    shown.flatMap(({ kind, accountId }) =>
      (SAID_BY[kind] ?? []).map((each) => `${each} ${accountId}`),
    ),
  );
  const isSaid = (each: Attention) =>
    'account' in each && said.has(`${each.kind} ${each.account.id}`);
  const more = lines.length - MOST_LINES;
  return [
    ...lines.slice(0, MOST_LINES),
    ...(more > 0 ? [{ kind: 'more_incidents', count: more } as const] : []),
    ...attention.filter((each) => !isSaid(each)),
  ];
}
