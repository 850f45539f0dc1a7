import type { DeliveryContent } from './message.ts';

/** One delivery on its way; the same each time it is tried. */
export interface Outgoing {
  /** Tells it from every other: receivers recognise a repeat by it. */
  id: string;
  createdAt: Temporal.Instant;
  content: DeliveryContent;
}
