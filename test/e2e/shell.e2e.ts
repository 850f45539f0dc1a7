import type { Request } from '@playwright/test';
import { listAccounts } from '../../src/accounts/accounts.ts';
import * as faults from '../../src/demo/faults.ts';
import { recordBalance } from '../../src/history/balance-samples.ts';
import { signIn } from '../support/sign-in.ts';
import { steadyHistory } from '../support/steady-history.ts';
import { storeAccount } from '../support/stored-account.ts';
import { expect, expectAccessible, NOW, test as panelTest, signInTo } from './panel.ts';

/** Two stored accounts, once for each panel. */
const test = panelTest.extend<object, { accounts: undefined }>({
  accounts: [
    async ({ panel }, use) => {
      const { admin, locked } = panel.fal.keys;
      await storeAccount(panel.services, {
        slug: 'futurelab',
        name: 'FutureLab',
        key: admin,
        isDefault: true,
      });
      await storeAccount(panel.services, {
        slug: 'bodas',
        name: 'Bodas & XV',
        key: locked,
        color: 2,
      });
      const [first, second] = await listAccounts(panel.services.store.db);
      const asOf = NOW.subtract({ minutes: 3 });
      const read = { progress: null, nextRunAt: null, lastSuccessAt: asOf, lastError: null };
      Object.assign(panel.services.overviewSources, {
        usage: steadyHistory({ now: () => NOW }).usage,
        balances: async () =>
          new Map([
            [first?.id, { known: { balance: 24_500_000_000n, currency: 'USD', asOf }, away: null }],
            [second?.id, { known: null, away: { reason: 'account_locked', since: asOf } }],
          ]),
        syncs: async () => [
          { ...read, accountId: first?.id, state: 'idle' },
          { ...read, accountId: second?.id, state: 'idle' },
        ],
      });
      // Nobody is told to invite somebody.
      await signIn(panel.services, 'viewer');
      await use(undefined);
    },
    { scope: 'worker', auto: true },
  ],
});

const PAGES = [
  '/admin',
  '/admin/usage',
  '/admin/credits',
  '/admin/config',
  '/admin/settings',
  '/admin/audit',
];
const PHONE = { width: 390, height: 800 };

for (const theme of ['light', 'dark'] as const) {
  for (const locale of ['es-MX', 'en-US']) {
    test(`no page has accessibility violations, ${theme}, ${locale}`, async ({
      browser,
      panel,
    }) => {
      test.slow();
      const context = await browser.newContext({ locale, baseURL: panel.url });
      await signInTo(context, panel);
      await context.addCookies([{ name: 'theme', value: theme, url: panel.url }]);
      const page = await context.newPage();
      for (const path of PAGES) {
        await page.goto(path);
        await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
        await page.waitForLoadState('networkidle');
        await expectAccessible(page);
      }
      await page.setViewportSize(PHONE);
      await page.locator('.bar button').click();
      await expectAccessible(page);
      await context.close();
    });
  }
}

test('the overview says what to do, what there is and what it cost, and asks fal nothing', async ({
  page,
  fal,
}) => {
  await page.goto('/admin');
  const todo = page.getByRole('region', { name: 'Qué hacer ahora' });
  await expect(todo.getByRole('listitem')).toHaveCount(1);
  await expect(todo).toContainText('Bodas & XV: fal bloqueó esta cuenta');
  const balances = page.getByRole('region', { name: 'Saldo' });
  await expect(balances.getByRole('listitem').first()).toContainText(/FutureLab\s*\$24\.50/);
  await expect(page.getByRole('region', { name: 'Costo', exact: true })).toContainText(
    /Hoy\s*\$15\.40\s*= igual frente a ayer hasta las 21:00/,
  );
  await expect(page.getByRole('img', { name: /Costo por hora/ })).toBeVisible();
  await page.getByRole('link', { name: '30 días' }).click();
  await expect(page.getByRole('img', { name: /Costo por día/ })).toBeVisible();
  expect(fal.received).toEqual([]);
});

