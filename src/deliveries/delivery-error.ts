/** Why something could not be delivered. */
export const DELIVERY_ERROR_CODES = [
  /** The target is a private address, or leads to one, and configuration does not allow it. */
  'address_refused',
  /** It does not exist, or nobody listens. */
  'unreachable',
  'timed_out',
  /** It answered that it will never take this: what it was is in the message. */
  'refused',
  /** It answered that it can't now. */
  'unavailable',
  /** E-mail needs SMTP to be configured. */
  'not_configured',
] as const;
export type DeliveryErrorCode = (typeof DELIVERY_ERROR_CODES)[number];

/** One failed attempt. Its message never contains a secret, nor a path or query of an address. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly code: DeliveryErrorCode;
  /** Whether trying again can't help. */
  readonly isFinal: boolean;
  /** How long the receiver asks to wait, in ms. */
  readonly retryAfterMs: number | null;

  constructor(
    code: DeliveryErrorCode,
    message: string,
    facts: { isFinal?: boolean; retryAfterMs?: number | null; cause?: unknown } = {},
  ) {
    super(message, 'cause' in facts ? { cause: facts.cause } : undefined);
    this.code = code;
    this.isFinal = facts.isFinal ?? false;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }
}
