import * as faults from '../../src/demo/faults.ts';
import { expect, expectAccessible, openWith, press, test } from './panel.ts';

const BILLING = 'https://fal.ai/dashboard/billing';
const KEYS = 'https://fal.ai/dashboard/keys';

test.describe('every trouble has a text a person understands and the next step', () => {
  const troubles = [
    ['invalid_api_key', faults.failWith(401), 'fal no reconoce esta clave', KEYS],
    ['account_locked', faults.lockNotice(), 'se acabó el saldo', BILLING],
    ['rate_limited', faults.rateLimited({ retryAfter: 49 }), 'Demasiadas preguntas', null],
    ['fal_bad_response', faults.notJson(), 'no esperábamos', 'https://fal.ai/dashboard/usage'],
    ['fal_unavailable', faults.failWith(503), 'fal no está disponible', null],
    ['fal_timeout', faults.hang(), 'tardó demasiado', null],
  ] as const;
  for (const [code, fault, words, link] of troubles) {
    test(code, async ({ page, fal }) => {
      fal.fault(/./, fault);
      await openWith(page, fal.keys.admin);
      await press(page, 'Ver Uso');
      const problem = page.locator(`[data-problem=${code}]`);
      await expect(problem.getByRole('heading')).toContainText(words);
      const step = problem.locator('.buttons').locator('a, button');
      await expect(step).toHaveCount(1);
      if (link) await expect(step).toHaveAttribute('href', link);
      // The number of the request is for what nobody foresaw.
      await expect(problem.locator('.request-id')).toHaveCount(0);
      await expectAccessible(page);
    });
  }

  test('admin_scope_required', async ({ page, fal }) => {
    await openWith(page, fal.keys.api);
    await press(page, 'Ver Uso');
    const problem = page.locator('[data-problem=admin_scope_required]');
    await expect(problem.getByRole('heading')).toContainText('permiso Admin');
    await expect(problem.locator('.buttons a')).toHaveAttribute('href', KEYS);
  });

  test('invalid_request marks the field', async ({ page, fal }) => {
    await openWith(page, fal.keys.admin);
    await page.getByLabel('Personalizado').check();
    await page.getByLabel('Desde').fill('2026-03-05');
    await page.getByLabel('Hasta').fill('2026-03-01');
    await press(page, 'Ver Uso');
    await expect(page.locator('[data-problem=invalid_request]')).toContainText(
      'antes|anterior'.split('|')[1] ?? '',
    );
    await expect(page.locator('#end_date')).toHaveAttribute('aria-invalid', 'true');
  });

  test('a panel that can not be reached', async ({ page, fal }) => {
    await openWith(page, fal.keys.admin);
    await page.route('**/admin/config/usage', (route) => route.abort());
    await page.locator('#show-usage').click();
    await expect(page.locator('[data-problem=panel_unreachable]')).toBeVisible();
  });

  test('an address that does not exist leads back to the panel', async ({ page }) => {
    await page.goto('/admin/nothing-here');
    await expect(page.locator('[data-problem=not_found]')).toBeVisible();
    await page.getByRole('main').getByRole('link').first().click();
    await expect(page.getByRole('heading', { level: 1, name: 'Resumen' })).toBeVisible();
  });
});

test('trying again after a trouble brings the answer', async ({ page, fal }) => {
  const mend = fal.fault(/./, faults.failWith(503));
  await openWith(page, fal.keys.admin);
  await press(page, 'Ver Uso');
  mend();
  await page.getByRole('button', { name: 'Volver a intentar' }).click();
  await expect(page.locator('[data-result]')).toBeVisible();
});

test.describe('Probar conexión tells troubles apart', () => {
  const verdicts = [
    ['ready', 'admin', null],
    ['admin_scope_missing', 'api', null],
    ['account_locked', 'locked', null],
    ['unbound_key', 'unbound', null],
    ['challenged', 'admin', faults.cdnChallenge()],
    ['fal_unavailable', 'admin', faults.failWith(503)],
  ] as const;
  for (const [verdict, key, fault] of verdicts) {
    test(verdict, async ({ page, fal }) => {
      if (fault) fal.fault(/./, fault);
      await openWith(page, fal.keys[key]);
      await press(page, 'Probar conexión');
      await expect(page.locator(`[data-verdict=${verdict}]`)).toBeVisible();
      await expect(page.locator('table.probes tbody tr')).toHaveCount(5);
      await expectAccessible(page);
    });
  }

  test('unknown_key', async ({ page, fal }) => {
    fal.reset();
    await openWith(page, 'nobody:knows-this-key');
    await press(page, 'Probar conexión');
    await expect(page.locator('[data-verdict=unknown_key]')).toBeVisible();
  });
});