function isRefresh(request: Request): boolean {
  return request.headers()['hx-request'] === 'true';
}

test('the overview refreshes under the eyes of whoever reads a table, but for nobody', async ({
  page,
}) => {
  await page.clock.install();
  let refreshed = 0;
  page.on('request', (request) => {
    if (isRefresh(request)) refreshed += 1;
  });
  await page.goto('/admin');
  await page.getByText('Ver la tabla de la gráfica').click();
  const answered = page.waitForResponse((response) => isRefresh(response.request()));
  await page.clock.runFor('01:01');
  await answered;
  expect(refreshed).toBe(1);
  // The clock would run out on a refresh that is still being taken in.
  await expect(page.locator('#overview.htmx-request')).toHaveCount(0);
  await expect(page.getByRole('table', { name: 'Costo por hora' })).toBeVisible();
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
  });
  await page.clock.runFor('03:00');
  expect(refreshed).toBe(1);
});

test('what a refresh of the overview could not bring leaves the figures there', async ({
  page,
}) => {
  await page.clock.install();
  await page.goto('/admin');
  await page.route('**/admin', (route) => route.fulfill({ status: 502, body: 'Bad Gateway' }));
  const answered = page.waitForResponse((response) => isRefresh(response.request()));
  await page.clock.runFor('01:01');
  await answered;
  await expect(page.getByRole('region', { name: 'Saldo' })).toContainText('$24.50');
  await expect(page.getByText('Bad Gateway')).toHaveCount(0);
});

test('figures nobody sees are not asked for again', async ({ page, fal }) => {
  await page.clock.install();
  await page.goto('/admin/credits');
  await expect(page.locator('[data-answered]')).toHaveCount(2);
  const asked = fal.received.length;
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
  });
  await page.clock.runFor('03:00');
  expect(fal.received).toHaveLength(asked);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => false });
  });
  await page.clock.runFor('01:01');
  await expect.poll(() => fal.received.length).toBeGreaterThan(asked);
});

for (const [path, part] of [['/admin/credits', '**/credits/*']] as const) {
  test(`${path} says when the panel can’t be reached, and how to go on`, async ({ page }) => {
    await page.route(part, (route) => route.abort());
    await page.goto(path);
    const problem = page.locator('[data-problem=panel_unreachable]').first();
    await expect(problem).toContainText('No pudimos hablar con el panel');
    await expectAccessible(page);
    await page.unroute(part);
    await problem.getByRole('link', { name: 'Volver a intentar' }).click();
    await expect(page.locator('main').getByText('en vivo').first()).toBeVisible();
  });
}

test('credits keep the last balance that was read in sight while fal is away', async ({
  page,
  fal,
  panel,
}) => {
  const { db } = panel.services.store;
  const [first] = await listAccounts(db);
  const read = { balance: 12_340_000_000n, currency: 'USD' };
  for (const hours of [75, 2]) {
    await recordBalance(db, first?.id ?? '', NOW.subtract({ hours }), read);
  }
  await recordBalance(db, first?.id ?? '', NOW.subtract({ hours: 1 }), { reason: 'fal_timeout' });
  fal.fault(/./, faults.failWith(503));
  await page.goto('/admin/credits');
  const block = page.getByRole('article', { name: 'FutureLab' });
  await expect(block.locator('[data-problem=fal_unavailable]')).toBeVisible();
  await expect(block).toContainText(/Último saldo conocido\s*\$12\.34/);
  await expect(block).toContainText(/Leído\s+hace 2 h\s+· 7 mar 2026, 19:20/);
  await expect(block).toContainText('No se puede leer el saldo desde el 7 mar 2026, 20:20 ·');
  await expect(block.getByRole('img', { name: /Saldo al cierre de cada día/ })).toBeAttached();
  await block.getByText('Ver la tabla de la gráfica').click();
  await expect(block.getByRole('row', { name: /7 de mar \$12\.34/ })).toBeVisible();
  await expectAccessible(page);
  await db.deleteFrom('balance_samples').execute();
});

