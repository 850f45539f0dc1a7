import { utcDayOf, utcDayStart } from '../../src/history/slots.ts';
import { plantAccount, plantHours, plantSeries, plantWindows } from '../support/planted-history.ts';
import { expect, expectAccessible, expectFits, forgetAccounts, NOW, test } from './panel.ts';

// Other tests of the same panel begin with no account.
test.afterEach(async ({ panel }) => {
  const { db } = panel.services.store;
  await db.deleteFrom('usage_slots').execute();
  await db.deleteFrom('usage_series').execute();
  await forgetAccounts(panel);
});

test('old usage is deleted only after the page has shown how much that is', async ({
  page,
  panel,
}) => {
  const { db } = panel.services.store;
  const day = utcDayOf(NOW) - 500;
  await plantAccount(db, 'old');
  await plantWindows(db, 'old', [day]);
  const series = await plantSeries(db, 'old', 'fal-ai/flux/dev');
  await plantHours(db, series, [{ at: utcDayStart(day), cost: 1n }]);

  await page.goto('/admin/settings');
  await page.getByLabel('400 días', { exact: true }).check();
  await page.getByRole('button', { name: 'Guardar ajustes' }).click();
  await expect(page.getByText('Esto elimina para siempre el uso')).toBeVisible();
  await expect(page.getByText('Filas por hora: 1')).toBeVisible();
  await expectAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  await expectFits(page);
  await expectAccessible(page);

  await page.getByLabel('Sí, eliminar ese uso').check();
  await page.getByRole('button', { name: 'Guardar ajustes' }).click();
  await expect(page.getByRole('status')).toContainText('Ajustes guardados');
  await expect(page.getByRole('radio', { name: '400 días' })).toBeChecked();
});
