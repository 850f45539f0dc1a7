import type { Updateable } from 'kysely';
import { earlier } from '../instants.ts';
import type { Services } from '../services.ts';
import type { DeliveriesTable } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { DeliveryError } from './delivery-error.ts';
import { type DeliveryFailure, failureText } from './delivery-failure.ts';
import { nextAttemptAt, restMs } from './retries.ts';
import { openTarget } from './target-seal.ts';

/** How long one attempt may take. Whoever begins one has it for so long; nobody else begins it again. */
const ATTEMPT_MS = 30_000;

export type DeliverServices = Pick<Services, 'store' | 'seal' | 'sender' | 'now' | 'log'>;

/** A delivery as it stood when it was chosen to be sent. */
export interface PendingDelivery {
  id: string;
  channel_id: string;
  attempts: number;
}

export type DeliveryOutcome =
  | { state: 'sent' }
  /** It is tried again, or given up: `nextAttemptAt` is `null`. */
  | { state: 'failed'; failure: DeliveryFailure; nextAttemptAt: Temporal.Instant | null }
  /** Somebody else sends it, or nobody is to be told any more. */
  | { state: 'left' };

export interface DeliverOptions {
  signal?: AbortSignal;
  /** Somebody waits for this very attempt: it is made whether or not the channel is enabled, and the only one. */
  isOnly?: boolean;
}

/**
 * Makes one attempt at a delivery, and writes down how it went. It is sent only by whoever writes down
 * first that it begins; cut off at any point it is pending, and is sent again under the same id.
 * @throws the signal's reason, and what the database does.
 */
export async function deliver(
  services: DeliverServices,
  { id, channel_id, attempts }: PendingDelivery,
  { signal = new AbortController().signal, isOnly = false }: DeliverOptions = {},
): Promise<DeliveryOutcome> {
  const { store, seal, sender, now, log } = services;
  signal.throwIfAborted();
  const channel = await store.db
    .selectFrom('delivery_channels')
    .select(['id', 'sealed_target', 'is_enabled'])
    .where('id', '=', channel_id)
    .executeTakeFirst();
  if (!channel || !(channel.is_enabled || isOnly)) {
    await write({ state: 'cancelled', ended_at: toText(now()) }, attempts, 'pending');
    return { state: 'left' };
  }
  const begunAt = now();
  const begun = await store.db
    .updateTable('deliveries')
    .set((eb) => ({
      attempts: attempts + 1,
      first_attempt_at: eb.fn.coalesce('first_attempt_at', eb.val(toText(begunAt))),
      next_attempt_at: toText(begunAt.add({ milliseconds: ATTEMPT_MS })),
    }))
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('attempts', '=', attempts)
    .returning(['content', 'created_at', 'first_attempt_at'])
    .executeTakeFirst();
  if (!begun) return { state: 'left' };

  try {
    const delivery = {
      id,
      createdAt: toInstant(begun.created_at),
      content: JSON.parse(begun.content),
    };
    const cutOff = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]);
    await Promise.race([sender.send(openTarget(seal, channel), delivery, cutOff), over(cutOff)]);
  } catch (error) {
    if (signal.aborted) {
      await write({ next_attempt_at: toText(now()) }, attempts + 1);
      throw signal.reason;
    }
    return await failed(error, toInstant(begun.first_attempt_at ?? toText(begunAt)));
  }
  // Also where it was taken back meanwhile: it did arrive.
  await write({ state: 'sent', ended_at: toText(now()), last_error: null }, attempts + 1);
  return { state: 'sent' };

  async function failed(
    error: unknown,
    firstAttemptAt: Temporal.Instant,
  ): Promise<DeliveryOutcome> {
    if (!(error instanceof DeliveryError)) log.error({ err: error, delivery: id }, 'not delivered');
    const failure = failureOf(error);
    const at = now();
    const retryAfterMs = error instanceof DeliveryError ? error.retryAfterMs : null;
    const isFinal = isOnly || (error instanceof DeliveryError && error.isFinal);
    const next = isFinal
      ? null
      : nextAttemptAt(
          { attempts: attempts + 1, firstAttemptAt, now: at, retryAfterMs },
          Math.random(),
        );
    const last_error = failureText(failure);
    await write(
      next
        ? { next_attempt_at: toText(next), last_error }
        : { state: 'dead', ended_at: toText(at), last_error },
      attempts + 1,
      'pending',
    );
    if (next && retryAfterMs !== null) {
      // Only for as long as it asked: what has often failed waits longer, and must not hold up the rest.
      await waitUntil(earlier(next, at.add({ milliseconds: restMs(retryAfterMs) })));
    }
    if (!next && !isOnly)
      log.warn({ delivery: id, error: failure.code }, 'a delivery was given up');
    return { state: 'failed', failure, nextAttemptAt: next };
  }

  /** Of the attempt of that number; of a later one it says nothing. */
  async function write(
    change: Updateable<DeliveriesTable>,
    attempt: number,
    state?: DeliveriesTable['state'],
  ): Promise<void> {
    await store.db
      .updateTable('deliveries')
      .set(change)
      .where('id', '=', id)
      .where('attempts', '=', attempt)
      .$if(state !== undefined, (query) => query.where('state', '=', state ?? 'pending'))
      .execute();
  }

  /** A receiver that asked to wait means all that it is sent. */
  async function waitUntil(rested: Temporal.Instant): Promise<void> {
    await store.db
      .updateTable('deliveries')
      .set({ next_attempt_at: toText(rested) })
      .where('channel_id', '=', channel_id)
      .where('state', '=', 'pending')
      .where('next_attempt_at', '<', toText(rested))
      .execute();
  }
}

/** Rejects with the signal's reason: a sender that does not heed it holds nothing up. */
function over(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function failureOf(error: unknown): DeliveryFailure {
  if (error instanceof DeliveryError) return { code: error.code, message: error.message };
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return { code: 'timed_out', message: '' };
  }
  return { code: 'failed', message: '' };
}
