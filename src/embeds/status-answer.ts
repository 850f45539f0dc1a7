import { toJsonNumber } from '../money.ts';
import { numberOrNull, zoned } from '../usage/answer.ts';
import { type EmbedStatus, toldReasons } from './embed-status.ts';
import type { Embed } from './embed-tokens.ts';

/**
 * The `status` object of `/embed/:token/status.json`. Amounts are JSON numbers, `null` is not known;
 * what the token does not show is not in it.
 */
export function statusAnswer(status: EmbedStatus, { shows }: Pick<Embed, 'shows'>) {
  const { account, timezone, spentToday, balance, readAt } = status;
  const showsAmounts = shows.includes('amounts');
  return {
    account: account?.slug ?? null,
    name: account?.name ?? null,
    accounts: status.accounts,
    state: status.state,
    reasons: toldReasons(status.reasons, shows),
    timezone,
    as_of: readAt && zoned(readAt, timezone),
    ...(showsAmounts && {
      spent_today: {
        amount: numberOrNull(spentToday.value),
        currency: 'USD',
        at_least: !spentToday.isWhole,
      },
      balance: balance && {
        amount: toJsonNumber(balance.amount),
        currency: balance.currency,
        as_of: zoned(balance.asOf, timezone),
        accounts: balance.known,
      },
    }),
    ...(shows.includes('runway') && { runway: runwayAnswer(status) }),
    ...(shows.includes('event') && { next_event: eventAnswer(status, showsAmounts) }),
  };
}

function runwayAnswer({ runway: found, timezone }: EmbedStatus) {
  if (!found) return null;
  const { runway } = found.outlook;
  if (typeof runway === 'string') return null;
  const orBeyond = (at: Temporal.Instant | null) => at && zoned(at, timezone);
  return {
    account: found.account.slug,
    until: orBeyond(runway.until),
    earliest: orBeyond(runway.earliest),
    latest: orBeyond(runway.latest),
    horizon: zoned(runway.horizon, timezone),
  };
}

function eventAnswer({ event: next }: EmbedStatus, showsAmounts: boolean) {
  if (!next) return null;
  const { event, state } = next;
  const checked = state.outlook?.check;
  const check = checked && 'check' in checked ? checked.check : null;
  return {
    name: event.name,
    account: state.account.slug,
    starts_at: zoned(event.start, event.timezone),
    ends_at: zoned(event.end, event.timezone),
    timezone: event.timezone,
    verdict: check?.verdict ?? null,
    ...(showsAmounts && { top_up_amount: numberOrNull(check?.topUp ?? null) }),
    top_up_by: check?.topUpBy ? zoned(check.topUpBy, event.timezone) : null,
  };
}
