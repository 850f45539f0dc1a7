import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Job } from '../jobs/scheduler.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { type DeliverServices, deliver, type PendingDelivery } from './deliver.ts';
import { DELIVERY_JOB } from './outbox.ts';

/** How many channels are sent to at once: one that is slow holds up no other. */
const PARALLEL = 16;
/** While something is on its way, how long what came meanwhile may lie. */
const LOOK_MS = 1_000;
const READ_MAX = 500;
/** An idle panel looks this often, in case it was not told. */
const IDLE_SECONDS = 60;
/** While one delivery waits for its second or third attempt, what follows it waits behind it. */
const KEEPS_ORDER_FOR = 2;

const RETENTION_JOB = `${DELIVERY_JOB}:retention`;
const KEPT = { hours: 90 * 24 };
const RETENTION_EVERY = { hours: 24 };
const DELETED_AT_ONCE = 500;

/** What the outbox needs to have done: sending what is due, and forgetting what is long over. */
export function deliveryJobs(services: DeliverServices): () => Promise<readonly Job[]> {
  const jobs: readonly Job[] = [
    {
      name: DELIVERY_JOB,
      kind: DELIVERY_JOB,
      async run({ signal }) {
        await sendDue(services, signal);
        return nextRunAt(services);
      },
    },
    {
      name: RETENTION_JOB,
      kind: 'daily',
      async run({ signal }) {
        await forgetOld(services, signal);
        return services.now().add(RETENTION_EVERY);
      },
    },
  ];
  return async () => jobs;
}

/**
 * Sends until nothing is due: to several channels at once, to each what it is sent in order.
 * @throws the signal's reason, and what the database does, once nothing is on its way any more.
 */
async function sendDue(services: DeliverServices, signal: AbortSignal): Promise<void> {
  const busy = new Map<string, Promise<void>>();
  const failed: unknown[] = [];

  async function sendTo(channelId: string, letters: readonly PendingDelivery[]): Promise<void> {
    try {
      for (const letter of letters) {
        const { state } = await deliver(services, letter, { signal });
        if (state === 'failed') break;
      }
    } catch (error) {
      failed.push(error);
    } finally {
      busy.delete(channelId);
    }
  }

  try {
    while (failed.length === 0 && !signal.aborted) {
      const due = await readDue(services.store.db, services.now());
      for (const [channelId, letters] of Map.groupBy(due, ({ channel_id }) => channel_id)) {
        if (busy.size < PARALLEL && !busy.has(channelId)) {
          busy.set(channelId, sendTo(channelId, letters));
        }
      }
      if (busy.size === 0) break;
      await Promise.race([...busy.values(), pause(LOOK_MS, null, { ref: false })]);
    }
  } finally {
    await Promise.all(busy.values());
  }
  signal.throwIfAborted();
  if (failed.length > 0) throw failed[0];
}

/** What is to be sent now, oldest first; of a channel that has just failed nothing. */
function readDue(db: Kysely<Tables>, now: Temporal.Instant): Promise<PendingDelivery[]> {
  const at = toText(now);
  return db
    .selectFrom('deliveries')
    .select(['id', 'channel_id', 'attempts'])
    .where('state', '=', 'pending')
    .where('next_attempt_at', '<=', at)
    .where('channel_id', 'not in', (eb) =>
      eb
        .selectFrom('deliveries as waiting')
        .select('waiting.channel_id')
        .where('waiting.state', '=', 'pending')
        .where('waiting.next_attempt_at', '>', at)
        .where('waiting.attempts', '>', 0)
        .where('waiting.attempts', '<=', KEEPS_ORDER_FOR),
    )
    .orderBy('created_at')
    .orderBy('id')
    .limit(READ_MAX)
    .execute();
}

/** When the next one is due. */
async function nextRunAt({ store, now }: DeliverServices): Promise<Temporal.Instant> {
  const at = now();
  const idle = at.add({ seconds: IDLE_SECONDS });
  const { next } = await store.db
    .selectFrom('deliveries')
    .select((eb) => eb.fn.min('next_attempt_at').as('next'))
    .where('state', '=', 'pending')
    .where('next_attempt_at', '>', toText(at))
    .executeTakeFirstOrThrow();
  if (next === null || next >= toText(idle)) return idle;
  return toInstant(next);
}

async function forgetOld({ store, now }: DeliverServices, signal: AbortSignal): Promise<void> {
  const before = toText(now().subtract(KEPT));
  for (;;) {
    signal.throwIfAborted();
    const { numDeletedRows } = await store.db
      .deleteFrom('deliveries')
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('deliveries')
          .select('id')
          .where('state', '<>', 'pending')
          .where('ended_at', '<', before)
          .limit(DELETED_AT_ONCE),
      )
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) return;
  }
}
