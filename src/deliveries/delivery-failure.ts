import { DELIVERY_ERROR_CODES, type DeliveryErrorCode } from './delivery-error.ts';

/** Why an attempt failed, as it is kept; `failed` is what nobody foresaw. */
export interface DeliveryFailure {
  code: DeliveryErrorCode | 'failed';
  /** What the receiver said, for people who know it; may be empty. */
  message: string;
}

/** What is kept of a message. */
const MESSAGE_MAX = 500;

/** As a row keeps it. */
export function failureText({ code, message }: DeliveryFailure): string {
  // A NUL is in no text that PostgreSQL keeps.
  return JSON.stringify({ code, message: message.replaceAll('\0', '').slice(0, MESSAGE_MAX) });
}

/** @param text of a row; one that can't be read is a failure that nobody foresaw. */
export function readFailure(text: string): DeliveryFailure {
  try {
    const { code, message } = JSON.parse(text);
    const known = DELIVERY_ERROR_CODES.find((each) => each === code);
    return { code: known ?? 'failed', message: typeof message === 'string' ? message : '' };
  } catch {
    return { code: 'failed', message: '' };
  }
}
