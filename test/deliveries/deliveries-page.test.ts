import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { createChannel, enableChannel } from '../../src/deliveries/change-channels.ts';
import type { Channel } from '../../src/deliveries/channel.ts';
import { failureText } from '../../src/deliveries/delivery-failure.ts';
import { enqueue } from '../../src/deliveries/outbox.ts';
import { toText } from '../../src/store/values.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { content, deliveries, letter } from './letters.ts';

const PATH = '/admin/alerts/deliveries';

async function start(engine: (typeof ENGINES)[number] = 'sqlite') {
  const panel = await startPanel({}, { engine, simulator: { days: 1 } });
  const target = { kind: 'slack', url: 'https://hooks.example.com/' } as const;
  const fields = { id: randomUUID(), name: 'Guardia', locale: 'es', target } as const;
  const channel = await createChannel(panel.services, COMMAND_LINE, fields);
  if (!channel) throw new Error('it is there already');
  return { panel, channel, operator: await panel.as('operator') };
}

type State = 'pending' | 'sent' | 'dead' | 'cancelled';

/** Writes one down as it stands after that; a minute apart. */
async function put({ services }: Panel, channel: Channel, states: readonly State[]) {
  const { db } = services.store;
  for (const [minutes, state] of states.entries()) {
    const title = `${state} <${minutes}>`;
    const at = NOW.add({ minutes });
    await enqueue(db, at, [letter(title, { channel, content: content(title) })]);
    await db
      .updateTable('deliveries')
      .set({
        state,
        attempts: state === 'pending' ? 0 : 7,
        ended_at: state === 'pending' ? null : toText(at),
        last_error: state === 'dead' ? failureText({ code: 'refused', message: 'HTTP 410' }) : null,
      })
      .where('occasion', '=', title)
      .execute();
  }
}

const titles = (html: string) =>
  [...html.matchAll(/<strong><bdi>(.*?)<\/bdi>/g)].map(([, title]) => title);

describe.each(ENGINES)('the outbox’s page on %s', (engine) => {
  test('shows what was given up first, then what is pending, then the rest', async () => {
    const { panel, channel, operator } = await start(engine);
    await put(panel, channel, ['sent', 'dead', 'pending', 'cancelled', 'dead']);
    const { text } = await operator.get(PATH);
    expect(titles(text)).toEqual([
      'dead &lt;4&gt;',
      'dead &lt;1&gt;',
      'pending &lt;2&gt;',
      'cancelled &lt;3&gt;',
      'sent &lt;0&gt;',
    ]);
    expect(text).toContain('El receptor lo rechazó.');
    expect(text).toContain('HTTP 410');
    expect(text.match(/\/resend"/g)).toHaveLength(3);
    expect(titles((await operator.get(`${PATH}?state=sent`)).text)).toEqual(['sent &lt;0&gt;']);
    expect(titles((await operator.get(`${PATH}?state=nonsense&page=0`)).text)).toHaveLength(5);
  });

  test('sends again what was given up, but nothing to a channel that is off', async () => {
    const { panel, channel, operator } = await start(engine);
    const { services } = panel;
    await put(panel, channel, ['dead']);
    const [row] = await deliveries(services.store.db);
    const again = await operator.post(`${PATH}/${row?.id}/resend`);
    expect([again.status, again.headers.location]).toEqual([303, `${PATH}?done=resent`]);
    expect(await deliveries(services.store.db)).toMatchObject([
      { id: row?.id, state: 'pending', attempts: 0, last_error: null, ended_at: null },
    ]);
    await enableChannel(services, COMMAND_LINE, channel.id, false);
    await put(panel, channel, ['sent']);
    expect((await operator.get(PATH)).text).not.toContain('/resend"');
    const refused = await operator.post(`${PATH}/${row?.id}/resend`);
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('no se puede volver a enviar');
    expect((await operator.post(`${PATH}/none/resend`)).status).toBe(404);
  });
});

test('fifty are on a page', async () => {
  const { panel, channel, operator } = await start();
  await put(
    panel,
    channel,
    Array.from({ length: 51 }, () => 'sent'),
  );
  const first = (await operator.get(PATH)).text;
  expect(titles(first)).toHaveLength(50);
  expect(first).toContain('page=2');
  expect(titles((await operator.get(`${PATH}?page=2`)).text)).toEqual(['sent &lt;0&gt;']);
});

test('three months of messages are gone through beside the event loop', async () => {
  const { panel, channel, operator } = await start();
  await put(panel, channel, ['sent']);
  const snapshot = vi.spyOn(panel.services.store.reader, 'snapshot');
  for (const path of [PATH, '/admin/alerts/channels']) {
    snapshot.mockClear();
    expect((await operator.get(path)).text, path).toContain('sent &lt;0&gt;');
    expect(snapshot, path).toHaveBeenCalledOnce();
  }
});

test('an empty outbox says what will be in it', async () => {
  const panel = await startPanel({}, { simulator: { days: 1 } });
  const { text } = await (await panel.as('viewer')).get(PATH);
  expect(text).toContain('Todavía no se ha enviado nada');
  expect(text).toContain('/admin/alerts/channels"');
});

test('the overview says that messages were given up, for a week', async () => {
  const { panel, channel, operator } = await start();
  const { db } = panel.services.store;
  await storeAccount(panel.services, { slug: 'uno', name: 'Uno', key: panel.fal.keys.admin });
  await put(panel, channel, ['dead', 'sent', 'dead']);
  const overview = await operator.get('/admin');
  expect(overview.text).toContain('deliveries?state=dead');
  expect(overview.text).toContain('2 mensajes de alertas o reportes no se pudieron entregar');
  const longAgo = toText(NOW.subtract({ hours: 7 * 24 }));
  await db.updateTable('deliveries').set({ ended_at: longAgo }).execute();
  expect((await operator.get('/admin')).text).not.toContain('undelivered');
});
