import { DeliveryError } from './delivery-error.ts';
import type { DeliveryContent } from './message.ts';
import type { Target } from './target.ts';

/** What goes out: `id` is what receivers know a repeat by. */
export interface SentDelivery {
  id: string;
  createdAt: Temporal.Instant;
  content: DeliveryContent;
}

/** Carries a delivery to its target, in the format of the target's kind. */
export interface Sender {
  /** Resolves once the receiver has taken it. @throws DeliveryError, or the signal's reason. */
  send(target: Target, delivery: SentDelivery, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Sends nothing, and says so. */
export function createNoSender(): Sender {
  return {
    async send() {
      throw new DeliveryError('not_configured', 'this panel sends nothing');
    },
    async close() {},
  };
}
