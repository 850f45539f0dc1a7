import { randomUUID } from 'node:crypto';
import type { Locator, Page } from '@playwright/test';
import { hashPassword } from '../../src/auth/password.ts';
import { createPerson } from '../../src/auth/people.ts';
import { authenticatorOf } from '../auth/authenticator.ts';
import { expect, expectAccessible, expectFits, test } from './panel.ts';

const PASSWORD = 'correcto caballo batería grapa';

interface Ana {
  email: string;
  signIn(page: Page, password?: string): Promise<void>;
}

const signingIn = test.extend<{ ana: Ana }>({
  /** Somebody with a password, who is not signed in anywhere. */
  ana: async ({ panel, context }, use) => {
    const { store, now } = panel.services;
    const email = `ana-${randomUUID()}@example.com`;
    await createPerson(store.db, store.engine, now(), {
      name: 'Ana Ñandú',
      email,
      role: 'viewer',
      passwordHash: await hashPassword(PASSWORD),
    });
    await context.clearCookies();
    await use({
      email,
      async signIn(page, password = PASSWORD) {
        await page.getByLabel('Correo electrónico').fill(email);
        await page.getByLabel('Contraseña').fill(password);
        await page.getByRole('button', { name: 'Iniciar sesión' }).click();
      },
    });
  },
});

signingIn.describe('with scripts off', () => {
  signingIn.use({ javaScriptEnabled: false });

  signingIn('a page sends people to sign in and takes them back', async ({ page, ana }) => {
    await page.goto('/futurelab_ai/admin/profile');
    await expect(page).toHaveURL(/\/futurelab_ai\/admin\/login\?next=/);
    await ana.signIn(page, 'not the password');
    await expect(page.locator('[data-notice=refused]')).toBeVisible();
    await expect(page.getByLabel('Contraseña')).toHaveValue('');
    await expect(page.getByLabel('Correo electrónico')).toHaveValue(ana.email);
    await ana.signIn(page);
    await expect(page).toHaveURL(/\/futurelab_ai\/admin\/profile$/);
    await expect(page.getByRole('main')).toContainText('Ana Ñandú');
  });

  signingIn('a second step is turned on, asked for, and lost', async ({ page, context, ana }) => {
    await page.goto('/admin/login?next=/admin/profile');
    await ana.signIn(page);
    await page.getByLabel('Tu contraseña, para confirmar').fill(PASSWORD);
    await page.getByRole('button', { name: 'Activar' }).click();
    await expect(page.getByRole('img', { name: /Código QR/ })).toBeVisible();
    const { code } = authenticatorOf(await textOf(page.locator('.secret')));
    await page.getByLabel('Código', { exact: true }).fill(await code());
    await page.getByRole('button', { name: 'Confirmar' }).click();
    await expect(page.locator('#recovery-codes li')).toHaveCount(10);
    const recovery = await textOf(page.locator('#recovery-codes li').first());

    await context.clearCookies();
    await page.goto('/admin/login?next=/admin/profile');
    await ana.signIn(page);
    await page.getByLabel('Código', { exact: true }).fill('000000');
    await page.getByRole('button', { name: 'Continuar' }).click();
    await expect(page.locator('[data-notice=wrong_code]')).toBeVisible();
    await page.getByLabel('Código', { exact: true }).fill(await code(1));
    await page.getByRole('button', { name: 'Continuar' }).click();
    await expect(page.getByText('Activada')).toBeVisible();

    await context.clearCookies();
    await page.goto('/admin/login');
    await ana.signIn(page);
    await page.getByLabel('Código', { exact: true }).fill(recovery);
    await page.getByRole('button', { name: 'Continuar' }).click();
    await expect(page.locator('[data-notice=recovery_code]')).toBeVisible();
    await page.getByText('Desactivar la verificación en dos pasos').first().click();
    await page.locator('#removal-password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Desactivar', exact: true }).click();
    await expect(page.locator('[data-notice=second_factor_removed]')).toBeVisible();
  });

  signingIn(
    'signing out everywhere ends the session in another browser',
    async ({ page, browser, panel, ana }) => {
      const elsewhere = await (await browser.newContext({ baseURL: panel.url })).newPage();
      for (const each of [page, elsewhere]) {
        await each.goto('/admin/login?next=/admin/profile');
        await ana.signIn(each);
        await expect(each.getByRole('main')).toContainText('Ana Ñandú');
      }
      await page.getByRole('button', { name: 'Cerrar todas' }).click();
      await expect(page.locator('[data-notice=signed_out_everywhere]')).toBeVisible();
      await elsewhere.reload();
      await expect(elsewhere).toHaveURL(/\/admin\/login\?next=/);
      await elsewhere.context().close();
    },
  );
});

