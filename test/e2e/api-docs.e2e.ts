import { expect, expectAccessible, test } from './panel.ts';

const DOCS = '/futurelab_ai/api/docs';

test('the API is read without signing in and without scripts, in both languages', async ({
  browser,
  panel,
}) => {
  const context = await browser.newContext({
    ...{ javaScriptEnabled: false, baseURL: panel.url, locale: 'es-MX' },
  });
  const page = await context.newPage();
  await page.goto(DOCS);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('API del panel');
  await page.getByRole('link', { name: 'POST /api/v1/planned-events/check' }).click();
  const operation = page.getByRole('article', { name: /planned-events\/check/ });
  await expect(operation).toBeInViewport();
  await operation.getByText('Cuerpo', { exact: true }).click();
  await expect(operation.getByText('credit_limit', { exact: true }).first()).toBeVisible();
  await page.getByRole('link', { name: 'English' }).click();
  await expect(page).toHaveURL(`${panel.url}${DOCS}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The panel’s API');
  await context.close();
});

test('from the tokens it is one step away, and back', async ({ page }) => {
  await page.goto('/futurelab_ai/admin/tokens');
  await page.getByRole('link', { name: 'Qué puede preguntar un programa' }).click();
  await page.getByRole('link', { name: 'Crear un token' }).click();
  await expect(page).toHaveURL(/\/futurelab_ai\/admin\/tokens$/);
});

for (const theme of ['light', 'dark'] as const) {
  test(`it can be used by everybody, ${theme}, on a phone too`, async ({
    page,
    panel,
    context,
  }) => {
    test.slow();
    await context.addCookies([{ name: 'theme', value: theme, url: panel.url }]);
    await page.setViewportSize({ width: 360, height: 780 });
    await page.goto(DOCS);
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await page.locator('details').evaluateAll((all) => {
      for (const details of all) (details as HTMLDetailsElement).open = true;
    });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wider).toBeLessThanOrEqual(0);
    await expectAccessible(page);
  });
}