test('what a proxy says is not put into a page', async ({ page }) => {
  await page.route('**/credits/*', (route) => route.fulfill({ status: 502, body: 'Bad Gateway' }));
  await page.goto('/admin/credits');
  await expect(page.locator('[data-problem=panel_unreachable]')).toHaveCount(2);
  await expect(page.getByText('Bad Gateway')).toHaveCount(0);
});

test('with the keyboard alone one comes anywhere, and always sees where one is', async ({
  page,
}) => {
  await page.goto('/admin');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Saltar al contenido' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await page.goto('/admin');
  const settings = page.getByRole('link', { name: 'Ajustes' });
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(
      () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
    );
    expect(outline).not.toBe('none');
    if (await settings.evaluate((link) => link === document.activeElement)) break;
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Ajustes' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Ajustes' })).toHaveAttribute('aria-current', 'page');
  await expect(page.locator('[aria-current=page]')).toHaveCount(1);
});

test('shortcuts are listed by ?, lead to places, keep out of fields, and can be turned off', async ({
  page,
}) => {
  await page.goto('/admin/audit');
  await page.getByLabel('Quién').focus();
  await page.keyboard.type('?gs');
  await expect(page.getByLabel('Quién')).toHaveValue('?gs');
  await page.getByRole('button', { name: 'Filtrar' }).focus();
  const list = page.getByRole('dialog', { name: 'Atajos de teclado' });
  await page.keyboard.press('?');
  await expect(list).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(list).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('c');
  await expect(page.getByRole('heading', { level: 1, name: 'Créditos' })).toBeVisible();
  // The heading is there before the script that listens.
  await page.waitForLoadState('load');
  await page.keyboard.press('?');
  await list.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await page.reload();
  await page.keyboard.press('?');
  await expect(list).toBeHidden();
});

test('colours follow the device until one is chosen, which is kept', async ({ page }) => {
  const background = () =>
    page
      .locator('.card')
      .first()
      .evaluate((card) => getComputedStyle(card).backgroundColor);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/admin/settings');
  expect(await background()).toBe('rgb(23, 26, 34)');
  await page.getByRole('link', { name: 'Claro' }).click();
  await expect(page).toHaveURL(/\/admin\/settings$/);
  expect(await background()).toBe('rgb(255, 255, 255)');
  await page.reload();
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('link', { name: 'Oscuro' }).click();
  expect(await background()).toBe('rgb(23, 26, 34)');
  await page.getByRole('link', { name: 'Automático' }).click();
  await expect(page.locator('html')).not.toHaveAttribute('data-theme');
  expect(await background()).toBe('rgb(255, 255, 255)');
});

test('settings are saved, hold at once, and stand in the log', async ({ page, panel }) => {
  await page.goto('/admin/settings');
  await page.getByLabel('US$1,234.50').check();
  await page.getByRole('button', { name: 'Guardar ajustes' }).click();
  await expect(page.getByRole('status')).toContainText('Ajustes guardados');
  await page.goto('/admin/credits');
  await expect(page.locator('.figure').first()).toContainText(/US\$\d/);
  await page.goto('/admin/audit?action=settings.changed');
  await expect(page.locator('.entries')).toContainText(
    'cómo se escriben los dólares: lo predeterminado → US$1.50',
  );
  await panel.services.store.db
    .deleteFrom('settings')
    .where('name', '=', 'currency_display')
    .execute();
  await panel.services.settings.refresh();
});

