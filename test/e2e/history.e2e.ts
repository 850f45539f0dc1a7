import type { Page } from '@playwright/test';
import { findAccount } from '../../src/accounts/accounts.ts';
import * as faults from '../../src/demo/faults.ts';
import { test } from './explored.ts';
import { expect, expectAccessible, expectFits, PHONE, press } from './panel.ts';

/** The part of the page that is about an account. */
const copyOf = (page: Page, name: string) => page.getByRole('article', { name });

test('with the keyboard an account is paused and resumed, and the page says so', async ({
  page,
}) => {
  await page.goto('/admin/history');
  const copy = copyOf(page, 'FutureLab');
  await copy.getByRole('button', { name: 'Pausar' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('en pausa');
  await expect(copy.locator('[data-state=paused]')).toBeVisible();
  await expect(copy.getByRole('button', { name: 'Leer ahora' })).toHaveCount(0);
  await expectAccessible(page);

  await copy.getByRole('button', { name: 'Reanudar' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('se reanudó');
  await expect(copy.locator('[data-state=paused]')).toHaveCount(0);
  await expect(copy.getByRole('button', { name: 'Pausar' })).toBeVisible();
});

test('a period is read again once its days make sense', async ({ page, panel }) => {
  await page.goto('/admin/history');
  await copyOf(page, 'FutureLab').getByRole('link', { name: 'Volver a leer un período' }).click();
  await page.getByLabel('Desde').fill('2026-03-05');
  await page.getByLabel('Hasta').fill('2026-03-01');
  await page.getByRole('button', { name: 'Volver a leer' }).click();
  await expect(page.getByLabel('Hasta')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Desde')).toHaveValue('2026-03-05');
  await expectAccessible(page);

  await page.getByLabel('Hasta').fill('2026-03-06');
  await page.getByRole('button', { name: 'Volver a leer' }).click();
  await expect(page).toHaveURL(/\/admin\/history/);
  await expect(page.getByRole('status')).toBeVisible();
  const { db } = panel.services.store;
  const account = await findAccount(db, 'futurelab');
  const stale = await db
    .selectFrom('sync_windows')
    .select('day')
    .where('account_id', '=', account?.id ?? '')
    .where('is_stale', '=', 1)
    .execute();
  // Two days of Mexico City touch three of UTC.
  expect(stale).toHaveLength(3);
});

test.describe('on a phone in the dark', () => {
  test.use({ ...PHONE, colorScheme: 'dark' });

  test('nothing is wider than the screen, in both languages, and all is accessible', async ({
    page,
  }) => {
    for (const [language, title] of [
      ['es', 'Historial'],
      ['en', 'History'],
    ]) {
      await page.goto(`/admin/history?lang=${language}`);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title ?? '');
      await expectFits(page);
      await expectAccessible(page);
    }
  });
});

test.describe('with scripts off', () => {
  test.use({ javaScriptEnabled: false });

  test('a reading is asked for, and the page is asked for again by a link', async ({ page }) => {
    await page.goto('/admin/history');
    await copyOf(page, 'Bodas').getByRole('button', { name: 'Leer ahora' }).click();
    await expect(page.getByRole('status')).toBeVisible();
    await page.getByRole('link', { name: 'Actualizar' }).click();
    await expect(copyOf(page, 'Bodas').locator('[data-state]')).toBeVisible();
  });
});

test('with fal away Ver Uso shows the local copy, and how old it is', async ({ page, fal }) => {
  fal.fault(/./, faults.failWith(503), Infinity);
  await page.goto('/admin/config?account=futurelab');
  await press(page, 'Ver Uso');
  const result = page.locator('[data-result]');
  await expect(result.locator('.freshness')).toContainText('copia local');
  await expect(result.locator('.headline')).toContainText('$');
  await expect(result.locator('.freshness time')).toHaveAttribute('title', /7 mar 2026, 21:20/);
  await expectAccessible(page);
});
