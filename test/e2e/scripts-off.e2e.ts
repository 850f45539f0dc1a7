import * as faults from '../../src/demo/faults.ts';
import { expect, expectAccessible, LAST_DAY, openWith, test } from './panel.ts';

test.use({ javaScriptEnabled: false });

test('Ver Uso posts the form and the whole page comes back with the result', async ({
  page,
  fal,
}) => {
  await openWith(page, fal.keys.admin);
  await page.getByRole('button', { name: 'Ver Uso' }).click();
  const cost = (Number(fal.truth(LAST_DAY).costNano) / 1e9).toFixed(2);
  await expect(page.locator('.headline')).toContainText(cost);
  await expect(page.locator('#api_key')).toHaveValue('');
  expect(await page.content()).not.toContain(fal.keys.admin.split(':')[1]);
  await expect(page.getByRole('img', { name: /Costo por hora/ })).toBeVisible();
});

test('Probar conexión works as well', async ({ page, fal }) => {
  await openWith(page, fal.keys.api);
  await page.getByRole('button', { name: 'Probar conexión' }).click();
  await expect(page.locator('[data-verdict=admin_scope_missing]')).toBeVisible();
});

test('dates can be chosen, and stand in the form again', async ({ page, fal }) => {
  await openWith(page, fal.keys.admin);
  await page.getByLabel('Personalizado').check();
  await page.getByLabel('Desde').fill('2026-03-01');
  await page.getByLabel('Hasta').fill('2026-03-03');
  await page.getByRole('button', { name: 'Ver Uso' }).click();
  await expect(page.locator('[data-result]')).toBeVisible();
  await expect(page.getByLabel('Desde')).toHaveValue('2026-03-01');
  await expect(page.locator('#period-custom')).toBeChecked();
});

test('a trouble is shown on the page, with its status', async ({ page, fal }) => {
  fal.fault(/./, faults.lockNotice());
  await openWith(page, fal.keys.admin);
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.request().method() === 'POST'),
    page.getByRole('button', { name: 'Ver Uso' }).click(),
  ]);
  expect(response.status()).toBe(403);
  await expect(page.locator('[data-problem=account_locked]')).toBeVisible();
  await expect(page.locator('#ask')).toBeVisible();
});

test('the language switch is a link', async ({ page }) => {
  await page.goto('/futurelab_ai/admin/config');
  await page.getByRole('link', { name: 'English' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect(new URL(page.url()).pathname).toBe('/futurelab_ai/admin/config');
});

test.describe('accessibility', () => {
  test.use({ javaScriptEnabled: true });
  test('of the page that comes back whole has no violations', async ({ page, fal }) => {
    await page.route('**/htmx*', (route) => route.abort());
    await openWith(page, fal.keys.admin);
    await page.getByRole('button', { name: 'Ver Uso' }).click();
    await expect(page.locator('[data-result]')).toBeVisible();
    await expectAccessible(page);
  });
});
