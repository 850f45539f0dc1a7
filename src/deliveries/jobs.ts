import { setTimeout as pause } from 'node:timers/promises';
import { type ExpressionBuilder, expressionBuilder, type Kysely, sql } from 'kysely';
import type { Job } from '../jobs/scheduler.ts';
import type { Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import { type DeliverServices, deliver, type PendingDelivery } from './deliver.ts';
import { DELIVERY_JOB } from './outbox.ts';

/** How many channels are sent to at once: one that is slow holds up no other. */
const PARALLEL = 16;
/** While something is on its way, how long what came meanwhile may lie. */
const LOOK_MS = 1_000;
/** An idle panel looks this often, in case it was not told. */
const IDLE_SECONDS = 60;
/** While one delivery waits for its second or third attempt, what follows it waits behind it. */
const KEEPS_ORDER_FOR = 2;
/** Nothing that was tried waits for longer: what does was written before the clock was set back. */
const LONGEST_WAIT = { hours: 24 };

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
 * Sends until nothing is due: to several channels at once, to each one thing after another.
 * @throws the signal's reason, and what the database does, once nothing is on its way any more.
 */
async function sendDue(services: DeliverServices, signal: AbortSignal): Promise<void> {
  const { db } = services.store;
  const busy = new Map<string, Promise<void>>();
  const failed: unknown[] = [];

  async function sendTo(channelId: string): Promise<void> {
    try {
      let last: PendingDelivery | undefined;
      while (failed.length === 0) {
        const letter = await nextDueOf(db, services.now(), channelId);
        if (!letter || letter.id === last?.id) break;
        const { state } = await deliver(services, letter, { signal });
        if (state === 'failed') break;
        last = letter;
      }
    } catch (error) {
      failed.push(error);
    } finally {
      busy.delete(channelId);
    }
  }

  try {
    while (failed.length === 0 && !signal.aborted) {
      for (const channelId of await dueChannels(db, services.now(), [...busy.keys()])) {
        busy.set(channelId, sendTo(channelId));
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

/** Channels that there is something for, but for those that are sent to or have just failed. */
async function dueChannels(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  busy: readonly string[],
): Promise<string[]> {
  const free = PARALLEL - busy.length;
  if (free <= 0) return [];
  const at = toText(now);
  const rows = await db
    .selectFrom('deliveries')
    .select('channel_id')
    .where('state', '=', 'pending')
    .where(isDue(now))
    .$if(busy.length > 0, (query) => query.where('channel_id', 'not in', busy))
    .where('channel_id', 'not in', (eb) =>
      eb
        .selectFrom('deliveries as waiting')
        .select('waiting.channel_id')
        .where('waiting.state', '=', 'pending')
        .where('waiting.next_attempt_at', '>', at)
        .where('waiting.next_attempt_at', '<=', toText(now.add(LONGEST_WAIT)))
        .where('waiting.attempts', '>', 0)
        .where('waiting.attempts', '<=', KEEPS_ORDER_FOR),
    )
    .groupBy('channel_id')
    .orderBy((eb) => eb.fn.max(urgency()), 'desc')
    .orderBy((eb) => eb.fn.min('created_at'))
    .orderBy('channel_id')
    .limit(free)
    .execute();
  return rows.map(({ channel_id }) => channel_id);
}

/** What a channel is sent next: what is critical, else the oldest. */
function nextDueOf(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  channelId: string,
): Promise<PendingDelivery | undefined> {
  return db
    .selectFrom('deliveries')
    .select(['id', 'channel_id', 'attempts'])
    .where('channel_id', '=', channelId)
    .where('state', '=', 'pending')
    .where(isDue(now))
    .orderBy(urgency(), 'desc')
    .orderBy('created_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

function isDue(now: Temporal.Instant) {
  const ahead = toText(now.add(LONGEST_WAIT));
  return (eb: ExpressionBuilder<Tables, 'deliveries'>) =>
    eb.or([
      eb('next_attempt_at', '<=', toText(now)),
      eb.and([
        eb('next_attempt_at', '>', ahead),
        eb.or([eb('attempts', '>', 0), eb('created_at', '>', ahead)]),
      ]),
    ]);
}

/**
 * Whether it tells of something critical. All that is sent of an incident counts alike: that it became worse
 * must not arrive before that it opened.
 */
function urgency() {
  return sql<number>`case when exists (
    select 1 from incidents
    where incidents.told_with = deliveries.source_id and incidents.severity = 'critical'
  ) then 1 else 0 end`;
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

/** What a delivery tells of and was not over by then: whom to tell that it is over is read out of deliveries. */
function openAfter(before: string) {
  return expressionBuilder<Tables, 'deliveries'>()
    .selectFrom('incidents')
    .select('incidents.id')
    .whereRef('incidents.told_with', '=', 'deliveries.source_id')
    .where(({ eb, or }) =>
      or([eb('incidents.state', '<>', 'resolved'), eb('incidents.resolved_at', '>=', before)]),
    );
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
          .where(({ not, exists }) => not(exists(openAfter(before))))
          .limit(DELETED_AT_ONCE),
      )
      .executeTakeFirstOrThrow();
    if (numDeletedRows === 0n) return;
  }
}
