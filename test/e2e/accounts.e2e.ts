import type { Page } from '@playwright/test';
import {
  addAccount,
  expect,
  expectAccessible,
  expectFits,
  forgetAccounts,
  LAST_DAY,
  press,
  signInTo,
  test,
} from './panel.ts';

// Accounts are seen by every test of this file: each begins with none, one after the other.
test.describe.configure({ mode: 'serial' });
test.beforeEach(({ panel }) => forgetAccounts(panel));
test.afterAll(({ panel }) => forgetAccounts(panel));

const NAME = 'Cabinas México';

async function fillAndSave(page: Page, key: string): Promise<void> {
  await page.getByLabel('Nombre', { exact: true }).fill(NAME);
  await page.getByLabel('Nota').fill('De Ana');
  await page.getByLabel('Color 5').check({ force: true });
  await page.getByLabel('Clave de API de fal').fill(key);
  await page.getByRole('button', { name: 'Probar y guardar' }).click();
}

for (const scripts of [true, false]) {
  test.describe(scripts ? 'with scripts' : 'scripts off', () => {
    test.use({ javaScriptEnabled: scripts });

    test('an account is added, asked, given another key and deleted', async ({ page, fal }) => {
      await page.goto('/futurelab_ai/admin/config');
      await page.getByRole('link', { name: 'Guárdala cifrada como cuenta' }).click();
      await fillAndSave(page, 'nobody:knows-this-key');
      await expect(page.locator('[data-field=api_key]')).toBeVisible();
      await expect(page.getByLabel('Clave de API de fal')).toHaveValue('');
      await fillAndSave(page, fal.keys.admin);
      await expect(page.getByRole('status')).toHaveText('✓ La cuenta quedó guardada.');
      await expect(page.locator('[data-verdict=ready]')).toBeVisible();

      await page.getByRole('main').getByRole('link', { name: 'Ver Uso' }).click();
      await expect(page.locator('.asked-account')).toContainText('Cabinas México');
      await page.goto('/futurelab_ai/admin/config');
      await page.getByRole('button', { name: 'Ver Uso' }).click();
      const cost = (Number(fal.truth(LAST_DAY).costNano) / 1e9).toFixed(2);
      await expect(page.locator('.headline')).toContainText(cost);
      await expect(page.locator('.asked-account')).toContainText('Cabinas México');

      await page.getByRole('link', { name: 'Cuentas de fal' }).first().click();
      await page.getByRole('link', { name: 'Cabinas México' }).first().click();
      await page.getByRole('link', { name: 'Cambiar la clave' }).click();
      await page.getByLabel('Clave de API de fal').fill(fal.keys.empty);
      await page.getByRole('button', { name: 'Probar y guardar' }).click();
      await expect(page.getByText('…00e0').first()).toBeVisible();

      await page.getByRole('link', { name: 'Eliminar' }).click();
      await page.getByLabel(/Sí, quiero eliminar/).check();
      await page.getByRole('button', { name: 'Eliminar la cuenta' }).click();
      await expect(page.getByRole('heading', { name: 'Todavía no hay cuentas' })).toBeVisible();
    });
  });
}

test('another key can be used in the place of the account', async ({ page, panel, fal }) => {
  await addAccount(panel, NAME);
  await page.goto('/admin/config');
  await expect(page.locator('#api_key')).toBeHidden();
  await page.getByText('Usar otra clave').click();
  await page.locator('#api_key').fill(fal.keys.empty);
  await press(page, 'Ver Uso');
  await expect(page.getByText('No hubo uso en este período')).toBeVisible();
  await expect(page.locator('.asked-account')).toHaveCount(0);
  await page.locator('#api_key').fill('');
  await press(page, 'Probar conexión');
  await expect(page.locator('.asked-account')).toContainText('Cabinas México');
});

test('a viewer can test a key of their own, not the stored one', async ({ browser, panel }) => {
  await addAccount(panel, NAME);
  const context = await browser.newContext({ baseURL: panel.url });
  await signInTo(context, panel, 'viewer');
  const page = await context.newPage();
  await page.goto('/admin/config');
  await expect(page.getByRole('button', { name: 'Probar conexión' })).toBeHidden();
  await page.getByText('Usar otra clave').click();
  await expect(page.getByRole('button', { name: 'Probar conexión' })).toBeVisible();
  await press(page, 'Ver Uso');
  await context.close();
});

test('the page’s own script asks with the session, without a key', async ({ page, panel }) => {
  await addAccount(panel, NAME);
  await page.goto('/admin/config');
  const answer = await page.evaluate(async () => {
    const response = await fetch('/api/config/falai-usage', { method: 'POST' });
    return response.json();
  });
  expect(answer).toMatchObject({ ok: true, usage: { account: 'cabinas-mexico' } });
});

for (const [lang, width, colorScheme] of [
  ['es', 1280, 'light'],
  ['en', 390, 'dark'],
] as const) {
  test.describe(`in ${lang}, ${width} wide and ${colorScheme}`, () => {
    test.use({ viewport: { width, height: 900 }, colorScheme });

    test('all pages are accessible', async ({ page, panel }) => {
      const { id } = await addAccount(panel, NAME);
      await addAccount(
        panel,
        'Una cuenta con un nombre bastante largo que no cabe en una sola línea',
      );
      await page.goto(`/admin/accounts?lang=${lang}`);
      const paths = ['', '/new', `/${id}`, `/${id}/edit`, `/${id}/key`, `/${id}/delete`];
      for (const path of [...paths.map((each) => `/admin/accounts${each}`), '/admin/config']) {
        await page.goto(path);
        await expectAccessible(page);
        await expectFits(page);
      }
    });

    test('a refused key and a verdict are accessible', async ({ page, panel }) => {
      const { id } = await addAccount(panel, NAME);
      await page.goto(`/admin/accounts/new?lang=${lang}`);
      await page.locator('#name').fill('x');
      await page.locator('#api_key').fill('nobody:knows-this-key');
      await page.locator('.account-page form button').click();
      await expect(page.locator('[data-field=api_key]')).toBeVisible();
      await expectAccessible(page);
      await page.goto(`/admin/accounts/${id}`);
      await page.locator('form[action$="/test"] button').click();
      await expect(page.locator('[data-verdict]')).toBeVisible();
      await expectAccessible(page);
    });
  });
}
