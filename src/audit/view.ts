import type { Format } from '../i18n/format.ts';
import { isTextKey, type Translate } from '../i18n/index.ts';
import { type Fact, factsOf } from './facts.ts';
import type { StoredAuditEntry } from './queries.ts';

/** An entry as a person reads it. */
export interface AuditEntryView {
  /** When, in the zone asked for, to the second; with that zone's offset; for programs. */
  time: string;
  exactTime: string;
  iso: string;
  who: string;
  /** What kind of who, where that is not plain. */
  kind: string | null;
  what: string;
  target: string | null;
  address: string | null;
  details: Fact[];
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
    time: format.toSecond(at, timezone),
    exactTime: format.exactTime(at, timezone),
    iso: entry.at,
    who: entry.actor || kind,
    kind: entry.actor && entry.actor_kind !== 'person' ? kind : null,
    what: actionText(entry.action, t),
    target: entry.target,
    address: entry.address,
    details: factsOf(entry.action, entry.detail, { timezone, format, t }),
  };
}

/** What was done, in words; an action of another version by its own name. */
export function actionText(action: string, t: Translate): string {
  const key = `audit.${action}`;
  return isTextKey(key) ? t(key) : action;
}
