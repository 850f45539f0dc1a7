import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';

/** A moment: how long ago, and exactly when, for people and for programs. */
export interface MomentView {
  ago: string;
  time: string;
  /** When, as short as a date and a time can be said. */
  at: string;
  iso: string;
}

export function momentView(
  at: Temporal.Instant,
  text: 'overview.read_from_fal_at' | 'overview.read_at' | 'alerts.opened_at',
  now: Temporal.Instant,
  timezone: string,
  format: Format,
  t: Translate,
): MomentView {
  return {
    ago: format.ago(at, now),
    time: t(text, { time: format.exactTime(at, timezone) }),
    at: format.dateTime(at, timezone),
    iso: at.toString(),
  };
}
