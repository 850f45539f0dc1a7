import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { createChannel } from '../../src/deliveries/change-channels.ts';
import { findChannel, listChannels, targetOf } from '../../src/deliveries/channel-rows.ts';
import { DeliveryError } from '../../src/deliveries/delivery-error.ts';
import { enqueue } from '../../src/deliveries/outbox.ts';
import type { Target } from '../../src/deliveries/target.ts';
import { toText } from '../../src/store/values.ts';
import { type Browser, ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { deliveries, letter } from './letters.ts';
import { recordingSender } from './post-office.ts';

const PATH = '/admin/alerts/channels';
const HOOK = 'https://hooks.example.com/T0/B0/5ec2e7';

async function start(engine: (typeof ENGINES)[number] = 'sqlite') {
  const sender = recordingSender();
  const panel = await startPanel({}, { engine, parts: { sender }, simulator: { days: 1 } });
  return { panel, sender, admin: await panel.as('admin') };
}

async function store({ services }: Panel, target: Target, name = 'Guardia') {
  const fields = { id: randomUUID(), name, locale: 'es', target } as const;
  const made = await createChannel(services, COMMAND_LINE, fields);
  if (!made) throw new Error('it is there already');
  return made;
}

const slack: Target = { kind: 'slack', url: HOOK };
const webhook: Target = {
  kind: 'webhook',
  url: HOOK,
  secrets: [{ secret: 'whsec_a', until: null }],
};
const form = (kind: string, fields: Record<string, string>) => ({
  ...{ form_id: randomUUID(), name: 'Guardia', locale: 'es', kind },
  ...fields,
});

/** Posts, expects to be sent on, and shows the page it leads to. */
async function follow(browser: Browser, path: string, fields: Record<string, string> = {}) {
  const response = await browser.post(path, fields);
  expect(response.status).toBe(303);
  return (await browser.get((response.headers.location ?? '').split('#')[0] ?? '')).text;
}

describe.each(ENGINES)('an admin, on %s', (engine) => {
  test('adds a channel, changes it, switches it off and deletes it; no page shows where it leads', async () => {
    const { panel, admin } = await start(engine);
    const { db } = panel.services.store;
    expect((await admin.get(PATH)).text).toContain('Todavía no hay canales');
    const pages = [await follow(admin, PATH, form('slack', { url: HOOK }))];
    expect(pages[0]).toContain('Canal guardado.');
    const [channel] = await listChannels(db);
    const id = channel?.id ?? '';
    expect(channel).toMatchObject({ kind: 'slack', hint: 'hooks.example.com', isEnabled: true });
    expect(await targetOf(db, panel.services.seal, id)).toEqual(slack);

    pages.push((await admin.get(`${PATH}/${id}/edit`)).text);
    const edited = { name: 'Eventos', locale: 'en', url: '', version: '1' };
    pages.push(await follow(admin, `${PATH}/${id}/edit`, edited));
    expect(await findChannel(db, id)).toMatchObject({ name: 'Eventos', locale: 'en', version: 2 });
    expect(await targetOf(db, panel.services.seal, id)).toEqual(slack);

    if (channel) await enqueue(db, NOW, [letter('a', { channel })]);
    pages.push(await follow(admin, `${PATH}/${id}/enabled`, { enabled: 'no' }));
    expect(pages.at(-1)).toContain('data-channel="off"');
    expect(await deliveries(db)).toMatchObject([{ state: 'cancelled' }]);
    pages.push(await follow(admin, `${PATH}/${id}/enabled`, { enabled: 'yes' }));

    pages.push((await admin.get(`${PATH}/${id}/delete`)).text);
    const unconfirmed = await admin.post(`${PATH}/${id}/delete`, { version: '4' });
    expect(unconfirmed.status).toBe(400);
    pages.push(await follow(admin, `${PATH}/${id}/delete`, { version: '4', confirm: 'yes' }));
    expect(await listChannels(db)).toEqual([]);
    const entries = await db.selectFrom('audit_entries').selectAll().orderBy('at').execute();
    const actions = entries
      .map(({ action }) => action)
      .filter((each) => each.startsWith('channel'));
    expect(actions.toSorted()).toEqual([
      'channel.changed',
      'channel.created',
      'channel.deleted',
      'channel.disabled',
      'channel.enabled',
    ]);
    const said = pages.join('') + JSON.stringify(entries) + panel.logged();
    expect(said).not.toContain('5ec2e7');
  });

  test('sees a webhook’s secret once, and another once it is renewed; the old one signs for a day', async () => {
    const { panel, admin } = await start(engine);
    const { store, seal } = panel.services;
    const made = await admin.post(PATH, form('webhook', { url: HOOK }));
    expect(made.status).toBe(200);
    const [first = ''] = made.text.match(/whsec_[\w+/]{43}=/) ?? [];
    const [channel] = await listChannels(store.db);
    const id = channel?.id ?? '';
    expect(await targetOf(store.db, seal, id)).toEqual({
      ...{ kind: 'webhook', url: HOOK, secrets: [{ secret: first, until: null }] },
    });
    expect((await admin.get(PATH)).text).not.toContain('whsec_');
    const renewed = await admin.post(`${PATH}/${id}/secret`, { version: '1' });
    const [second = ''] = renewed.text.match(/whsec_[\w+/]{43}=/) ?? [];
    expect(second).not.toBe(first);
    expect(renewed.text).not.toContain(first);
    expect(await targetOf(store.db, seal, id)).toEqual({
      kind: 'webhook',
      url: HOOK,
      secrets: [
        { secret: second, until: null },
        { secret: first, until: toText(NOW.add({ hours: 24 })) },
      ],
    });
    expect((await admin.post(`${PATH}/${id}/secret`, { version: '1' })).status).toBe(409);
    expect(panel.logged()).not.toContain('whsec_');
  });

  test('does not undo what another admin saved in the meantime', async () => {
    const { panel, admin } = await start(engine);
    const { id } = await store(panel, slack);
    await follow(admin, `${PATH}/${id}/edit`, { name: 'De Beto', locale: 'es', version: '1' });
    const late = { name: 'Lo que escribí', locale: 'es', version: '1', confirm: 'yes' };
    for (const path of ['edit', 'delete']) {
      const { status, text } = await admin.post(`${PATH}/${id}/${path}`, late);
      expect([path, status]).toEqual([path, 409]);
      expect(text).toContain('name="version" value="1"');
    }
    expect(await findChannel(panel.services.store.db, id)).toMatchObject({ name: 'De Beto' });
  });
});

test('a form sent twice makes one channel', async () => {
  const { panel, admin } = await start();
  const fields = form('slack', { url: HOOK });
  await follow(admin, PATH, fields);
  expect(await follow(admin, PATH, fields)).toContain('ya estaba guardado');
  expect(await listChannels(panel.services.store.db)).toHaveLength(1);
});

test('each kind has a form of its own; what is wrong comes back without what is secret', async () => {
  const { admin } = await start();
  expect((await admin.get(`${PATH}/new`)).text).not.toContain('<form class="card');
  const fields = async (kind: string) => {
    const { text } = await admin.get(`${PATH}/new?kind=${kind}`);
    return [...text.matchAll(/<div class="field">\s*<label for="(\w+)"/g)].map(([, name]) => name);
  };
  expect(await fields('email')).toEqual(['name', 'addresses', 'locale']);
  expect(await fields('telegram')).toEqual(['name', 'bot_token', 'chat_id', 'locale']);
  expect(await fields('ntfy')).toEqual(['name', 'url', 'access_token', 'locale']);
  const wrong = await admin.post(PATH, form('slack', { url: `ftp${HOOK}`, name: 'Mi canal' }));
  expect(wrong.status).toBe(400);
  expect(wrong.text).toContain('data-field="url"');
  expect(wrong.text).toContain('value="Mi canal"');
  expect(wrong.text).not.toContain('5ec2e7');
  const none = await admin.post(PATH, form('fax', {}));
  expect([none.status, none.text.includes('data-field="kind"')]).toEqual([400, true]);
});

test('an admin sees the addresses of an e-mail channel, to change them', async () => {
  const { panel, admin } = await start();
  const { id } = await store(panel, { kind: 'email', to: ['ana@example.com'] });
  expect((await admin.get(`${PATH}/${id}/edit`)).text).toContain('ana@example.com</textarea>');
  expect((await admin.get(PATH)).text).not.toContain('ana@example.com');
});

describe('a test', () => {
  test('that arrives says so', async () => {
    const { panel, sender } = await start();
    const { id } = await store(panel, webhook, 'Mi <b>programa</b>');
    const operator = await panel.as('operator');
    const page = await follow(operator, `${PATH}/${id}/test`);
    expect(page).toContain('data-notice="tested"');
    expect(page).toContain('data-last="sent"');
    expect(page).not.toContain('<b>programa');
    expect(sender.carried).toEqual(['Mensaje de prueba']);
    expect(page).not.toContain('/edit');
  });

  test.each([
    ['address_refused', 'es privada'],
    ['unreachable', 'nadie responde'],
    ['timed_out', 'tardó demasiado'],
    ['refused', 'lo rechazó'],
    ['unavailable', 'no puede recibirlo ahora'],
    ['not_configured', 'no tiene configurado'],
  ] as const)('that is %s says why, what was answered and what to do', async (code, why) => {
    const { panel, sender, admin } = await start();
    sender.answer = () => {
      throw new DeliveryError(code, 'HTTP <418>');
    };
    const { id } = await store(panel, slack);
    const page = await follow(admin, `${PATH}/${id}/test`);
    expect(page).toContain('data-notice="test_failed"');
    expect(page).toContain(why);
    expect(page).toContain('HTTP &lt;418&gt;');
    expect(page).toContain('data-last="dead"');
  });

  test('that was answered quotes the answer, and nothing in another language', async () => {
    const { panel, sender, admin } = await start();
    sender.answer = () => {
      throw new DeliveryError('refused', 'it answered 410: no está');
    };
    const { id } = await store(panel, slack);
    expect(await follow(admin, `${PATH}/${id}/test`)).toContain('Respuesta: «410: no está».');
  });

  test('of another delivery nothing is said', async () => {
    const { panel, admin } = await start();
    const channel = await store(panel, slack);
    await enqueue(panel.services.store.db, NOW, [letter('a', { channel })]);
    const [row] = await deliveries(panel.services.store.db);
    for (const id of [row?.id, 'none', "'--"]) {
      expect((await admin.get(`${PATH}?tested=${id}`)).text).not.toContain('data-notice');
    }
  });
});

test('a viewer sees the list and nothing to press', async () => {
  const { panel } = await start();
  await store(panel, slack);
  const { text } = await (await panel.as('viewer')).get(PATH);
  expect(text).toContain('hooks.example.com');
  expect(text).not.toContain('/test');
  expect(text).not.toContain('/delete');
});
