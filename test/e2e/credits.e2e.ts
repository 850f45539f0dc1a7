import type { Page } from '@playwright/test';
import { findAccount } from '../../src/accounts/accounts.ts';
import { recordBalance } from '../../src/history/balance-samples.ts';
import { NANO_PER_UNIT } from '../../src/money.ts';
import { storeAccount } from '../support/stored-account.ts';
import { expect, expectAccessible, expectFits, forgetAccounts, NOW, PHONE, test } from './panel.ts';

const LEDGER = '/admin/credits/cabinas/ledger';

// Each begins with an account of its own whose balance rose by $50.00 yesterday.
test.describe.configure({ mode: 'serial' });
test.beforeEach(async ({ panel }) => {
  await forgetAccounts(panel);
  const { services, fal } = panel;
  await storeAccount(services, { slug: 'cabinas', name: 'Cabinas', key: fal.keys.admin });
  const account = await findAccount(services.store.db, 'cabinas');
  await services.store.db.transaction().execute(async (trx) => {
    for (const [minutes, dollars] of [
      [0, 20n],
      [5, 70n],
    ] as const) {
      const at = NOW.subtract({ hours: 24 }).add({ minutes });
      const balance = { balance: dollars * NANO_PER_UNIT, currency: 'USD' };
      await recordBalance(trx, account?.id ?? '', at, balance);
    }
  });
});
test.afterAll(({ panel }) => forgetAccounts(panel));

async function writeDown(page: Page, amount: string): Promise<void> {
  await page.goto(`${LEDGER}/new`);
  await page.getByLabel('Monto').fill(amount);
  await page.getByLabel('Cuándo').fill('2026-03-01T10:00');
  await page.getByLabel('Nota').fill('recibo 17');
  await page.getByRole('button', { name: 'Anotar', exact: true }).click();
}

