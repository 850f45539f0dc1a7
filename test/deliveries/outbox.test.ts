import { beforeEach, describe, expect, test } from 'vitest';
import { listDeliveries } from '../../src/deliveries/delivery-list.ts';
import {
  cancelDeliveries,
  cancelPendingTo,
  DELIVERY_JOB,
  enqueue,
} from '../../src/deliveries/outbox.ts';
import { createLeases } from '../../src/jobs/leases.ts';
import type { Store } from '../../src/store/store.ts';
import { toText } from '../../src/store/values.ts';
import { ENGINES, NOW } from '../support/panel.ts';
import { emptyPlace, openAt } from '../support/stores.ts';
import { channel, content, deliveries, letter } from './letters.ts';

describe.each(ENGINES)('the outbox on %s', (engine) => {
  let store: Store;
  beforeEach(async () => {
    store = await openAt(await emptyPlace(engine));
  });

  const put = (...letters: Parameters<typeof enqueue>[2]) => enqueue(store.db, NOW, letters);
  const states = async () =>
    (await deliveries(store.db)).map(({ occasion, state }) => `${occasion}: ${state}`);
  const dueAt = async () => {
    const row = await store.db
      .selectFrom('jobs')
      .select('next_run_at')
      .where('name', '=', DELIVERY_JOB)
      .executeTakeFirst();
    return row?.next_run_at;
  };

  test('half of a character and the one that ends texts are not sent, and hide no title', async () => {
    await put(letter('a', { content: content('model \ud83d\0 x') }));
    const [row] = await deliveries(store.db);
    expect(JSON.parse(row?.content ?? '')).toEqual(content('model \ufffd x'));
    const [listed] = await listDeliveries(store.db, engine, { state: null, offset: 0, limit: 9 });
    expect(listed?.title).toBe('model \ufffd x');
  });

  test('a channel is told of each occasion once', async () => {
    await put(letter('i1 opened'), letter('i1 opened', { channel: channel('c2') }));
    await put(letter('i1 opened'), letter('i1 resolved'));
    expect(await states()).toEqual([
      'i1 opened: pending',
      'i1 opened: pending',
      'i1 resolved: pending',
    ]);
  });

  test('is nothing of a transaction that is taken back', async () => {
    const taken = store.db.transaction().execute(async (trx) => {
      await enqueue(trx, NOW, [letter('i1 opened')]);
      throw new Error('no');
    });
    await expect(taken).rejects.toThrow('no');
    expect([await states(), await dueAt()]).toEqual([[], undefined]);
  });

  test('has its job done at once, or when the earliest is to be sent, and never later than before', async () => {
    const [soon, later] = [NOW.add({ minutes: 1 }), NOW.add({ hours: 1 })];
    await put(letter('b', { notBefore: later }), letter('a', { notBefore: soon }));
    expect(await dueAt()).toBe(toText(soon));
    await put(letter('c', { notBefore: later }));
    expect(await dueAt()).toBe(toText(soon));
    await put(letter('d'));
    expect(await dueAt()).toBe(toText(NOW));
  });

  test('has its job done again for what comes while it is done', async () => {
    const leases = createLeases({ db: store.db, now: () => NOW, holder: 'here', leaseMs: 60_000 });
    await put(letter('a'));
    const lease = await leases.acquire(DELIVERY_JOB);
    await put(letter('b'));
    await lease?.release({ nextRunAt: NOW.add({ minutes: 1 }), failures: 0 });
    expect(await dueAt()).toBe(toText(NOW));
  });

  test('takes back what is pending of a source, or single ones', async () => {
    const other = { source: { kind: 'incident', id: 'i2' } } as const;
    await put(letter('i1 opened'), letter('i1 reminder 1'), letter('i1 reminder 2'));
    await put(letter('i2 opened', other));
    await store.db
      .updateTable('deliveries')
      .set({ state: 'sent' })
      .where('occasion', '=', 'i1 reminder 1')
      .execute();
    const reminders = (await deliveries(store.db)).filter(({ occasion }) =>
      occasion.startsWith('i1 rem'),
    );
    await cancelDeliveries(
      store.db,
      NOW,
      reminders.map(({ id }) => id),
    );
    expect(await states()).toEqual([
      'i1 opened: pending',
      'i1 reminder 1: sent',
      'i1 reminder 2: cancelled',
      'i2 opened: pending',
    ]);
    expect(await cancelPendingTo(store.db, NOW, 'c1')).toBe(2);
    expect((await deliveries(store.db)).map(({ ended_at }) => ended_at)).toEqual([
      toText(NOW),
      null,
      toText(NOW),
      toText(NOW),
    ]);
  });
});