for (const [language, colorScheme] of [
  ['es', 'dark'],
  ['en', 'light'],
] as const) {
  signingIn.describe(`on a phone, ${language}, ${colorScheme}`, () => {
    signingIn.use({
      viewport: { width: 390, height: 844 },
      locale: language === 'es' ? 'es-MX' : 'en-US',
      colorScheme,
    });

    signingIn('every page can be used by everybody', async ({ page, ana }) => {
      async function expectGood() {
        await expect(page.locator('html')).toHaveAttribute('lang', language);
        await expectAccessible(page);
        await expectFits(page);
      }
      const submit = () => page.locator('main form button').first().click();
      await page.goto('/admin/login?next=/admin/profile');
      await expectGood();
      await page.locator('#email').fill(ana.email);
      await page.locator('#password').fill('not it');
      await submit();
      await expect(page.locator('[data-notice=refused]')).toBeVisible();
      await expectGood();
      await page.locator('#password').fill(PASSWORD);
      await submit();
      await expectGood();
      await page.locator('#current_password').fill('not it');
      await page.locator('#password').fill('another password');
      await page.locator('#password_again').fill('and yet another');
      await page.locator('form[action*="/profile/password"] button').click();
      await expect(page.locator('.fault')).toBeVisible();
      await expectGood();
      await page.locator('#enrolment-password').fill(PASSWORD);
      await page.locator('form[action*="/second-factor"] button').click();
      await expectGood();
      const { code } = authenticatorOf(await textOf(page.locator('.secret')));
      await page.locator('#code').fill('000000');
      await submit();
      await expectGood();
      await page.locator('#code').fill(await code());
      await submit();
      await expectGood();
      await page.context().clearCookies();
      await page.goto('/admin/login');
      await page.locator('#email').fill(ana.email);
      await page.locator('#password').fill(PASSWORD);
      await submit();
      await expect(page.locator('#code')).toBeFocused();
      await expectGood();
    });
  });
}

signingIn('recovery codes are copied without https, too', async ({ page, ana }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    document.addEventListener('copy', () => {
      document.documentElement.dataset.copied = String(getSelection()).trim();
    });
  });
  await page.goto('/admin/login?next=/admin/profile');
  await ana.signIn(page);
  await page.getByLabel('Tu contraseña, para confirmar').fill(PASSWORD);
  await page.getByRole('button', { name: 'Activar' }).click();
  const { code } = authenticatorOf(await textOf(page.locator('.secret')));
  await page.getByLabel('Código', { exact: true }).fill(await code());
  await page.getByRole('button', { name: 'Confirmar' }).click();
  const copy = page.getByRole('button', { name: 'Copiar' });
  await expect(copy).toBeVisible();
  // Nobody is fast enough to press it before its script is there.
  await page.waitForLoadState();
  await copy.click();
  await expect(page.getByRole('button', { name: 'Copiado' })).toBeVisible();
  const codes = await page.locator('#recovery-codes li').allTextContents();
  await expect(page.locator('html')).toHaveAttribute('data-copied', codes.join('\n'));
});

signingIn(
  'a session that ended under a form says so, with the way back in',
  async ({ page, panel, ana }) => {
    await page.goto('/admin/login?next=/admin/config');
    await ana.signIn(page);
    await page.locator('#api_key').fill('some:key');
    await panel.services.store.db.deleteFrom('sessions').execute();
    await page.locator('#show-usage').click();
    const problem = page.locator('[data-problem=not_signed_in]');
    await expect(problem).toContainText('Tu sesión terminó');
    await problem.getByRole('link', { name: 'Iniciar sesión otra vez' }).click();
    await expect(page).toHaveURL(/\/admin\/login$/);
  },
);

async function textOf(element: Locator): Promise<string> {
  return (await element.textContent()) ?? '';
}