test('with the keyboard a proposed purchase is confirmed, and is proposed no more', async ({
  page,
}) => {
  await page.goto('/admin/credits');
  const proposal = page.locator('[data-proposal]');
  await expect(proposal).toContainText('Parece que compraste unos $50.00 el 6 mar 2026');
  // The live balance comes and takes the place of the block.
  await expect(page.locator('[data-answered]')).toBeVisible();
  await proposal.getByRole('link', { name: 'Anotar la compra' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Monto')).toHaveValue('50');
  await expect(page.getByLabel('Cuándo')).toHaveValue('2026-03-06T21:25');
  await expectAccessible(page);
  await page.getByLabel('Monto').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('Quedó anotado.');
  await expect(page.getByRole('row', { name: /compra.*\$50\.00.*6 mar 2027/ })).toBeVisible();
  await page.goto('/admin/credits');
  await expect(page.locator('[data-proposal]')).toHaveCount(0);
});

test('a rise that was no purchase is dismissed', async ({ page }) => {
  await page.goto('/admin/credits');
  await expect(page.locator('[data-answered]')).toBeVisible();
  await page.getByRole('button', { name: 'No fue una compra' }).click();
  await expect(page.getByRole('status')).toContainText('no se volverá a proponer');
  await page.goto('/admin/credits');
  await expect(page.locator('[data-proposal]')).toHaveCount(0);
});

test('a chosen file is read into the form, and the lines that are wrong have the focus', async ({
  page,
}) => {
  await page.goto(`${LEDGER}/import`);
  const text = page.getByLabel('Contenido del CSV');
  // As a spreadsheet writes it where nobody told it of UTF-8.
  const buffer = Buffer.from('date;amount;note\n2026-01-31;50,25;Boda de Íñigo\n', 'latin1');
  await page
    .getByLabel('Archivo')
    .setInputFiles({ name: 'créditos.csv', mimeType: 'text/csv', buffer });
  await expect(text).toHaveValue(/50,25;Boda de Íñigo/);
  await expect(text).toBeFocused();

  await text.fill('date,amount\n2026-02-31,5');
  await page.getByRole('button', { name: 'Importar' }).click();
  await expect(page.locator('[data-bad-lines]')).toBeFocused();
  await expect(page.locator('[data-bad-lines]')).toContainText('Línea 2: date: No entendemos');
});

test.describe('with scripts off', () => {
  test.use({ javaScriptEnabled: false });

  test('a purchase is written down, corrected in sight and taken back', async ({ page }) => {
    await writeDown(page, '0');
    await expect(page.locator('#amount-fault')).toHaveText('No puede ser cero.');
    await expect(page.getByLabel('Nota')).toHaveValue('recibo 17');
    await page.getByLabel('Monto').fill('10');
    await page.getByRole('button', { name: 'Anotar', exact: true }).click();
    await expect(page.getByRole('status')).toContainText('Quedó anotado.');

    await page.getByRole('link', { name: 'Corregir' }).click();
    await expect(page.getByLabel('Vence', { exact: false }).first()).toHaveValue(
      '2027-03-01T10:00',
    );
    await page.getByLabel('Monto').fill('12.5');
    await page.getByRole('button', { name: 'Guardar la corrección' }).click();
    await expect(page.getByRole('status')).toContainText('Quedó corregido.');
    const entry = page.locator('[data-entry]');
    await expect(entry).toContainText('$12.50');
    await expect(entry.locator('.before')).toContainText('$10.00');

    await page.getByRole('link', { name: 'Anular' }).click();
    await page.getByRole('button', { name: 'Anular la anotación' }).click();
    await expect(page.getByRole('status')).toContainText('anulada');
    await expect(page.getByRole('link', { name: 'Corregir' })).toHaveCount(0);
  });

  test('a file is imported once all of its lines are right', async ({ page }) => {
    await page.goto(`${LEDGER}/import`);
    const text = page.getByLabel('Contenido del CSV');
    await text.fill('date,amount\n2026-01-31,50\n2026-02-31,5');
    await page.getByRole('button', { name: 'Importar' }).click();
    await expect(page.locator('[data-bad-lines]')).toContainText('Línea 3');
    await text.fill('date,amount\n2026-01-31,50\n2026-02-28,5');
    await page.getByRole('button', { name: 'Importar' }).click();
    await expect(page.getByRole('status')).toContainText('Todo quedó anotado.');
    await expect(page.locator('[data-entry]')).toHaveCount(2);
  });
});

for (const { name, use } of [
  { name: 'on a phone in the dark', use: { ...PHONE, colorScheme: 'dark' as const } },
  { name: 'on a wide screen', use: {} },
]) {
  test.describe(name, () => {
    test.use(use);

    for (const lang of ['es', 'en']) {
      test(`nothing is wider than the screen, and all is accessible, in ${lang}`, async ({
        page,
      }) => {
        await writeDown(page, '10');
        await writeDown(page, '1234.567');
        const id = await page.locator('[data-entry]').first().getAttribute('data-entry');
        await page.goto(`/admin/credits?lang=${lang}`);
        await expect(page.locator('[data-answered]')).toBeVisible();
        for (const path of [
          ...['/admin/credits', LEDGER, `${LEDGER}/new`, `${LEDGER}/import`],
          ...[`${LEDGER}/${id}/correction`, `${LEDGER}/${id}/void`],
        ]) {
          if (path !== '/admin/credits') await page.goto(path);
          await expectAccessible(page);
          await expectFits(page);
        }
        await page.goto(LEDGER);
        // On a phone its rows are cards, and are rows nevertheless.
        await expect(page.getByRole('row', { name: /\$1,234\.57/ }).first()).toBeVisible();
      });
    }
  });
}

test('forms with faults are accessible, on a phone in the dark and on a wide screen', async ({
  page,
}) => {
  for (const [lang, width, colorScheme] of [
    ['es', 390, 'dark'],
    ['en', 1280, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme });
    await page.goto(`${LEDGER}/new?lang=${lang}`);
    await page.locator('#amount').fill('5');
    await page.locator('#currency').fill('¤');
    await page.locator('.account-page form button').click();
    await expect(page.locator('#currency-fault')).toBeVisible();
    await expectFits(page);
    await expectAccessible(page);
    await page.goto(`${LEDGER}/import`);
    await page.locator('#csv').fill('date,amount\n2026-01-31,0');
    await page.locator('.account-page form button').click();
    await expect(page.locator('[data-bad-lines]')).toBeVisible();
    await expectFits(page);
    await expectAccessible(page);
  }
});
