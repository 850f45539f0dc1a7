import type { FalAccount } from '../accounts/accounts.ts';
import { type IncidentWords, incidentSentence } from '../alerts/incident-words.ts';
import { includesRole, type Role } from '../auth/viewer.ts';
import { BILLING_URL } from '../fal/links.ts';
import { problemView } from '../http/problem.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Attention } from './attention.ts';
import { estimated } from './outlook-view.ts';

/** One thing to do, in a line. */
export interface AttentionView {
  kind: Attention['kind'];
  tone: 'danger' | 'warn';
  account: FalAccount | null;
  text: string;
  /** A path below the base path, or an address elsewhere. */
  link: { label: string; href: string; external: boolean };
}

/** Failures that another key mends. */
const KEY_CODES = ['invalid_api_key', 'admin_scope_required', 'key_unreadable'];

export function attentionView(
  attention: Attention,
  role: Role,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): AttentionView {
  const { kind } = attention;
  return {
    kind,
    tone: isGrave(attention) ? 'danger' : 'warn',
    account: 'account' in attention ? attention.account : null,
    text: attentionText(attention, now, format, t),
    link: attentionLink(attention, role, t),
  };
}

function isGrave(attention: Attention): boolean {
  if (attention.kind === 'incident') return attention.incident.severity === 'critical';
  return ['locked', 'failing', 'short_runway'].includes(attention.kind);
}

function attentionText(
  attention: Attention,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): string {
  switch (attention.kind) {
    case 'incident':
      return incidentText(attention, { t, format, timezone: attention.account.timezone });
    case 'more_incidents': {
      const { count } = attention;
      return t('overview.more_incidents', { count, formatted: format.count(count) });
    }
    case 'failing': {
      const { code, lastSuccessAt } = attention;
      const { what } = problemView({ code, requestId: '' }, t);
      return lastSuccessAt
        ? t('overview.todo_failing', { what, ago: format.ago(lastSuccessAt, now) })
        : t('overview.todo_failing_never', { what });
    }
    case 'stale':
      return t('overview.todo_stale', { ago: format.ago(attention.lastSuccessAt, now) });
    case 'drift':
      return driftText(attention, format, t);
    case 'alone':
      return t('overview.alone');
    case 'undelivered': {
      const { messages: count } = attention;
      return t('overview.todo_undelivered', { count, formatted: format.count(count) });
    }
    case 'short_runway':
    case 'expiring':
    case 'top_up':
      return creditsText(attention, now, format, t);
    default:
      return t(`overview.todo_${attention.kind}`);
  }
}

/** What was found, and whether somebody sees to it. */
function incidentText(
  { incident }: Extract<Attention, { kind: 'incident' }>,
  words: IncidentWords,
): string {
  const sentence = incidentSentence(incident, words);
  if (incident.state !== 'acknowledged') return sentence;
  const name = incident.acknowledgedBy ?? '';
  return `${sentence} ${words.t('overview.incident_seen_to', { name })}`;
}

function creditsText(
  attention: Extract<Attention, { kind: 'short_runway' | 'expiring' | 'top_up' }>,
  now: Temporal.Instant,
  format: Format,
  t: Translate,
): string {
  const { timezone } = attention.account;
  switch (attention.kind) {
    case 'short_runway':
      return Temporal.Instant.compare(attention.until, now) <= 0
        ? t('overview.runway_over')
        : t('overview.todo_short_runway', {
            when: estimated(attention.until, timezone, now, format),
          });
    case 'expiring': {
      const { amount, entry, expiresAt } = attention.expiring;
      return t('overview.todo_expiring', {
        amount: format.money(amount, undefined, entry.currency),
        date: format.date(expiresAt, timezone),
      });
    }
    case 'top_up': {
      const { amount, after, until } = attention.topUp;
      return t('overview.todo_top_up', {
        amount: format.money(amount),
        from: format.dateTime(after, timezone),
        until: format.dateTime(until, timezone),
      });
    }
  }
}

function driftText(
  { latest, days, account }: Extract<Attention, { kind: 'drift' }>,
  format: Format,
  t: Translate,
): string {
  const day = Temporal.PlainDate.from(latest.day).toZonedDateTime(account.timezone);
  // With equal totals it is the single charges that add up to something else.
  const name = latest.localCost === latest.falCost ? 'events_drift' : 'drift';
  return t(`overview.todo_${name}`, {
    count: days,
    formatted: format.count(days),
    day: format.bucket(day, 'day'),
    local: format.price(latest.localCost),
    fal: format.price(latest.falCost),
  });
}

function attentionLink(attention: Attention, role: Role, t: Translate): AttentionView['link'] {
  const inside = (label: string, href: string) => ({ label, href, external: false });
  switch (attention.kind) {
    case 'incident':
      return inside(t('overview.open_incident'), `/admin/alerts/${attention.incident.id}`);
    case 'more_incidents':
      return inside(t('overview.open_alerts'), '/admin/alerts');
    case 'locked':
      return { label: t('problem.billing'), href: BILLING_URL, external: true };
    case 'alone':
      return inside(t('overview.invite'), '/admin/people');
    case 'undelivered':
      return inside(t('overview.open_undelivered'), '/admin/alerts/deliveries?state=dead');
    // Where top-ups are confirmed, too.
    case 'short_runway':
    case 'top_up':
      return inside(t('overview.open_credits'), `/admin/credits#account-${attention.account.slug}`);
    case 'expiring':
      return inside(t('purchases.open'), `/admin/credits/${attention.account.slug}/ledger`);
    case 'paused':
      return inside(t('overview.resume'), '/admin/history');
    case 'failing':
      if (KEY_CODES.includes(attention.code) && includesRole(role, 'admin')) {
        return inside(t('accounts.replace_key'), `/admin/accounts/${attention.account.slug}/key`);
      }
      return inside(t('overview.open_history'), '/admin/history');
    default:
      return inside(t('overview.open_history'), '/admin/history');
  }
}
