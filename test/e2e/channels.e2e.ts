import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { createChannel } from '../../src/deliveries/change-channels.ts';
import { DeliveryError } from '../../src/deliveries/delivery-error.ts';
import { failureText } from '../../src/deliveries/delivery-failure.ts';
import { enqueue } from '../../src/deliveries/outbox.ts';
import type { Sender } from '../../src/deliveries/send.ts';
import type { Services } from '../../src/services.ts';
import { content } from '../deliveries/letters.ts';
import { expect, expectAccessible, expectFits, NOW, PHONE, test } from './panel.ts';

const HOOK = 'https://hooks.example.com/services/T0/B0/5ec2e7';

/** What is sent is refused until `isUp`. */
function receiver(services: Services) {
  const state = { isUp: false };
  services.sender = {
    async send() {
      if (!state.isUp) throw new DeliveryError('unavailable', 'HTTP 503');
    },
    async close() {},
  } satisfies Sender;
  return state;
}

/** Channels with long names, and a message in each state. */
async function fill(services: Services): Promise<void> {
  const { db } = services.store;
  const target = { kind: 'webhook', url: HOOK, secrets: [] } as const;
  const id = `long-${crypto.randomUUID()}`;
  const name = 'Guardia de eventos de fin de semana en la Ciudad de México y Guadalajara';
  const channel = await createChannel(services, COMMAND_LINE, { id, name, locale: 'es', target });
  if (!channel) throw new Error('it is there already');
  for (const state of ['dead', 'pending', 'sent', 'cancelled'] as const) {
    const occasion = `${id} ${state}`;
    const title = `El gasto de hoy pasó de $5.00 en futurelab-eventos (${state})`;
    const source = { kind: 'incident', id } as const;
    await enqueue(db, NOW, [{ channel, source, occasion, content: content(title) }]);
    const failure = failureText({ code: 'refused', message: 'HTTP 410 Gone: channel_is_archived' });
    await db
      .updateTable('deliveries')
      .set({
        ...{ state, attempts: state === 'sent' ? 1 : 7 },
        last_error: state === 'dead' ? failure : null,
        ended_at: state === 'pending' ? null : NOW.toString(),
      })
      .where('occasion', '=', occasion)
      .execute();
  }
}

/** Other tests of the same panel begin with no channel. */
async function forget({ store: { db } }: Services): Promise<void> {
  await db.deleteFrom('deliveries').execute();
  await db.deleteFrom('delivery_channels').execute();
}

// One panel: one test after the other.
test.describe.configure({ mode: 'serial' });

for (const javaScriptEnabled of [true, false]) {
  test.describe(`with scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    test.use({ javaScriptEnabled });

    test('a channel is added, tested until it works, changed and deleted', async ({
      page,
      panel,
    }) => {
      await forget(panel.services);
      const slack = receiver(panel.services);
      await page.goto('/futurelab_ai/admin/alerts/channels');
      await page.getByRole('link', { name: 'Agregar canal' }).click();
      await page.getByRole('link', { name: 'Slack' }).click();
      await page.getByLabel('Nombre').fill('Guardia');
      await page.getByLabel('Dirección (URL)').fill(HOOK);
      await page.getByRole('button', { name: 'Guardar canal' }).click();
      await expect(page.getByRole('status')).toContainText('Canal guardado.');

      await page.getByRole('button', { name: 'Enviar prueba' }).click();
      await expect(page.getByRole('alert')).toContainText('La prueba no llegó a «Guardia».');
      await expect(page.getByRole('alert')).toContainText('HTTP 503');
      slack.isUp = true;
      await page.getByRole('button', { name: 'Enviar prueba' }).click();
      await expect(page.getByRole('status')).toContainText('La prueba llegó a «Guardia».');
      expect(await page.content()).not.toContain('5ec2e7');

      await page.getByRole('link', { name: 'Editar' }).click();
      await page.getByLabel('Nombre').fill('Guardia nocturna');
      await page.getByRole('button', { name: 'Guardar cambios' }).click();
      await expect(page.getByRole('heading', { name: 'Guardia nocturna' })).toBeVisible();

      await page.getByRole('link', { name: 'Envíos' }).click();
      await expect(page.locator('[data-delivery]')).toHaveCount(2);
      await page.getByRole('link', { name: 'No entregados' }).click();
      await page.getByRole('button', { name: 'Volver a enviar' }).click();
      await expect(page.getByRole('status')).toContainText('Se vuelve a enviar');
      await expect(page.locator('[data-delivery=pending]')).toHaveCount(1);

      await page.getByRole('link', { name: 'Canales' }).click();
      await page.getByRole('link', { name: 'Eliminar' }).click();
      await page.getByLabel('Sí, eliminar').check();
      await page.getByRole('button', { name: 'Eliminar' }).click();
      await expect(page.getByText('Todavía no hay canales')).toBeVisible();
    });
  });
}

for (const [width, look] of [
  ['desktop', 'light'],
  ['desktop', 'dark'],
  ['phone', 'light'],
  ['phone', 'dark'],
] as const) {
  test.describe(`on a ${width}, ${look}`, () => {
    test.use({ ...(width === 'phone' ? PHONE : {}), colorScheme: look });

    test('the pages of channels fit and are accessible', async ({ page, panel }) => {
      await forget(panel.services);
      await fill(panel.services);
      const [channel] = await panel.services.store.db
        .selectFrom('delivery_channels')
        .select('id')
        .execute();
      for (const path of [
        'channels',
        'channels/new',
        'channels/new?kind=telegram',
        `channels/${channel?.id}/edit`,
        `channels/${channel?.id}/secret`,
        `channels/${channel?.id}/delete`,
        'deliveries',
        'deliveries?state=sent',
      ]) {
        await page.goto(`/futurelab_ai/admin/alerts/${path}`);
        await expectFits(page);
        await expectAccessible(page);
      }
    });
  });
}
