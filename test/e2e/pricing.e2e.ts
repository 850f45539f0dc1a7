import * as faults from '../../src/demo/faults.ts';
import { takePrices } from '../../src/history/price-snapshot.ts';
import { freeLease } from '../support/planted-history.ts';
import { test as copyTest } from './explored.ts';
import { expect, expectAccessible, expectFits, NOW, PHONE } from './panel.ts';

/** The panel with its usage read, and the prices of that evening. */
const test = copyTest.extend<object, { prices: undefined }>({
  prices: [
    async ({ panel: { services }, copy: __ }, use) => {
      const { store, seal, fal } = services;
      await takePrices(
        { db: store.db, fal, seal, now: () => NOW, timeoutMs: 5_000 },
        freeLease('prices'),
      );
      await use(undefined);
    },
    { scope: 'worker', auto: true },
  ],
});

const SWAP = '[data-swap]';

test('somebody reads prices, prices a month anew, and compares with a model they looked up', async ({
  page,
  fal: __,
}) => {
  await page.goto('/admin');
  await page.getByRole('link', { name: 'Precios', exact: true }).click();
  const kontext = page.getByRole('table', { name: 'Modelos en uso' }).getByRole('row', {
    name: /flux-pro\/kontext/,
  });
  await expect(kontext).toContainText('$0.04');
  await expect(kontext).toContainText('1 imagen');
  await expectAccessible(page);

  await page.getByLabel('Mes', { exact: true }).selectOption('mar 2026');
  await page.getByRole('button', { name: 'Ver el mes' }).click();
  await expect(page.getByRole('heading', { name: 'mar 2026 a los precios de hoy' })).toBeVisible();

  await page.getByLabel('Nombre o tipo de modelo').fill('schnell');
  await page.getByRole('button', { name: 'Buscar' }).click();
  await expect(page.locator('[data-found]')).toContainText('1 modelo');
  await expect(page.getByRole('row', { name: /schnell.*\$0\.003/ })).toBeVisible();

  await page.getByLabel('Las llamadas de').selectOption('fal-ai/flux-pro/kontext');
  await page.getByLabel('Hechas con').selectOption('fal-ai/fast-sdxl');
  await page.getByRole('button', { name: 'Comparar' }).click();
  await expect(page.locator(SWAP)).toContainText(/kontext costaron \$.* con fal-ai\/fast-sdxl/);
  await expect(page.locator(SWAP)).toContainText('Al promedio de tus propias llamadas');
  // What was looked up and the month are still there.
  await expect(page.getByLabel('Nombre o tipo de modelo')).toHaveValue('schnell');
  await expect(page.getByRole('heading', { name: 'mar 2026 a los precios de hoy' })).toBeVisible();
  await expectAccessible(page);
});

test.describe('with scripts off', () => {
  test.use({ javaScriptEnabled: false });

  test('a model is looked up, and with fal away the page says so and keeps its prices', async ({
    page,
    fal,
  }) => {
    await page.goto('/admin/pricing');
    await page.getByLabel('Nombre o tipo de modelo').fill('whisper');
    await page.getByRole('button', { name: 'Buscar' }).click();
    await expect(page.getByRole('row', { name: /Whisper · speech-to-text/ })).toContainText(
      '$0.00',
    );

    fal.fault(/./, faults.failWith(503), Infinity);
    await page.getByRole('button', { name: 'Buscar' }).click();
    await expect(page.locator('[data-problem=fal_unavailable]')).toBeVisible();
    await expect(page.getByRole('table', { name: 'Modelos en uso' })).toContainText('whisper');
  });
});

test.describe('on a phone in the dark', () => {
  test.use({ ...PHONE, colorScheme: 'dark' });

  test('nothing is wider than the screen, in both languages, and all is accessible', async ({
    page,
    fal: __,
  }) => {
    for (const [language, title] of [
      ['es', 'Precios'],
      ['en', 'Prices'],
    ]) {
      await page.goto(
        `/admin/pricing?lang=${language}&q=flux&model=fal-ai/flux-pro/kontext&other=fal-ai/flux/dev`,
      );
      // The language is kept and taken out of the address, and the question stays.
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(title ?? '');
      await expect(page.locator('[data-found]')).toBeVisible();
      await expectFits(page);
      await expectAccessible(page);
    }
  });
});
