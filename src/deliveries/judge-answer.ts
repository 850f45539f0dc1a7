import { DeliveryError } from './delivery-error.ts';
import type { Answer } from './guarded-post.ts';
import { quoted } from './quoted.ts';
import { secondsMs } from './retry-after.ts';

/** Says what is wrong with an answer; `null`: the receiver has it. */
export type Judge = (answer: Answer, secrets: readonly string[]) => DeliveryError | null;

/** Comes back by itself, or with a password that somebody mends within the day. */
const NOT_FOR_GOOD = new Set([401, 403, 408, 421, 425, 429]);

/** A program's answer. Programs are deployed and mended, so that only 410 is for good. */
export const judgeWebhook: Judge = (answer, secrets) =>
  isGood(answer) ? null : failure(answer, answer.status === 410, answer.text, secrets);

/** What takes messages for people: it does not change its mind about one it does not understand. */
export const judgeChat: Judge = (answer, secrets) =>
  isGood(answer) ? null : chatFailure(answer, answer.text, secrets);

/** Slack's codes, such as `invalid_payload`, with whatever status; else it says `ok`. */
export const judgeSlack: Judge = (answer, secrets) => {
  if (!isGood(answer)) return chatFailure(answer, answer.text, secrets);
  if (!/^[a-z]+(?:_[a-z]+)+$/.test(answer.text.trim())) return unfinished(answer);
  return new DeliveryError('refused', said(answer, answer.text, secrets), { isFinal: true });
};

/** An old connector says 200 and tells in words what happened. */
export const judgeTeams: Judge = (answer, secrets) => {
  if (!isGood(answer)) return chatFailure(answer, answer.text, secrets);
  if (!/delivery failed|returned HTTP error/i.test(answer.text)) return unfinished(answer);
  return new DeliveryError('unavailable', said(answer, answer.text, secrets));
};

/** core.telegram.org/bots/api#making-requests: `ok`, a description, and how many seconds to wait. */
export const judgeTelegram: Judge = (answer, secrets) => {
  const body = parsed(answer.text);
  if (isGood(answer) && body?.ok === true) return null;
  if (isGood(answer) && !body) {
    return unfinished(answer) ?? new DeliveryError('unavailable', 'it answered no JSON');
  }
  const status = Number(body?.error_code) || answer.status;
  const seconds = body?.parameters?.retry_after;
  const wait = typeof seconds === 'number' ? secondsMs(seconds) : null;
  const described = typeof body?.description === 'string' ? body.description : answer.text;
  return chatFailure(
    { ...answer, status, retryAfterMs: wait ?? answer.retryAfterMs },
    described,
    secrets,
  );
};

interface TelegramAnswer {
  ok?: unknown;
  error_code?: unknown;
  description?: unknown;
  parameters?: { retry_after?: unknown };
}

function parsed(text: string): TelegramAnswer | null {
  try {
    const json: unknown = JSON.parse(text);
    return json !== null && typeof json === 'object' ? json : null;
  } catch {
    return null;
  }
}

function isGood({ status }: Answer): boolean {
  return status >= 200 && status <= 299;
}

/** More than this is no code, nor a sentence on what went wrong. */
const LONGEST_COMPLAINT = 2_000;

/** Whether it took the message was to come in what was cut off. */
function unfinished({ isWhole, text }: Answer): DeliveryError | null {
  return isWhole || text.length > LONGEST_COMPLAINT
    ? null
    : new DeliveryError('timed_out', 'its answer did not come to an end');
}

function chatFailure(answer: Answer, text: string, secrets: readonly string[]): DeliveryError {
  const { status } = answer;
  const isFinal = status >= 400 && status <= 499 && !NOT_FOR_GOOD.has(status);
  return failure(answer, isFinal, text, secrets);
}

function failure(
  answer: Answer,
  isFinal: boolean,
  text: string,
  secrets: readonly string[],
): DeliveryError {
  const { status, retryAfterMs } = answer;
  if (status >= 300 && status <= 399) {
    return new DeliveryError('refused', `it redirects (${status}), which is not followed`);
  }
  const isBusy = status >= 500 || status === 408 || status === 425 || status === 429;
  return new DeliveryError(isBusy ? 'unavailable' : 'refused', said(answer, text, secrets), {
    isFinal,
    retryAfterMs,
  });
}

function said({ status }: Answer, text: string, secrets: readonly string[]): string {
  const quote = quoted(text, secrets);
  return quote ? `it answered ${status}: ${quote}` : `it answered ${status}`;
}
