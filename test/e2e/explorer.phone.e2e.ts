import { test } from './explored.ts';
import { expect, expectAccessible, expectFits } from './panel.ts';

const WEEK = '/admin/usage?account=futurelab&period=7d&compare=previous';

test('on a phone figures come first, and the question is folded above them', async ({ page }) => {
  await page.goto(WEEK);
  await expect(page.locator('.headline')).toBeInViewport();
  await expect(page.getByLabel('Agrupar por')).toBeHidden();
  await page.locator('.asked > summary').tap();
  await page.getByLabel('Agrupar por').selectOption('Unidad');
  await page.getByRole('button', { name: 'Mostrar' }).tap();
  await expect(page.getByRole('heading', { name: /por unidad/ })).toBeVisible();
});

test('nothing is wider than the screen, folded or not', async ({ page }) => {
  for (const path of [
    WEEK,
    '/admin/usage?account=&period=30d&group_by=api_key&timeframe=hour',
    '/admin/usage?account=futurelab&period=custom',
    '/admin/usage/request?account=futurelab&id=no-such-request-with-a-rather-long-name',
  ]) {
    await page.goto(path);
    for (const folded of await page.locator('main details:not([open]) > summary').all()) {
      if (await folded.isVisible()) await folded.tap();
    }
    await expectFits(page);
  }
});

test('the narrow drawing is shown, a touch tells its parts, and all is accessible', async ({
  page,
}) => {
  await page.goto(WEEK);
  await expect(page.locator('.chart-narrow')).toBeVisible();
  await expect(page.locator('.chart-wide')).toBeHidden();
  await page.locator('.chart-narrow .column').nth(3).hover();
  await expect(page.locator('[data-told]')).toContainText('mar 3 de mar');
  await expectAccessible(page);
});

test('buttons and choices are large enough for a thumb', async ({ page }) => {
  await page.goto(WEEK);
  await page.locator('.asked > summary').tap();
  const heights = await page
    .locator(
      '#ask .segments span, #ask select, #ask button, #ask summary, .exports a, #look-up button',
    )
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height).filter(Boolean));
  expect(heights.length).toBeGreaterThan(12);
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(43.5);
});
