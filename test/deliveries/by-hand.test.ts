import { beforeEach, describe, expect, test } from 'vitest';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { readConfig } from '../../src/config.ts';
import { enableChannel, renewWebhookSecret } from '../../src/deliveries/change-channels.ts';
import type { Channel } from '../../src/deliveries/channel.ts';
import { findChannel, targetOf } from '../../src/deliveries/channel-rows.ts';
import { DeliveryError } from '../../src/deliveries/delivery-error.ts';
import { enqueue } from '../../src/deliveries/outbox.ts';
import { resend } from '../../src/deliveries/resend.ts';
import { sendTest } from '../../src/deliveries/test-message.ts';
import type { Store } from '../../src/store/store.ts';
import { toText } from '../../src/store/values.ts';
import { ENGINES, NOW } from '../support/panel.ts';
import { emptyPlace, openAt } from '../support/stores.ts';
import { deliveries, letter } from './letters.ts';
import { openOffice } from './post-office.ts';

const config = readConfig({ PUBLIC_URL: 'https://panel.example.com' });

describe.each(ENGINES)('by hand, on %s', (engine) => {
  let store: Store;
  let office: Awaited<ReturnType<typeof openOffice>>;
  let ops: Channel;
  beforeEach(async () => {
    store = await openAt(await emptyPlace(engine));
    office = await openOffice(store);
    ops = await office.addChannel('ops');
  });
  const testNow = () => sendTest({ ...office.services, config }, ops);
  const refused = () => {
    throw new DeliveryError('unavailable', 'HTTP 503');
  };

  test('a test is sent at once, in words of the channel, and by nobody else', async () => {
    office.sender.answer = async () => {
      await office.run();
    };
    const id = await testNow();
    office.sender.answer = () => {};
    expect(await deliveries(store.db)).toMatchObject([{ id, state: 'sent', attempts: 1 }]);
    expect(office.sender.begun).toHaveLength(1);
    expect(office.sender.begun[0]?.content).toMatchObject({
      message: {
        tone: 'test',
        title: 'Mensaje de prueba',
        links: [{ href: 'https://panel.example.com/admin/alerts/channels' }],
      },
      event: { type: 'test', data: { channel: { id: ops.id, name: 'ops' } } },
    });
  });

  test('a test that fails is not tried again; a channel that is off is tested as well', async () => {
    await enableChannel(office.services, COMMAND_LINE, ops.id, false);
    office.sender.answer = refused;
    await testNow();
    office.clock.forward({ minutes: 10 });
    await office.run();
    expect(await deliveries(store.db)).toMatchObject([{ state: 'dead', attempts: 1 }]);
    expect(office.sender.begun).toHaveLength(1);
  });

  test('a test whose sender died is sent by the job', async () => {
    const died = Promise.withResolvers<never>();
    office.sender.answer = () => died.promise;
    void testNow();
    await expect.poll(() => office.sender.begun.length).toBe(1);
    office.sender.answer = () => {};
    office.clock.forward({ seconds: 61 });
    await office.run();
    expect(await deliveries(store.db)).toMatchObject([{ state: 'sent', attempts: 2 }]);
    const ids = office.sender.begun.map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
  });

  test('what was given up or sent is sent again under its id, with a day of its own', async () => {
    office.sender.answer = () => {
      throw new DeliveryError('refused', 'HTTP 410', { isFinal: true });
    };
    await enqueue(store.db, NOW, [letter('a', { channel: ops })]);
    await office.run();
    const [dead] = await deliveries(store.db);
    const id = dead?.id ?? '';
    office.clock.forward({ hours: 48 });
    office.sender.answer = refused;
    await resend(office.services, COMMAND_LINE, id);
    await office.run();
    expect(await deliveries(store.db)).toMatchObject([{ id, state: 'pending', attempts: 1 }]);
    await expect(resend(office.services, COMMAND_LINE, id)).rejects.toThrow('conflict');
    office.sender.answer = () => {};
    office.clock.forward({ minutes: 1 });
    await office.run();
    await resend(office.services, COMMAND_LINE, id);
    await office.run();
    expect(office.sender.carried).toEqual(['a', 'a']);
    expect(new Set(office.sender.begun.map((each) => each.id))).toEqual(new Set([id]));
    const entries = await store.db
      .selectFrom('audit_entries')
      .select(['action', 'target', 'detail'])
      .where('action', '=', 'delivery.resent')
      .execute();
    const entry = { action: 'delivery.resent', target: 'ops', detail: '{"title":"a"}' };
    expect(entries).toEqual([entry, entry]);
  });

  test('a webhook’s secret that was replaced signs for a day from then on, and no longer', async () => {
    const { services, clock } = office;
    const renew = async () => {
      const { version } = (await findChannel(store.db, ops.id)) ?? ops;
      const seen = { id: ops.id, version };
      return (await renewWebhookSecret(services, COMMAND_LINE, seen)).secret;
    };
    const secrets = async () => {
      const target = await targetOf(store.db, services.seal, ops.id);
      return target?.kind === 'webhook' ? target.secrets : [];
    };
    const first = await renew();
    clock.forward({ hours: 20 });
    const second = await renew();
    const untilFirst = { secret: first, until: toText(NOW.add({ hours: 44 })) };
    expect(await secrets()).toEqual([{ secret: second, until: null }, untilFirst]);
    clock.forward({ hours: 23 });
    const third = await renew();
    const untilSecond = { secret: second, until: toText(NOW.add({ hours: 67 })) };
    expect(await secrets()).toEqual([{ secret: third, until: null }, untilSecond, untilFirst]);
    clock.forward({ hours: 1 });
    expect((await renew()) && (await secrets()).map(({ secret }) => secret)).not.toContain(first);
  });

  test('nothing is sent again to a channel that is off, nor what there is none of', async () => {
    await enqueue(store.db, NOW, [letter('a', { channel: ops })]);
    await office.run();
    await enableChannel(office.services, COMMAND_LINE, ops.id, false);
    const [sent] = await deliveries(store.db);
    await expect(resend(office.services, COMMAND_LINE, sent?.id ?? '')).rejects.toThrow('conflict');
    await expect(resend(office.services, COMMAND_LINE, 'none')).rejects.toThrow('not_found');
  });
});