test('the log is downloaded as it is filtered', async ({ page, panel }) => {
  const { services } = panel;
  const { recordAudit } = await import('../../src/audit/audit.ts');
  const actor = { kind: 'person', name: 'ana@example.com', address: null } as const;
  await recordAudit(services.store.db, services.now(), {
    actor,
    action: 'token.created',
    target: 'Año',
  });
  await page.goto('/admin/audit');
  await page.getByLabel('Quién').fill('ana@');
  await page.getByRole('button', { name: 'Filtrar' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Descargar CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('audit.csv');
  const { text } = await import('node:stream/consumers');
  const lines = (await text(await download.createReadStream())).trim().split('\r\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('Año');
});

test('on a low window the menu is below the panel’s name, and scrolls', async ({ page }) => {
  await page.setViewportSize({ width: 1700, height: 500 });
  await page.goto('/admin');
  const name = await page.locator('.brand').boundingBox();
  const menu = await page.locator('#menu').boundingBox();
  expect(menu?.y).toBeGreaterThanOrEqual((name?.y ?? 0) + (name?.height ?? 0));
  await page.getByRole('button', { name: 'Cerrar sesión' }).scrollIntoViewIfNeeded();
  await expect(page.getByRole('button', { name: 'Cerrar sesión' })).toBeInViewport();
  await expect(page.locator('.brand')).toBeInViewport();
});

test('a printed page has no shell', async ({ page }) => {
  await page.goto('/admin/credits?ask=now');
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const part of ['.bar', '#menu', 'footer', '.page-actions']) {
    await expect(page.locator(part).first()).toBeHidden();
  }
  await expect(page.getByRole('article', { name: 'FutureLab' })).toBeVisible();
  const paper = await page
    .locator('.card')
    .first()
    .evaluate((card) => getComputedStyle(card).backgroundColor);
  expect(paper).toBe('rgb(255, 255, 255)');
});

for (const path of PAGES) {
  test(`the first load of ${path} is at most 60 kB`, async ({ page }) => {
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      const size = request.sizes();
      sizes.push(size.then((each) => each.responseBodySize + each.responseHeadersSize));
    });
    await page.goto(path, { waitUntil: 'networkidle' });
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(sizes.length).toBeGreaterThan(3);
    expect(total).toBeLessThanOrEqual(60_000);
  });
}

test.describe('on a phone, scripts off', () => {
  test.use({ javaScriptEnabled: false, viewport: PHONE, hasTouch: true });

  test('the menu opens, leads to a place, and its links are large enough for a thumb', async ({
    page,
  }) => {
    await page.goto('/admin');
    const menu = page.locator('#menu');
    await expect(menu).toBeHidden();
    await page.getByRole('button', { name: 'Menú' }).tap();
    await expect(menu).toBeVisible();
    const heights = await menu
      .locator('a.place, button, summary')
      .evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect().height).filter((height) => height > 0),
      );
    expect(heights.length).toBeGreaterThan(10);
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(43.5);
    await menu.getByRole('link', { name: 'Ajustes' }).tap();
    await expect(page.getByRole('heading', { level: 1, name: 'Ajustes' })).toBeVisible();
    await expect(page.locator('#menu')).toBeHidden();
  });

  test('fal is asked by a link, an account is chosen by a link, and shortcuts say why they are not there', async ({
    page,
  }) => {
    await page.goto('/admin/credits');
    await page.getByRole('link', { name: 'Preguntar a fal ahora' }).first().tap();
    await expect(page.locator('[data-answered]')).toHaveCount(2);
    await page.getByRole('button', { name: 'Menú' }).tap();
    await page.locator('.switcher summary').tap();
    await page.locator('.switcher').getByRole('link', { name: 'Bodas & XV' }).tap();
    await expect(page.getByRole('article')).toHaveCount(1);
    await page.getByRole('button', { name: 'Menú' }).tap();
    await page.getByRole('button', { name: 'Atajos de teclado' }).tap();
    await expect(page.getByText('Los atajos necesitan JavaScript')).toBeVisible();
  });

  test('no page is wider than the screen', async ({ page }) => {
    for (const path of [...PAGES, '/admin?range=days', '/admin/usage?period=24h']) {
      await page.goto(path);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([path, width]).toEqual([path, PHONE.width]);
    }
  });
});
