import type { Page } from '@playwright/test';
import { plantIncident } from '../alerts/planted-incident.ts';
import { syncOnce } from '../history/synced.ts';
import {
  addAccount,
  expect,
  expectAccessible,
  expectFits,
  forgetAccounts,
  PHONE,
  type signInTo,
  test,
} from './panel.ts';

type PanelFixture = Parameters<typeof signInTo>[1];

// Accounts, rules and alerts are seen by every test of this file.
test.describe.configure({ mode: 'serial' });
test.beforeEach(({ panel }) => forgetAll(panel));
test.afterAll(({ panel }) => forgetAll(panel));

async function forgetAll(panel: PanelFixture): Promise<void> {
  const { db } = panel.services.store;
  await db.deleteFrom('deliveries').execute();
  await forgetAccounts(panel);
  await db.deleteFrom('alert_rules').execute();
}

async function store(panel: PanelFixture) {
  const account = await addAccount(panel, 'Cabinas');
  await syncOnce(panel, account.slug);
  return account;
}

/** Something grave that people were told of, and something that nobody has seen. */
async function plantTwo(panel: PanelFixture): Promise<string> {
  const { slug: account } = await store(panel);
  await plantIncident(panel.services, { account, severity: 'info', hoursAgo: 30, spent: '6.10' });
  await plantIncident(panel.services, { account, state: 'resolved', hoursAgo: 200, spent: '9.99' });
  return plantIncident(panel.services, {
    account,
    severity: 'critical',
    spent: '70.25',
    told: [
      { channel: 'Slack del equipo', state: 'sent' },
      { channel: 'Correo de Ana', state: 'dead' },
    ],
  });
}

async function openForm(page: Page): Promise<void> {
  await page.goto('/futurelab_ai/admin/alerts/rules');
  await page.getByRole('main').getByRole('link', { name: 'Nueva regla' }).click();
  await page
    .getByRole('main')
    .getByRole('link', { name: /^Gasto/ })
    .first()
    .click();
  await page.getByLabel('Monto').fill('0,02');
}

for (const scripts of [false, true]) {
  test.describe(scripts ? 'with scripts' : 'scripts off', () => {
    test.use({ javaScriptEnabled: scripts });

    test('a rule is tried, made, changed, switched off and deleted', async ({ page, panel }) => {
      await store(panel);
      await openForm(page);
      await page.waitForLoadState();
      await page.getByRole('button', { name: 'Vista previa' }).click();
      await expect(page.locator('[data-preview]')).toContainText(/Habría avisado \d+ veces/);
      await expect(page.locator('.previewed li').first()).toContainText('$');
      await expect(page.getByLabel('Monto')).toHaveValue('0,02');

      await page.getByLabel('Recordar cada').fill('24');
      await page.getByRole('button', { name: 'Guardar' }).click();
      await expect(page.getByRole('status')).toContainText('La regla quedó creada.');
      await expect(page.locator('[data-rule]')).toContainText('Recuerda cada 24 horas');

      await page.getByRole('link', { name: /^Editar: / }).click();
      await page.getByLabel('Nombre').fill('Gasto de hoy');
      await page.getByRole('button', { name: 'Guardar' }).click();
      await page.getByRole('button', { name: 'Desactivar: Gasto de hoy' }).click();
      await expect(page.locator('[data-rule]')).toContainText('Desactivada');
      await page.getByRole('link', { name: 'Eliminar: Gasto de hoy' }).click();
      await page.getByLabel(/Sí, quiero eliminar/).check();
      await page.getByRole('button', { name: 'Eliminar la regla' }).click();
      await expect(page.getByRole('heading', { name: 'Todavía no hay reglas' })).toBeVisible();
    });

    test('an alert is read, acknowledged and resolved', async ({ page, panel }) => {
      await plantTwo(panel);
      await page.goto('/futurelab_ai/admin/alerts');
      const first = page.locator('.incidents li').first();
      await expect(first).toContainText('Crítica');
      await first.getByRole('button', { name: /^Ya lo veo/ }).click();
      await expect(page.getByRole('status')).toContainText('Anotado');
      await first.getByRole('link').click();
      await expect(page.locator('.incident-entries li')).toHaveCount(2);
      await page.getByRole('button', { name: /^Dar por resuelta/ }).click();
      await expect(page.getByRole('status')).toContainText('La alerta quedó resuelta.');
      await page.getByRole('link', { name: 'Alertas' }).first().click();
      await expect(page.locator('[data-state=resolved]')).toHaveCount(2);
    });
  });
}

test('a fault in the form has the focus, also in the preview a way to it', async ({
  page,
  panel,
}) => {
  await store(panel);
  await openForm(page);
  await page.getByLabel('Monto').fill('nada');
  await page.getByRole('button', { name: 'Vista previa' }).click();
  await page.locator('#preview-answer').getByRole('link', { name: 'Monto' }).click();
  await expect(page.getByLabel('Monto')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('[id="params.amount-fault"]')).toBeVisible();
  await expect(page.getByLabel('Monto')).toBeFocused();
});

test('everything can be reached and done by keys', async ({ page, panel }) => {
  await plantTwo(panel);
  await page.goto('/admin/alerts');
  const button = page.getByRole('button', { name: /^Ya lo veo/ }).first();
  for (let tabs = 0; tabs < 60; tabs += 1) {
    if (await button.evaluate((each) => each === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('Anotado');
});

test('what fal answered makes no page wider than a narrow phone', async ({ page, panel }) => {
  const { slug: account } = await store(panel);
  const said =
    'User is locked. Top up your balance at fal.ai/dashboard/billing/and/a/long/address.';
  const id = await plantIncident(panel.services, { account, said });
  await page.setViewportSize({ width: 320, height: 800 });
  await page.goto(`/admin/alerts/${id}`);
  await expect(page.locator('.incident-numbers')).toContainText(said);
  await expectFits(page);
});

for (const [lang, colorScheme, size] of [
  ['es', 'light', 'desk'],
  ['en', 'dark', 'desk'],
  ['es', 'dark', 'phone'],
  ['en', 'light', 'phone'],
] as const) {
  test.describe(`on a ${size}`, () => {
    test.use(size === 'phone' ? PHONE : {});

    test(`every page fits and is accessible, ${colorScheme}, in ${lang}`, async ({
      page,
      panel,
    }) => {
      test.slow();
      const id = await plantTwo(panel);
      await page.emulateMedia({ colorScheme });
      await page.goto(`/admin/alerts?lang=${lang}`);
      await expectGood(page);
      await page.goto(`/admin/alerts/${id}`);
      await expectGood(page);
      await page.goto('/admin/alerts/rules/new');
      await expectGood(page);
      await page.goto('/admin/alerts/rules/new?kind=spend_above');
      await page.locator('[id="params.amount"]').fill('0.02');
      await page.waitForLoadState();
      await page.locator('button[formaction]').click();
      await expect(page.locator('[data-preview]')).toBeVisible();
      await expectGood(page);
      await page.locator('#rule button').first().click();
      await expect(page.locator('[data-rule]')).toBeVisible();
      await expectGood(page);
    });
  });
}

async function expectGood(page: Page): Promise<void> {
  await expectAccessible(page);
  await expectFits(page);
}
