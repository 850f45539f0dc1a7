import type { FalAccount } from '../accounts/accounts.ts';
import type { Incident } from '../alerts/incident.ts';
import { incidentSentence } from '../alerts/incident-words.ts';
import type { StatedBalance } from '../credits/stated-balance.ts';
import type { statedRunway } from '../credits/stated-runway.ts';
import type { HistoryAnswer } from '../history/answer.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { displayStep } from '../money.ts';
import { runwayView } from '../overview/outlook-view.ts';
import { participantsText, verdictView, whenText } from '../planner/events-view.ts';
import type { PlannedEvent } from '../planner/planned-event.ts';
import type { EventCheck } from '../planner/read-check.ts';

/** In whose words, and when they are said. */
export interface Words {
  format: Format;
  t: Translate;
  now: Temporal.Instant;
}

/** Groups that are named; all of them are in the answer for programs. */
const GROUPS_NAMED = 5;

/** @param account that was asked about; `null`: all of them. */
export function usageText(
  { question, total, groups, state, asOf, partial }: HistoryAnswer,
  account: FalAccount | null,
  { format, t, now }: Words,
): string {
  const { start, end, timezone } = question;
  const amount = format.money(total.cost, displayStep(total.cost));
  const isPart = partial.includes('days_not_read') || partial.includes('usage_pages_missing');
  const cost =
    state === 'unknown' ? t('mcp.unknown') : isPart ? t('mcp.at_least', { amount }) : amount;
  const count = (calls: number | null) =>
    calls === null || state === 'unknown' ? t('mcp.unknown') : format.count(calls);
  const named = groups
    .slice(0, GROUPS_NAMED)
    .map(
      ({ key, name, cost }) => `${name ?? (key || '—')} ${format.money(cost, displayStep(cost))}`,
    );
  return [
    t('mcp.usage', {
      whose: account?.name ?? t('mcp.all_accounts'),
      start: format.dateTime(start, timezone),
      end: format.dateTime(end, timezone),
      ...{ timezone, cost },
    }),
    t('mcp.usage_calls', { calls: count(total.count), failures: count(total.failures) }),
    ...(named.length > 0 ? [t('mcp.usage_groups', { groups: named.join(', ') })] : []),
    t(`mcp.fresh_${state}`),
    ...(asOf ? [t('mcp.read', { ago: format.ago(asOf, now) })] : []),
  ].join(' ');
}

/** A line an account. */
export function balancesText(
  balances: readonly { account: FalAccount; balance: StatedBalance }[],
  { format, t, now }: Words,
): string {
  const lines = balances.map(({ account: { name, timezone }, balance }) => {
    const { amount, currency, asOf, source, reason } = balance;
    if (amount === null || asOf === null) {
      return t('mcp.balance_unknown', { account: name, reason: reason ?? t('mcp.unknown') });
    }
    const step = displayStep(amount < 0n ? -amount : amount);
    return t(`mcp.balance_${source}`, {
      account: name,
      amount: `${format.money(amount, step, currency)} ${currency}`,
      ago: format.ago(asOf, now),
      time: format.dateTime(asOf, timezone),
      timezone,
    });
  });
  return lines.join('\n');
}

/** How long credits last, in a sentence. */
export function runwayText(
  account: FalAccount,
  runway: ReturnType<typeof statedRunway>,
  { format, t, now }: Words,
): string {
  const outlook = { runway, expiring: [], proposals: [], check: null };
  const view = runwayView(outlook, account, now, format, t);
  const { name, timezone } = account;
  const said = view ? [view.text, view.range].filter(Boolean).join(' ') : t('mcp.runway_unknown');
  return t('mcp.runway', { account: name, timezone, runway: said });
}

/** Whether credits last through an event, and else what to add. @param timezone IANA name. */
export function checkText(checked: EventCheck, timezone: string, words: Words): string {
  const { format, t } = words;
  const { sentence, topUp } = verdictView(checked, { timezone }, words);
  const start = format.dateTime(checked.start, timezone);
  return [t('mcp.check', { sentence, start, timezone }), topUp].filter(Boolean).join(' ');
}

/** A line an event. */
export function eventsText(
  events: readonly PlannedEvent[],
  accounts: readonly FalAccount[],
  { format, t, now }: Words,
): string {
  const lines = events.map((event) =>
    t('mcp.event', {
      name: event.name,
      when: whenText(event, format, now),
      timezone: event.timezone,
      participants: participantsText(event.participants, format, t),
      account: accounts.find(({ id }) => id === event.accountId)?.name ?? '',
    }),
  );
  return lines.join('\n') || t('mcp.no_events');
}

/** A line an alert. */
export function alertsText(
  alerts: readonly { incident: Incident; account: FalAccount }[],
  { format, t }: Words,
): string {
  const lines = alerts.map(({ incident, account: { name, timezone } }) =>
    t('mcp.alert', {
      account: name,
      severity: t(`alerts.severity_${incident.severity}`),
      state: t(`alerts.state_${incident.state}`),
      sentence: incidentSentence(incident, { t, format, timezone }),
      time: format.dateTime(incident.openedAt, timezone),
      timezone,
    }),
  );
  return lines.join('\n') || t('mcp.no_alerts');
}

/** A line an account. */
export function accountsText(accounts: readonly FalAccount[], { t }: Words): string {
  const lines = accounts.map(({ slug, name, timezone }) => `${slug}: ${name} (${timezone})`);
  return lines.join('\n') || t('mcp.no_accounts');
}
