import { expect, expectAccessible, expectFits, openWith, press, test } from './panel.ts';

test('on a phone the answer fits the screen, and nothing scrolls sideways', async ({
  page,
  fal,
}) => {
  await openWith(page, fal.keys.admin);
  await page.locator('#show-usage').tap();
  await expect(page.locator('[data-result]')).toBeVisible();
  await expectFits(page);
  await expect(page.getByRole('img', { name: /Costo por hora/ })).toBeVisible();
  await expectAccessible(page);
});

test('buttons and choices are large enough for a thumb', async ({ page, fal }) => {
  await openWith(page, fal.keys.admin);
  await press(page, 'Probar conexión');
  const targets = page.locator(
    '#ask button, #ask .segments label span, a.button, #ask select, #ask input[type=password]',
  );
  const boxes = await targets.evaluateAll((all) =>
    all.map((one) => one.getBoundingClientRect().height),
  );
  expect(boxes.length).toBeGreaterThan(6);
  expect(Math.min(...boxes)).toBeGreaterThanOrEqual(43.5);
});
