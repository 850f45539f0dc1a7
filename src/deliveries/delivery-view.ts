import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { isChannelKind } from './channel.ts';
import { readFailure } from './delivery-failure.ts';
import type { DeliveryState, ListedDelivery } from './delivery-list.ts';

/** A delivery as a person reads it. */
export interface DeliveryView {
  id: string;
  state: DeliveryState;
  /** What it says, in a line. */
  title: string;
  /** What it tells of: an alert, a report, a test. */
  source: string;
  channel: string;
  kind: string;
  /** When it was written; for programs as well. */
  created: string;
  iso: string;
  /** What became of it, and when. */
  outcome: string;
  attempts: string;
  failure: FailureView | null;
  channelId: string;
}

export interface FailureView {
  code: string;
  what: string;
  now: string;
  /** What the receiver said. */
  said: string;
}

/** How whoever asks reads it. */
export interface DeliveryReader {
  now: Temporal.Instant;
  timezone: string;
  format: Format;
  t: Translate;
}

/** A delivery as lists show it. */
export function deliveryView(row: ListedDelivery, reader: DeliveryReader): DeliveryView {
  const { timezone, format, t } = reader;
  const created = Temporal.Instant.from(row.created_at);
  return {
    id: row.id,
    state: row.state,
    title: row.title ?? '—',
    source: t(`deliveries.source_${row.source_kind}`),
    channel: row.channel_name,
    kind: isChannelKind(row.channel_kind)
      ? t(`channels.kind.${row.channel_kind}`)
      : row.channel_kind,
    created: format.dateTime(created, timezone),
    iso: row.created_at,
    outcome: outcomeText(row, reader),
    attempts: t('deliveries.attempts', {
      count: row.attempts,
      formatted: format.count(row.attempts),
    }),
    failure: row.last_error === null ? null : failureView(row.last_error, t),
    channelId: row.channel_id,
  };
}

/** @param text as a row keeps it. */
export function failureView(text: string, t: Translate): FailureView {
  const { code, message } = readFailure(text);
  return {
    code,
    what: t(`deliveries.failed_${code}.what`),
    now: t(`deliveries.failed_${code}.now`),
    // Around its status it is in English: the status and the quote say as much.
    said: message.replace(/^it answered (?=\d)/, ''),
  };
}

function outcomeText(row: ListedDelivery, { now, timezone, format, t }: DeliveryReader): string {
  const time = (text: string) => format.dateTime(Temporal.Instant.from(text), timezone);
  if (row.state === 'pending') {
    const next = Temporal.Instant.from(row.next_attempt_at);
    return Temporal.Instant.compare(next, now) <= 0
      ? t('deliveries.due')
      : t('deliveries.next', { time: time(row.next_attempt_at) });
  }
  return t(`deliveries.ended_${row.state}`, { time: time(row.ended_at ?? row.created_at) });
}
