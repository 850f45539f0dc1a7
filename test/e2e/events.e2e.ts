import type { Page } from '@playwright/test';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { planEvent } from '../../src/planner/change-events.ts';
import { readEvent } from '../../src/planner/event-request.ts';
import { syncOnce } from '../history/synced.ts';
import {
  addAccount,
  expect,
  expectAccessible,
  expectFits,
  forgetAccounts,
  type signInTo,
  test,
} from './panel.ts';

// Accounts and events are seen by every test of this file.
test.describe.configure({ mode: 'serial' });
test.beforeEach(({ panel }) => forgetAccounts(panel));
test.afterAll(({ panel }) => forgetAccounts(panel));

type PanelFixture = Parameters<typeof signInTo>[1];

const KLING = 'fal-ai/kling-video/v2.1/standard';
const MARGINS = { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' };

async function store(panel: PanelFixture) {
  const account = await addAccount(panel, 'Cabinas');
  await syncOnce(panel, account.slug);
  return account;
}

async function plan(panel: PanelFixture, fields: object = {}) {
  const account = await store(panel);
  const event = await planEvent(
    panel.services,
    COMMAND_LINE,
    account.id,
    readEvent(
      {
        name: 'Una boda con un nombre bastante largo que no cabe en una sola línea',
        venue: 'Hacienda San José',
        client: 'Ana y Luis',
        note: 'Dos cabinas, una en el jardín.\nLlegar a las 17:00.',
        starts_at: '2026-03-14T20:00',
        ends_at: '2026-03-15T02:00',
        participants: 300,
        concurrency: 10,
        ...fields,
      },
      { timezone: account.timezone, now: panel.services.now() },
    ),
  );
  return `/admin/events/${event.id}`;
}

async function fillIn(page: Page): Promise<void> {
  await page.getByLabel('Nombre', { exact: true }).fill('Boda de Ana');
  await page.getByLabel('Lugar').fill('Hacienda San José');
  await page.getByLabel('Empieza').fill('2026-03-14T20:00');
  await page.getByLabel('Termina').fill('2026-03-15T02:00');
  await page.getByLabel('Participantes', { exact: true }).fill('300');
  await page.getByLabel('Modelo 1', { exact: true }).fill(KLING);
  await page.getByLabel('Unidades por resultado del modelo 1').fill('5');
}

async function fillAndSave(page: Page): Promise<void> {
  await fillIn(page);
  await page.getByRole('button', { name: 'Guardar y comprobar' }).click();
}

for (const scripts of [false, true]) {
  test.describe(scripts ? 'with scripts' : 'scripts off', () => {
    test.use({ javaScriptEnabled: scripts });

    test('an event is planned, its verdict read, a model swapped, and it is deleted', async ({
      page,
      panel,
    }) => {
      await store(panel);
      await page.goto('/futurelab_ai/admin/events');
      await page.getByRole('main').getByRole('link', { name: 'Planear un evento' }).click();
      await fillAndSave(page);
      await expect(page.getByRole('status')).toHaveText('✓ El evento quedó planeado.');
      await expect(page.locator('[data-verdict]').first()).toContainText(
        /costará entre \$71\.40 y \$101\.43/,
      );
      await expect(page.getByText('precio de lista de fal')).toBeVisible();

      // Nobody is fast enough to choose before the script is there.
      await page.waitForLoadState();
      await page.getByLabel('Usar', { exact: true }).selectOption('fal-ai/flux/dev');
      if (!scripts) await page.getByRole('button', { name: 'Calcular' }).click();
      await expect(page.locator('#what-if-answer')).toContainText('Lo mismo con flux/dev cuesta $');
      await expect(page).toHaveURL(/to=fal-ai%2Fflux%2Fdev/);
      await page.reload();
      await expect(page.locator('#what-if-answer')).toContainText('Lo mismo con flux/dev cuesta $');

      await page.getByRole('link', { name: 'Eventos' }).first().click();
      await expect(page.locator('.events li')).toContainText('Boda de Ana');
      await page.getByRole('link', { name: 'Boda de Ana' }).click();
      await page.getByRole('link', { name: 'Editar' }).click();
      await page.getByLabel('Participantes', { exact: true }).fill('0');
      await page.getByRole('button', { name: 'Guardar y comprobar' }).click();
      await expect(page.locator('[data-verdict=enough]')).toBeVisible();
      await page.getByRole('link', { name: 'Eliminar' }).click();
      await page.getByLabel(/Sí, quiero eliminar/).check();
      await page.getByRole('button', { name: 'Eliminar el evento' }).click();
      await expect(page.getByRole('heading', { name: 'Todavía no hay eventos' })).toBeVisible();
    });
  });
}

test('a row for another model is there once the one before it is filled in, and a fault has the focus', async ({
  page,
  panel,
}) => {
  await store(panel);
  await page.goto('/admin/events/new');
  await expect(page.getByLabel('Modelo 2', { exact: true })).toBeHidden();
  await fillIn(page);
  await page.getByLabel('Parte del modelo 1').fill('60');
  await page.getByLabel('Modelo 2', { exact: true }).fill('fal-ai/flux/dev');
  await expect(page.getByLabel('Modelo 3', { exact: true })).toBeVisible();
  await page.getByLabel('Parte del modelo 2').fill('30');
  await page.keyboard.press('Enter');
  await expect(page.locator('#models-fault')).toContainText('sumar 100%');
  await expect(page.getByLabel('Modelo 1', { exact: true })).toBeFocused();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
  }
});

test('the slider asks again while it moves, and the address keeps where it is', async ({
  page,
  panel,
}) => {
  await page.goto(await plan(panel));
  await page.getByLabel('Participantes').focus();
  await page.keyboard.press('End');
  await expect(page.locator('#what-if-answer')).toContainText('Con 600 participantes');
  await expect(page).toHaveURL(/participants=600/);
});

for (const [format, many] of [
  ['Letter', false],
  ['A4', false],
  ['A4', true],
] as const) {
  test(`the check sheet is one page of ${format}, ${many ? 'twenty models' : 'the usual models'}`, async ({
    page,
    panel,
  }) => {
    const models = Array.from({ length: 20 }, (_, index) => ({
      endpoint_id: `fal-ai/some-model-with-a-long-name/v${index}/image-to-video`,
      share: 5,
    }));
    await page.goto(await plan(panel, many ? { models, price_per_output: 1.5 } : {}));
    const pdf = (await page.pdf({ format, margin: MARGINS })).toString('latin1');
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByText('Hacienda San José').first()).toBeVisible();
    await expect(page.locator('#what-if')).toBeHidden();
  });
}

test('the calendar is downloaded from the page', async ({ page, panel }) => {
  await plan(panel);
  await page.goto('/admin/events');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Descargar calendario' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('fal-events.ics');
});

for (const [lang, width, colorScheme] of [
  ['es', 1280, 'light'],
  ['en', 390, 'dark'],
] as const) {
  test(`all pages are accessible in ${lang}, ${width} wide and ${colorScheme}`, async ({
    page,
    panel,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(`/admin/events?lang=${lang}`);
    await expectAccessible(page);
    const path = await plan(panel, { participants: 100_000 });
    for (const address of [
      '/admin/events',
      '/admin/events/new',
      path,
      `${path}?participants=50&from=&to=fal-ai/flux/dev`,
      `${path}/edit`,
      `${path}/delete`,
    ]) {
      await page.goto(address);
      await expectAccessible(page);
      await expectFits(page);
    }
  });
}
