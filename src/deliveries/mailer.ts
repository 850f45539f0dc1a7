import { domainToASCII } from 'node:url';
import { LRUCache } from 'lru-cache';
import { DeliveryError } from './delivery-error.ts';
import { type Mail, mailOf } from './formats/email.ts';
import { isMailAddress, type MailConfig } from './mail-config.ts';
import type { Outgoing } from './outgoing.ts';
import { sendBySmtp } from './smtp.ts';

export interface MailerOptions {
  /** `null`: there is none. */
  config: MailConfig | null;
  timeoutMs?: number | undefined;
  ca?: string | undefined;
}

export type SendMail = (
  to: readonly string[],
  delivery: Outgoing,
  signal: AbortSignal,
) => Promise<void>;

/** Mails that some have and others not, between two attempts. */
const UNFINISHED = 1_000;

/**
 * Sends one mail to all, who see each other. Where the server takes it for some of them only, the next
 * attempt goes to the others. What it makes throws a `DeliveryError`.
 */
export function createMailer({ config, timeoutMs, ca }: MailerOptions): SendMail {
  const accepted = new LRUCache<string, ReadonlySet<string>>({ max: UNFINISHED });

  return async function sendMail(to, delivery, signal) {
    if (!config) throw new DeliveryError('not_configured', 'SMTP_URL and MAIL_FROM are not set');
    if (!to.every(isMailAddress)) {
      throw new DeliveryError('refused', 'an address is none', { isFinal: true });
    }
    const { server, from } = config;
    const had = accepted.get(delivery.id) ?? new Set();
    const left = to.filter((address) => !had.has(address));
    if (left.length === 0) return;
    const [, domain = ''] = from.address.split('@');
    const mail = mailOf(delivery, domainToASCII(domain) || 'localhost');
    const options = { server, ...(timeoutMs && { timeoutMs }), ...(ca && { ca }) };
    const sent = await sendBySmtp(
      options,
      { from: from.address, to: left },
      await composed(mail, from, to, delivery.createdAt),
      signal,
    );
    const [first] = sent.refused;
    if (!first) {
      accepted.delete(delivery.id);
      return;
    }
    accepted.set(delivery.id, new Set([...had, ...sent.accepted]));
    // One that may still be taken is worth another attempt.
    const { code, message } = sent.refused.find(({ isFinal }) => !isFinal) ?? first;
    throw new DeliveryError(code, `not for ${sent.refused.length} of ${to.length}: ${message}`, {
      isFinal: sent.refused.every(({ isFinal }) => isFinal),
      cause: first,
    });
  };
}

async function composed(
  mail: Mail,
  from: MailConfig['from'],
  to: readonly string[],
  date: Temporal.Instant,
): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const { subject, text, html, image, messageId, thread, headers } = mail;
  const composer = new MailComposer({
    from,
    to: to.map((address) => ({ name: '', address })),
    subject,
    text,
    html,
    date: new Date(date.epochMilliseconds),
    messageId: `<${messageId}>`,
    ...(thread && { references: `<${thread}>`, inReplyTo: `<${thread}>` }),
    headers,
    attachments: image
      ? [{ cid: image.cid, content: image.png, contentType: 'image/png', filename: 'image.png' }]
      : [],
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
