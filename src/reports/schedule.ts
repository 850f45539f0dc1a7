import type { Timing } from './due.ts';

/** What somebody says of when reports are made, of what, and who gets them. */
export interface ScheduleFields extends Timing {
  /** `null`: all accounts together. */
  accountId: string | null;
  /** `null`: every channel there is. */
  channelIds: string[] | null;
  isEnabled: boolean;
}

export interface Schedule extends ScheduleFields {
  id: string;
  /** What was due by then is not made up. */
  from: Temporal.Instant;
  /** Counts the changes: who saves says which version was edited. */
  version: number;
}
