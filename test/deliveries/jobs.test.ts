import { beforeEach, describe, expect, test, vi } from 'vitest';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { deleteChannel, enableChannel } from '../../src/deliveries/change-channels.ts';
import type { Channel } from '../../src/deliveries/channel.ts';
import { DeliveryError } from '../../src/deliveries/delivery-error.ts';
import { readFailure } from '../../src/deliveries/delivery-failure.ts';
import { deliveryJobs } from '../../src/deliveries/jobs.ts';
import { enqueue } from '../../src/deliveries/outbox.ts';
import { createScheduler } from '../../src/jobs/scheduler.ts';
import type { Store } from '../../src/store/store.ts';
import { toText } from '../../src/store/values.ts';
import { ENGINES, NOW } from '../support/panel.ts';
import { plantAccount } from '../support/planted-history.ts';
import { emptyPlace, openAt } from '../support/stores.ts';
import { deliveries, letter } from './letters.ts';
import { openOffice, recordingSender } from './post-office.ts';

const down = () => new DeliveryError('unavailable', 'HTTP 503');

describe.each(ENGINES)('sending on %s', (engine) => {
  let store: Store;
  let office: Awaited<ReturnType<typeof openOffice>>;
  let slack: Channel;
  beforeEach(async () => {
    store = await openAt(await emptyPlace(engine));
    office = await openOffice(store);
    slack = await office.addChannel('slack');
  });

  const put = (channel: Channel, ...occasions: string[]) =>
    enqueue(
      store.db,
      office.clock.now(),
      occasions.map((each) => letter(each, { channel })),
    );
  const states = async () =>
    (await deliveries(store.db)).map(({ occasion, state }) => `${occasion}: ${state}`);
  const only = async () => {
    const [row] = await deliveries(store.db);
    if (!row) throw new Error('there is none');
    return row;
  };

  test('what is due is sent and written down, what is not waits', async () => {
    await put(slack, 'a');
    const later = NOW.add({ seconds: 40 });
    await enqueue(store.db, NOW, [letter('b', { channel: slack, notBefore: later })]);
    expect(await office.run()).toEqual(later.round('millisecond'));
    expect(office.sender.carried).toEqual(['a']);
    expect(await only()).toMatchObject({
      state: 'sent',
      attempts: 1,
      first_attempt_at: toText(NOW),
      ended_at: toText(NOW),
      last_error: null,
    });
    office.clock.forward({ seconds: 40 });
    const idle = await office.run();
    expect(office.sender.carried).toEqual(['a', 'b']);
    expect(office.clock.now().until(idle).total('seconds')).toBe(60);
  });

  test('one that fails is tried again under the same id, with what was wrong', async () => {
    office.sender.answer = () => {
      throw down();
    };
    await put(slack, 'a');
    const next = await office.run();
    const seconds = NOW.until(next).total('seconds');
    expect(seconds).toBeGreaterThan(23);
    expect(seconds).toBeLessThan(37);
    const failed = await only();
    expect(failed).toMatchObject({ state: 'pending', attempts: 1 });
    expect(readFailure(failed.last_error ?? '')).toEqual({
      code: 'unavailable',
      message: 'HTTP 503',
    });
    office.sender.answer = () => {};
    office.clock.forward({ seconds: 40 });
    await office.run();
    expect(new Set(office.sender.begun.map(({ id }) => id))).toEqual(new Set([failed.id]));
    expect(await only()).toMatchObject({ state: 'sent', attempts: 2, last_error: null });
  });

  test('is given up after a day, or at once when it can never arrive', async () => {
    office.sender.answer = () => {
      throw down();
    };
    await put(slack, 'a');
    for (let turn = 0; turn < 60 && (await only()).state === 'pending'; turn += 1) {
      await office.run();
      office.clock.forward({ minutes: 61 });
    }
    const dead = await only();
    expect(dead.state).toBe('dead');
    const tried = NOW.until(Temporal.Instant.from(dead.ended_at ?? '')).total('hours');
    expect(tried).toBeGreaterThanOrEqual(24);
    expect(tried).toBeLessThan(26);

    office.sender.answer = () => {
      throw new DeliveryError('refused', 'HTTP 404', { isFinal: true });
    };
    await put(slack, 'b');
    await office.run();
    expect(await states()).toEqual(['a: dead', 'b: dead']);
  });

  test('one that takes too long has timed out', async () => {
    office.sender.answer = () => {
      throw AbortSignal.abort(new DOMException('too long', 'TimeoutError')).reason;
    };
    await put(slack, 'a');
    await office.run();
    const failed = await only();
    expect(failed.state).toBe('pending');
    expect(readFailure(failed.last_error ?? '').code).toBe('timed_out');
  });

  test('what nobody foresaw loses nothing either', async () => {
    office.sender.answer = () => {
      throw new TypeError('a bug');
    };
    await put(slack, 'a');
    await office.run();
    const failed = await only();
    expect(failed.state).toBe('pending');
    expect(readFailure(failed.last_error ?? '').code).toBe('failed');
  });

  test('a channel is sent to in order, also after a failure; others do not wait for it', async () => {
    const discord = await office.addChannel('discord');
    let isDown = true;
    office.sender.answer = ({ kind, ...target }, { content }) => {
      const isSlack = 'url' in target && target.url.includes('slack');
      if (isSlack && isDown && content.message.title === 'a') throw down();
    };
    for (const each of ['a', 'b', 'c']) {
      await put(slack, each);
      await put(discord, `for discord ${each}`);
      office.clock.forward({ milliseconds: 1 });
    }
    await office.run();
    expect(office.sender.carried).toEqual(['for discord a', 'for discord b', 'for discord c']);
    isDown = false;
    office.clock.forward({ seconds: 40 });
    await office.run();
    expect(office.sender.carried.slice(3)).toEqual(['a', 'b', 'c']);
  });

  test('one message that a channel never takes does not keep the next from it for a day', async () => {
    office.sender.answer = (_, { content }) => {
      if (content.message.title === 'a') throw down();
    };
    await put(slack, 'a');
    office.clock.forward({ milliseconds: 1 });
    await put(slack, 'b');
    for (let turn = 0; turn < 3; turn += 1) {
      await office.run();
      office.clock.forward({ minutes: 3 });
    }
    expect(office.sender.carried).toEqual(['b']);
  });

  test('a receiver that asks to wait is left alone with all that is for it', async () => {
    office.sender.answer = () => {
      throw new DeliveryError('unavailable', 'HTTP 429', { retryAfterMs: 3_600_000 });
    };
    await put(slack, 'a');
    // So often that what follows would not wait behind it for order's sake.
    await store.db.updateTable('deliveries').set({ attempts: 3 }).execute();
    office.clock.forward({ milliseconds: 1 });
    await put(slack, 'b');
    await office.run();
    office.clock.forward({ minutes: 59 });
    await office.run();
    expect(office.sender.begun).toHaveLength(1);
    office.sender.answer = () => {};
    office.clock.forward({ minutes: 1, seconds: 1 });
    await office.run();
    expect(office.sender.carried.toSorted()).toEqual(['a', 'b']);
  });

  test('one that it never takes keeps the others for as long as it asks, not for as long as that one waits', async () => {
    office.sender.answer = (_, { content }) => {
      if (content.message.title !== 'a') return;
      throw new DeliveryError('unavailable', 'HTTP 503', { retryAfterMs: 1_000 });
    };
    await put(slack, 'a');
    // It waits for an hour by now.
    await store.db.updateTable('deliveries').set({ attempts: 5 }).execute();
    office.clock.forward({ milliseconds: 1 });
    await put(slack, 'b');
    await office.run();
    expect(office.sender.begun).toHaveLength(1);
    office.clock.forward({ seconds: 2 });
    await office.run();
    expect(office.sender.carried).toEqual(['b']);
  });

  test('what is critical goes first, and what is sent of an incident in its order', async () => {
    await plantAccount(store.db, 'a');
    for (const [id, severity] of [
      ['mild', 'warning'],
      ['grave', 'critical'],
    ] as const) {
      await store.db
        .insertInto('incidents')
        .values({
          ...{ id, rule_id: id, account_id: 'a', kind: 'budget', rule_name: '', subject: '' },
          ...{ nature: 'state', cause: 'spend', severity, state: 'open', told_with: id },
          ...{ facts: '{}', latest_facts: '{}', opened_at: toText(NOW), seen_at: toText(NOW) },
        })
        .execute();
    }
    for (const [title, id] of [
      ['report', 'r'],
      ['mild opened', 'mild'],
      ['grave opened', 'grave'],
      ['grave worsened', 'grave'],
    ] as const) {
      const source = { kind: id === 'r' ? 'report' : 'incident', id } as const;
      await enqueue(store.db, office.clock.now(), [letter(title, { channel: slack, source })]);
      office.clock.forward({ milliseconds: 1 });
    }
    await office.run();
    expect(office.sender.carried).toEqual([
      'grave opened',
      'grave worsened',
      'report',
      'mild opened',
    ]);
  });

  test('however much there is for a slow receiver, others get theirs meanwhile', async () => {
    const slow = await office.addChannel('slow');
    const arrived = Promise.withResolvers<void>();
    office.sender.answer = (target) =>
      'url' in target && target.url.includes('slow') ? arrived.promise : undefined;
    await put(slow, ...Array.from({ length: 600 }, (_, n) => `slow ${n}`));
    office.clock.forward({ milliseconds: 1 });
    await put(slack, 'a');
    const running = office.run();
    await vi.waitFor(() => expect(office.sender.carried).toEqual(['a']));
    office.stop();
    arrived.resolve();
    await expect(running).rejects.toThrow('stopped');
  });

  test('what waits since before the clock was set back is sent', async () => {
    await put(slack, 'a');
    office.sender.answer = () => {
      throw down();
    };
    office.clock.forward({ hours: 24 * 365 });
    await office.run();
    await put(slack, 'b');
    office.clock.forward({ hours: -24 * 365 });
    office.sender.answer = () => {};
    await office.run();
    expect(office.sender.carried).toEqual(['a', 'b']);
  });

  test('a slow receiver holds nobody up, nor what comes while it is waited for', async () => {
    const slow = await office.addChannel('slow');
    const arrived = Promise.withResolvers<void>();
    office.sender.answer = (target) =>
      'url' in target && target.url.includes('slow') ? arrived.promise : undefined;
    await put(slow, 'slow');
    await put(slack, 'a');
    const running = office.run();
    await vi.waitFor(() => expect(office.sender.carried).toEqual(['a']));
    await put(slack, 'b');
    await vi.waitFor(() => expect(office.sender.carried).toEqual(['a', 'b']), { timeout: 5_000 });
    arrived.resolve();
    await running;
    expect(await states()).toEqual(['a: sent', 'b: sent', 'slow: sent']);
  });

  test('a sender that does not heed that all stops does not hold it up', async () => {
    office.sender.answer = () => {
      setTimeout(office.stop, 5);
      return new Promise(() => {});
    };
    await put(slack, 'a');
    await expect(office.run()).rejects.toThrow('stopped');
    expect(await only()).toMatchObject({ state: 'pending', next_attempt_at: toText(NOW) });
  });

  test('stopped in the middle, it is due at once for whoever comes next', async () => {
    office.sender.answer = (_, __, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        office.stop();
      });
    await put(slack, 'a');
    await expect(office.run()).rejects.toThrow('stopped');
    expect(await only()).toMatchObject({
      state: 'pending',
      next_attempt_at: toText(NOW),
      last_error: null,
    });
  });

  test('nothing is sent to a channel that is switched off or gone', async () => {
    const gone = await office.addChannel('gone');
    await put(slack, 'a');
    await put(gone, 'b');
    await enableChannel(office.services, COMMAND_LINE, slack.id, false);
    await deleteChannel(office.services, COMMAND_LINE, gone);
    expect(await states()).toEqual(['a: cancelled', 'b: cancelled']);
    // As who read the channel before it was switched off.
    await put(slack, 'c');
    await put(gone, 'd');
    await office.run();
    expect(office.sender.begun).toEqual([]);
    expect(await states()).toEqual([
      'a: cancelled',
      'b: cancelled',
      'c: cancelled',
      'd: cancelled',
    ]);
  });

  test('what is over is kept for ninety days, what is pending for as long as it is', async () => {
    await put(slack, 'a');
    await office.run();
    await enableChannel(office.services, COMMAND_LINE, slack.id, false);
    const other = await office.addChannel('other');
    await enqueue(store.db, NOW, [
      letter('b', { channel: other, notBefore: NOW.add({ hours: 24 * 365 }) }),
    ]);
    office.clock.forward({ hours: 90 * 24 });
    await office.retain();
    expect(await states()).toEqual(['a: sent', 'b: pending']);
    office.clock.forward({ seconds: 1 });
    await office.retain();
    expect(await states()).toEqual(['b: pending']);
  });

  test('of two replicas one sends, and each thing once', async () => {
    const titles = Array.from({ length: 40 }, (_, n) => `letter ${n}`);
    const channels = await Promise.all(
      ['one', 'two', 'three'].map((name) => office.addChannel(name)),
    );
    const sender = recordingSender(async () => {
      await new Promise((resolve) => setTimeout(resolve, 2));
    });
    const now = Temporal.Now.instant;
    const { log } = office.services;
    const replicas = [1, 2].map((n) =>
      createScheduler({
        ...{ db: store.db, now, log, holder: `replica ${n}`, tickMs: 10 },
        jobs: deliveryJobs({ ...office.services, now, sender }),
      }),
    );
    for (const replica of replicas) replica.start();
    for (const [n, title] of titles.entries()) {
      const channel = channels[n % 3];
      if (channel) await enqueue(store.db, now(), [letter(title, { channel })]);
    }
    await vi.waitFor(() => expect(sender.carried.toSorted()).toEqual(titles.toSorted()), {
      timeout: 15_000,
    });
    await Promise.all(replicas.map((replica) => replica.stop()));
    expect(sender.begun).toHaveLength(40);
    expect((await deliveries(store.db)).every(({ attempts }) => attempts === 1)).toBe(true);
  });
});
