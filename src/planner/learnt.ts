import type { HistoryAnswer } from '../history/answer.ts';
import type { Nano } from '../money.ts';
import type { Services } from '../services.ts';
import { learntFrom, type Rates, spreadOf } from './closing-figures.ts';
import { readEventUsage } from './event-usage.ts';
import type { PlannedEvent } from './planned-event.ts';
import { eventsBefore } from './queries.ts';

/** What the last closed events of an account teach. */
export interface Learnt {
  rates: Rates;
  /** How many they are. */
  events: number;
  /** By how much they differed, in per cent, 1e-9 of it; `null`: not known. */
  spreadPercent: Nano | null;
}

/** Older ones say less of the next than these. */
const LEARNT_FROM = 3;
/** They are looked for among so many that are over. */
const LOOKED_AT = 20;

/**
 * @param read where the usage of some event is there already.
 * @returns `null` where none was closed, or nothing of them was read.
 */
export async function readLearnt(
  services: Pick<Services, 'store' | 'history' | 'now'>,
  accountId: string,
  read = (event: PlannedEvent) => readWholeUsage(services, event),
): Promise<Learnt | null> {
  const over = await eventsBefore(services.store.db, accountId, services.now(), LOOKED_AT);
  const closed = over.filter(({ closedAt }) => closedAt !== null).slice(0, LEARNT_FROM);
  const usages = await Promise.all(closed.map(read));
  const events = closed.flatMap((event, index) => {
    const usage = usages[index];
    return usage && isRead(usage) ? [{ event, actual: usage.total }] : [];
  });
  if (events.length === 0) return null;
  return {
    rates: learntFrom(...events),
    events: events.length,
    spreadPercent: spreadOf(events),
  };
}

/** What an event used from its start to its end, by its own keys. */
export function readWholeUsage(
  services: Pick<Services, 'history'>,
  event: PlannedEvent,
): Promise<HistoryAnswer> {
  return readEventUsage(services, event, event.apiKeyIds ?? [], event.end);
}

/** A cost of zero says nothing where nothing was read. */
export function isRead({ asOf, state }: HistoryAnswer): boolean {
  return asOf !== null && state !== 'unknown';
}
