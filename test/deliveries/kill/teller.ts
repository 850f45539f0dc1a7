import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { SERVER } from '../../../src/audit/actor.ts';
import { recordAudit } from '../../../src/audit/audit.ts';
import { readConfig } from '../../../src/config.ts';
import { listChannels } from '../../../src/deliveries/channel-rows.ts';
import { DeliveryError } from '../../../src/deliveries/delivery-error.ts';
import { deliveryJobs } from '../../../src/deliveries/jobs.ts';
import { DELIVERY_JOB, enqueue } from '../../../src/deliveries/outbox.ts';
import type { Sender } from '../../../src/deliveries/send.ts';
import { createScheduler } from '../../../src/jobs/scheduler.ts';
import { createLogger } from '../../../src/log.ts';
import { createServices } from '../../../src/services.ts';
import { toText } from '../../../src/store/values.ts';
import { content } from '../letters.ts';
import type { TellerOptions } from './telling.ts';

/**
 * Tells every channel of something again and again, with what it tells of in one transaction, and
 * delivers it over HTTP as a panel does, until it is killed. Each name goes to standard output, past
 * every buffer, once it is committed; then `idle` when nothing is pending any more, or `waiting` while
 * all that is waits for another attempt.
 */
const { env, clockAheadMs, leaseMs, tell } = JSON.parse(process.argv[2] ?? '') as TellerOptions;
const now = () => Temporal.Now.instant().add({ milliseconds: clockAheadMs });
const log = createLogger('silent');

const sender: Sender = {
  async send(target, { id, content }, signal) {
    if (target.kind !== 'webhook') throw new Error('no such channel here');
    const { title } = content.message;
    const body = JSON.stringify({ id, title });
    const response = await fetch(target.url, { method: 'POST', body, signal });
    if (!response.ok) throw new DeliveryError('unavailable', `HTTP ${response.status}`);
  },
  close() {},
};

const services = await createServices(readConfig(env), { now, log, sender });
const { db } = services.store;
const scheduler = createScheduler({
  ...{ db, now, log, leaseMs, tickMs: 20 },
  jobs: deliveryJobs(services),
});
scheduler.start();

const channels = await listChannels(db);
for (let index = 0; index < tell; index += 1) {
  const name = `told-${randomUUID()}`;
  await db.transaction().execute(async (trx) => {
    await recordAudit(trx, now(), { actor: SERVER, action: 'settings.changed', target: name });
    const letters = channels.map((channel) => ({
      ...{ channel, occasion: name, content: content(name) },
      source: { kind: 'incident', id: name } as const,
    }));
    await enqueue(trx, now(), letters);
  });
  writeSync(1, `${name}\n`);
  await new Promise((resolve) => setTimeout(resolve, 2));
}
for (let state = 'busy'; state !== 'idle'; ) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  const job = await db
    .selectFrom('jobs')
    .select(['holder', 'next_run_at'])
    .where('name', '=', DELIVERY_JOB)
    .executeTakeFirst();
  const pending = await db
    .selectFrom('deliveries')
    .select('id')
    .where('state', '=', 'pending')
    .executeTakeFirst();
  const isWaiting = job?.holder === null && job.next_run_at > toText(now().add({ seconds: 1 }));
  const was = state;
  if (!pending) state = 'idle';
  else state = isWaiting ? 'waiting' : 'busy';
  if (state !== was && state !== 'busy') writeSync(1, `${state}\n`);
}
// Until it is killed.
setInterval(() => {}, 60_000);
