import type { Config } from '../config.ts';
import { DeliveryError } from './delivery-error.ts';
import { createGuardedPost, type GuardedPost, type Resolve } from './guarded-post.ts';
import {
  type Judge,
  judgeChat,
  judgeSlack,
  judgeTeams,
  judgeTelegram,
  judgeWebhook,
} from './judge-answer.ts';
import type { SendMail } from './mailer.ts';
import type { Outgoing } from './outgoing.ts';
import { secretsOfUrl } from './quoted.ts';
import type { Target } from './target.ts';

const TELEGRAM_URL = 'https://api.telegram.org';

export interface Sender {
  /**
   * Tries once to deliver something, with its own deadlines.
   * @throws DeliveryError, or the signal's own reason when the caller stops it.
   */
  send(target: Target, delivery: Outgoing, signal: AbortSignal): Promise<void>;
  /** Drops what is on its way. No connection outlives its delivery. */
  close(): void;
}

export interface SenderOptions {
  config: Pick<Config, 'mail' | 'deliveryAllowNetworks'>;
  now?: () => Temporal.Instant;
  /** Addresses of a host. Default as this machine looks them up. */
  resolve?: Resolve;
  /** For a whole answer, in ms. Default 10 s for HTTP and 30 s for SMTP. */
  timeoutMs?: number;
  /** Where Telegram's bots are. */
  telegramUrl?: string;
  /** Certificate of an SMTP server that is trusted besides the usual ones. */
  smtpCa?: string;
}

/** Knows how a delivery leaves the house. */
export function createSender(options: SenderOptions): Sender {
  const { config, now = Temporal.Now.instant, timeoutMs, telegramUrl = TELEGRAM_URL } = options;
  const post = createGuardedPost({
    allowNetworks: config.deliveryAllowNetworks,
    now,
    ...(options.resolve && { resolve: options.resolve }),
    ...(timeoutMs && { timeoutMs }),
  });
  const closing = new AbortController();
  let sendMail: SendMail | undefined;

  return {
    async send(target, delivery, caller) {
      const signal = AbortSignal.any([caller, closing.signal]);
      if (target.kind === 'email') {
        const { createMailer } = await import('./mailer.ts');
        sendMail ??= createMailer({ config: config.mail, timeoutMs, ca: options.smtpCa });
        return sendMail(target.to, delivery, signal);
      }
      const dispatch = await dispatchOf(target, delivery, { now: now(), telegramUrl });
      await dispatched(post, dispatch, signal);
    },
    close() {
      closing.abort(new DOMException('the sender is closed', 'AbortError'));
    },
  };
}

/** A request, and how its answer is understood. */
interface Dispatch {
  url: string;
  headers: Record<string, string>;
  body: string;
  judge: Judge;
  /** What is never quoted. */
  secrets: readonly string[];
}

async function dispatched(post: GuardedPost, dispatch: Dispatch, signal: AbortSignal) {
  const { url, body, judge, secrets } = dispatch;
  const headers = { 'content-type': 'application/json; charset=utf-8', ...dispatch.headers };
  const isAnswerRead = judge !== judgeWebhook && judge !== judgeChat;
  const answer = await post({ url, headers, body, isAnswerRead }, signal);
  const error = judge(answer, secrets);
  if (error) throw error;
}

async function dispatchOf(
  target: Exclude<Target, { kind: 'email' }>,
  delivery: Outgoing,
  { now, telegramUrl }: { now: Temporal.Instant; telegramUrl: string },
): Promise<Dispatch> {
  const to = (url: string, judge: Judge, body: object, secrets: readonly string[] = []) => ({
    ...{ url, headers: {}, body: JSON.stringify(body), judge },
    secrets: [...secretsOfUrl(url), ...secrets],
  });
  switch (target.kind) {
    case 'webhook': {
      const { webhookBody, webhookHeaders } = await import('./formats/webhook.ts');
      const body = webhookBody(delivery);
      const headers = webhookHeaders(delivery, body, target.secrets, now);
      const secrets = target.secrets.map(({ secret }) => secret);
      return { ...to(target.url, judgeWebhook, {}, secrets), body, headers };
    }
    case 'slack': {
      const { slackMessage } = await import('./formats/slack.ts');
      return to(target.url, judgeSlack, slackMessage(delivery));
    }
    case 'discord': {
      const { discordMessage } = await import('./formats/discord.ts');
      return to(confirmed(target.url), judgeChat, discordMessage(delivery));
    }
    case 'teams': {
      const { teamsMessage } = await import('./formats/teams.ts');
      return to(target.url, judgeTeams, teamsMessage(delivery));
    }
    case 'telegram': {
      const { telegramMessage } = await import('./formats/telegram.ts');
      const token = encodeURIComponent(target.botToken).replace('%3A', ':');
      const url = `${telegramUrl}/bot${token}/sendMessage`;
      const message = telegramMessage(delivery, target.chatId);
      return to(url, judgeTelegram, message, [target.botToken]);
    }
    case 'ntfy': {
      const { ntfyMessage, ntfyTopic } = await import('./formats/ntfy.ts');
      const place = ntfyTopic(target.url);
      if (!place) throw new DeliveryError('refused', 'no topic in the address', { isFinal: true });
      const { server, topic } = place;
      const secrets = [topic, ...(target.token ? [target.token] : [])];
      return {
        ...to(server, judgeChat, ntfyMessage(delivery, topic), secrets),
        headers: target.token ? { authorization: `Bearer ${target.token}` } : {},
      };
    }
  }
}

/** Without it Discord answers before it knows, and tells of no failure (resources/webhook#execute-webhook). */
function confirmed(discordUrl: string): string {
  const url = URL.parse(discordUrl);
  url?.searchParams.set('wait', 'true');
  return url?.href ?? discordUrl;
}
