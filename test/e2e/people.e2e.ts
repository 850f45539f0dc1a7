import type { Browser, Page } from '@playwright/test';
import { SERVER } from '../../src/audit/actor.ts';
import { createSetupLink } from '../../src/auth/first-admin.ts';
import { expect, expectAccessible, signInTo, test } from './panel.ts';

const PASSWORD = 'correct horse battery staple';

/** A page in a browser of somebody else. */
async function elsewhere(browser: Browser, options: { locale?: string; scripts?: boolean } = {}) {
  const { locale = 'es-MX', scripts = true } = options;
  const context = await browser.newContext({ locale, javaScriptEnabled: scripts });
  return context.newPage();
}

/** Invites somebody on the page and returns the link that is shown. */
async function invite(page: Page, email: string, role: string): Promise<string> {
  await page.goto('/futurelab_ai/admin/people');
  await page.getByLabel('Correo electrónico').fill(email);
  await page.getByRole('radio', { name: role }).check();
  await page.getByRole('button', { name: 'Crear invitación' }).click();
  await expect(page.getByRole('heading', { name: `Invitación para ${email}` })).toBeVisible();
  return page.getByRole('textbox', { name: 'Enlace' }).inputValue();
}

/** Chooses name and password behind a link, which leads to the sign-in page. */
async function accept(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.locator('#name').fill(name);
  await page.locator('#password').fill(PASSWORD);
  await page.locator('#password_again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Crear cuenta' }).click();
  await expect(page.getByRole('status')).toContainText('Tu cuenta está lista');
}

for (const scripts of [true, false]) {
  test(`an invitation is opened in another browser, ${scripts ? 'with' : 'without'} scripts`, async ({
    page,
    browser,
    panel,
  }) => {
    const email = `eva-${scripts}@example.com`;
    const link = await invite(page, email, 'Consulta');
    expect(link).toMatch(/\/futurelab_ai\/admin\/invitation\?token=/);

    const other = await elsewhere(browser, { scripts });
    await accept(other, link, 'Eva Nuñez');
    await other.getByLabel('Correo electrónico').fill(email);
    await other.getByLabel('Contraseña').fill(PASSWORD);
    await other.getByRole('button', { name: 'Iniciar sesión' }).click();
    await other.waitForURL(`${panel.url}/futurelab_ai/admin`);
    await other.goto(link);
    await expect(other.getByRole('heading', { name: 'Este enlace ya no sirve' })).toBeVisible();
    for (const path of ['people', 'tokens', 'people/somebody']) {
      const answer = await other.goto(`${panel.url}/admin/${path}`);
      expect([path, answer?.status()]).toEqual([path, 403]);
      await expect(other.locator('[data-problem=forbidden]')).toBeVisible();
    }

    await page.goto('/admin/people');
    const row = page.getByRole('listitem').filter({ hasText: email });
    await row.getByRole('link', { name: 'Administrar a Eva Nuñez' }).click();
    await page.getByRole('button', { name: 'Desactivar' }).click();
    await expect(page.getByRole('status').first()).toContainText('Persona desactivada');
    await other.goto(`${panel.url}/admin/config`);
    await expect(other).toHaveURL(/\/admin\/login\?next=/);
    await other.context().close();
  });
}

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('an admin invites, revokes, makes a token and revokes it', async ({ page }) => {
    await invite(page, 'sin-scripts@example.com', 'Operación');
    await expect(page.getByRole('button', { name: 'Copiar' })).toBeHidden();
    await page
      .getByRole('button', { name: 'Anular la invitación de sin-scripts@example.com' })
      .click();
    await expect(page.getByText('Invitación anulada')).toBeVisible();

    await page.goto('/admin/tokens');
    await page.getByLabel('Nombre').fill('Sin scripts');
    await expect(page.getByLabel('Último día')).toBeHidden();
    await page.getByLabel('Vence').selectOption('date');
    await page.getByLabel('Último día').fill('2026-12-31');
    await page.getByRole('button', { name: 'Crear token' }).click();
    await expect(page.getByRole('textbox', { name: 'Token' })).toHaveValue(/^fup_[\w-]{43}$/);
    const row = page.getByRole('listitem').filter({ hasText: 'Sin scripts' });
    await expect(row).toContainText('31 dic 2026, 23:59');

    await row.getByRole('link', { name: 'Revocar Sin scripts' }).click();
    await page.getByRole('button', { name: 'Sí, revocar' }).click();
    await expect(row).toContainText('Revocado');
  });

  test('what has to be corrected is said beside its field, and found there', async ({ page }) => {
    await page.goto('/admin/tokens');
    await page.getByLabel('Nombre').fill('Con fecha');
    await page.getByLabel('Vence').selectOption('date');
    await page.getByRole('button', { name: 'Crear token' }).click();
    await expect(page.getByRole('alert')).toContainText('Elige el último día en que sirve.');
    await expect(page.getByLabel('Último día')).toBeFocused();
    await expect(page.getByLabel('Último día')).toHaveAccessibleDescription(/Elige el último día/);
    await expect(page.getByLabel('Nombre')).toHaveValue('Con fecha');
  });
});

