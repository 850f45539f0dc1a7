import { createHmac } from 'node:crypto';
import type { Outgoing } from '../outgoing.ts';
import type { WebhookSecret } from '../target.ts';

/** What programs are told (standardwebhooks.com): the event, and when it was put into the outbox. */
export function webhookBody({ createdAt, content }: Outgoing): string {
  const { type, data } = content.event;
  return JSON.stringify({ type, timestamp: createdAt.toString(), data });
}

/**
 * The headers of one attempt. `webhook-id` is the same for each; it is signed with each secret that is
 * still valid.
 */
export function webhookHeaders(
  { id }: Outgoing,
  body: string,
  secrets: readonly WebhookSecret[],
  now: Temporal.Instant,
): Record<string, string> {
  const messageId = `msg_${id}`;
  const timestamp = Math.floor(now.epochMilliseconds / 1_000);
  const signatures = secrets
    .filter(({ until }) => !until || Temporal.Instant.compare(now, until) < 0)
    .map(({ secret }) => signature(secret, `${messageId}.${timestamp}.${body}`));
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}

function signature(secret: string, content: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
