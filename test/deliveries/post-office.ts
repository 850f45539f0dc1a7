import { onTestFinished } from 'vitest';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { createChannel } from '../../src/deliveries/change-channels.ts';
import type { Channel } from '../../src/deliveries/channel.ts';
import { deliveryJobs } from '../../src/deliveries/jobs.ts';
import type { Outgoing } from '../../src/deliveries/outgoing.ts';
import type { Sender } from '../../src/deliveries/send.ts';
import type { Target } from '../../src/deliveries/target.ts';
import type { Job } from '../../src/jobs/scheduler.ts';
import { createLogger } from '../../src/log.ts';
import { checkSecret } from '../../src/secrets/check.ts';
import { createSeal } from '../../src/secrets/seal.ts';
import type { Store } from '../../src/store/store.ts';
import { stoppedClock } from '../support/clock.ts';
import { NOW } from '../support/panel.ts';

/** What became of one attempt: throws what the receiver did wrong. */
export type Answer = (
  target: Target,
  delivery: Outgoing,
  signal: AbortSignal,
) => Promise<void> | void;

/** A sender that carries nothing: it writes down what it was given, and answers as told. */
export function recordingSender(answer: Answer = () => {}) {
  const carried: string[] = [];
  const begun: Outgoing[] = [];
  const office = {
    /** Titles of what arrived, in order. */
    carried,
    begun,
    answer,
    async send(target: Target, delivery: Outgoing, signal: AbortSignal): Promise<void> {
      begun.push(delivery);
      await office.answer(target, delivery, signal);
      carried.push(delivery.content.message.title);
    },
    close() {},
  };
  return office satisfies Sender;
}

/** What the outbox's jobs need, on a stopped clock. */
export async function openOffice(store: Store, sender = recordingSender()) {
  const clock = stoppedClock();
  const seal = createSeal('a secret of at least thirty-two characters');
  await checkSecret(store.db, seal, NOW);
  const log = createLogger('silent');
  const services = { store, seal, sender, log, now: clock.now };
  const [sending, retention] = (await deliveryJobs(services)()) as [Job, Job];
  const control = new AbortController();
  onTestFinished(() => control.abort());
  const lease = { name: 'deliveries', signal: control.signal, confirm: async () => {} };

  /** A webhook of that name. */
  async function addChannel(name: string): Promise<Channel> {
    const target: Target = { kind: 'webhook', url: `https://${name}.example.com/`, secrets: [] };
    const fields = { id: `channel-${name}`, name, locale: 'es', target } as const;
    const made = await createChannel(services, COMMAND_LINE, fields);
    if (!made) throw new Error('it is there already');
    return made;
  }

  return {
    services,
    sender,
    clock,
    addChannel,
    stop: () => control.abort(new DOMException('stopped', 'AbortError')),
    /** Does the job once. @returns when it is due again. */
    run: () => sending.run(lease),
    retain: () => retention.run(lease),
  };
}
