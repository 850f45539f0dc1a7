import type { Nano } from '../money.ts';
import type { Demand } from './expected-cost.ts';
import type { PlannedModel } from './plan-fields.ts';

/** What people write about an event to come. */
export interface EventFields extends Demand {
  name: string;
  venue: string;
  /** Who it is for. */
  client: string;
  note: string;
  start: Temporal.Instant;
  /** After the start. */
  end: Temporal.Instant;
  /** IANA name of the zone where it takes place. */
  timezone: string;
  /** `null`: those that the account used lately, as often as it did. */
  models: PlannedModel[] | null;
  /** What an output costs where nobody knows better, nano-USD. */
  pricePerOutput: Nano | null;
  /** Guests in the hour in which most come; `null`: they come evenly. */
  peakParticipants: number | null;
  /** Requests that fal runs at once for the account; `null`: nobody said. */
  concurrency: number | null;
  /** Whose calls are the event's; `null`: all of the account's. */
  apiKeyIds: string[] | null;
}

/** How an event ended. */
export interface EventClosing {
  /** Guests who came; `null`: nobody counted. */
  participantsCame: number | null;
  /** What the client pays, nano-USD. */
  priceCharged: Nano | null;
}

export interface PlannedEvent extends EventFields, EventClosing {
  id: string;
  accountId: string;
  /** `null` until it is closed. */
  closedAt: Temporal.Instant | null;
  /** Counts the changes: who saves says which version was edited. */
  version: number;
}
