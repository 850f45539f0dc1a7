import type { Format } from '../i18n/format.ts';
import { isTextKey, type Translate } from '../i18n/index.ts';
import type { StoredAuditEntry } from './queries.ts';

/** An entry as a person reads it. */
export interface AuditEntryView {
  /** When, in the zone asked for; to the second, and for programs. */
  time: string;
  exactTime: string;
  iso: string;
  who: string;
  /** What kind of who, where that is not plain. */
  kind: string | null;
  what: string;
  target: string | null;
  address: string | null;
  details: { name: string; value: string }[];
}

export function auditEntryView(
  entry: StoredAuditEntry,
  timezone: string,
  format: Format,
  t: Translate,
): AuditEntryView {
  const at = Temporal.Instant.from(entry.at);
  const kind = t(`audit.kind_${entry.actor_kind}`);
  return {
    time: format.dateTime(at, timezone),
    exactTime: format.exactTime(at, timezone),
    iso: entry.at,
    who: entry.actor || kind,
    kind: entry.actor && entry.actor_kind !== 'person' ? kind : null,
    what: actionText(entry.action, t),
    target: entry.target,
    address: entry.address,
    details: detailsOf(entry.detail),
  };
}

/** What was done, in words; an action of another version by its own name. */
export function actionText(action: string, t: Translate): string {
  const key = `audit.${action}`;
  return isTextKey(key) ? t(key) : action;
}

/** What else is known of an entry, a line a fact; of a change what was and what is. */
function detailsOf(detail: string | null): AuditEntryView['details'] {
  const facts = parsed(detail);
  if (!isFacts(facts)) return detail === null ? [] : [{ name: '', value: detail }];
  const { before, after, ...rest } = facts;
  const changes =
    isFacts(before) && isFacts(after)
      ? Object.keys({ ...before, ...after }).map((name) => ({
          name,
          value: `${shown(before[name])} → ${shown(after[name])}`,
        }))
      : Object.entries({ before, after })
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => ({ name, value: shown(value) }));
  return [
    ...changes,
    ...Object.entries(rest).map(([name, value]) => ({ name, value: shown(value) })),
  ];
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '—';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isFacts(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