test('a token that was made is not made again by a reload', async ({ page }) => {
  await page.goto('/admin/tokens');
  await page.getByLabel('Nombre').fill('Recargado');
  await page.getByRole('button', { name: 'Crear token' }).click();
  await expect(page.getByRole('textbox', { name: 'Token' })).toBeVisible();
  await page.reload();
  await expect(page.getByText('Ese token ya se había creado.')).toBeVisible();
  await expect(page.getByRole('listitem').filter({ hasText: 'Recargado' })).toHaveCount(1);
});

test('the button beside a link copies it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const link = await invite(page, 'copiada@example.com', 'Consulta');
  await page.getByRole('button', { name: 'Copiar' }).click();
  await expect(page.getByRole('button', { name: 'Copiado' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
});

test('a role is changed by keyboard', async ({ page, browser, panel }) => {
  const other = await browser.newContext();
  await signInTo(other, panel, 'viewer');
  await page.goto('/admin/people');
  await page.getByRole('link', { name: 'Administrar a Una viewer' }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('radio', { name: 'Consulta' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Rol cambiado.')).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Operación' })).toBeChecked();
  await other.close();
});

for (const [language, texts] of [
  ['es', { people: 'Personas', tokens: 'Tokens de API', spent: 'Este enlace ya no sirve' }],
  ['en', { people: 'People', tokens: 'API tokens', spent: 'This link no longer works' }],
] as const) {
  test(`all pages are accessible in ${language}`, async ({ page, panel, browser }) => {
    const link = await invite(page, `acceso-${language}@example.com`, 'Consulta');
    await expectAccessible(page);
    await page.goto(`/admin/people?lang=${language}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(texts.people);
    await expectAccessible(page);
    const other = await browser.newContext();
    await signInTo(other, panel, 'operator');
    await page.reload();
    await page.locator('.rows a[aria-label$="Una operator"]').first().click();
    await expectAccessible(page);
    await page.goto('/admin/tokens');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(texts.tokens);
    await page.locator('#name').fill(`axe ${language}`);
    await page.locator('.fields button').click();
    await expect(page.locator('#made-token')).toBeVisible();
    await expectAccessible(page);
    await page.locator('[data-token=active] .button').first().click();
    await expectAccessible(page);
    await page.goto(link);
    await expectAccessible(page);
    await page.locator('#name').fill('x');
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#password_again').fill('something else');
    await page.locator('.fields button').click();
    await expect(page.locator('[data-notice=invalid_request]')).toBeVisible();
    await expectAccessible(page);
    await page.goto(`${link}x`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(texts.spent);
    await expectAccessible(page);
    await other.close();
  });
}

test('the setup page is closed once somebody can sign in', async ({ page, panel }) => {
  expect(await createSetupLink(panel.services, SERVER)).toBe(null);
  const answer = await page.goto('/admin/setup');
  expect(answer?.status()).toBe(410);
  await expect(page.getByText('Este panel ya tiene quien lo administre')).toBeVisible();
});
