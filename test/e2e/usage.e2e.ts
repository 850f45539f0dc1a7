import { toDecimal } from '../../src/money.ts';
import { expect, expectAccessible, LAST_DAY, openWith, press, signInTo, test } from './panel.ts';

test('Ver Uso shows what fal billed in the last 24 hours, by model and by hour', async ({
  page,
  fal,
}) => {
  await openWith(page, fal.keys.admin);
  await press(page, 'Ver Uso');
  const truth = fal.truth(LAST_DAY);
  const result = page.locator('[data-result]');
  await expect(result.getByRole('heading', { name: /Uso · últimas 24 horas/ })).toBeVisible();
  const headline = result.locator('.headline');
  await expect(headline).toContainText(`$${(Number(truth.costNano) / 1e9).toFixed(2)}`);
  await expect(headline.locator(`[title*="${toDecimal(truth.costNano)}"]`)).toHaveCount(1);
  const rows = result.getByRole('row').filter({ has: page.locator('meter, progress, svg') });
  await expect(rows).toHaveCount(Object.keys(truth.endpoints).length);
  await expect(result.getByRole('img', { name: /Costo por hora/ })).toBeVisible();
  await expect(page.locator('#credits')).toContainText(/Saldo\s*\$\d/);
});

test('the rows shown add up to the total shown', async ({ page, fal }) => {
  await openWith(page, fal.keys.admin);
  await press(page, 'Ver Uso');
  const cents = (text: string | null) =>
    Math.round(Number(text?.match(/\$([\d,.]+)/)?.[1]?.replaceAll(',', '')) * 100);
  const costs = await page.locator('table.models tbody td.cost').allTextContents();
  const total = await page.locator('.headline .figure').textContent();
  expect(costs.length).toBeGreaterThan(5);
  expect(costs.map(cents).reduce((sum, cost) => sum + cost, 0)).toBe(cents(total));
});

test('other periods and dates can be chosen', async ({ page, fal }) => {
  await openWith(page, fal.keys.admin);
  await page.getByLabel('7 días').check();
  await press(page, 'Ver Uso');
  await expect(page.getByRole('heading', { name: /7 días/ })).toBeVisible();
  await page.getByLabel('Personalizado').check();
  await page.getByLabel('Desde').fill('2026-03-01');
  await page.getByLabel('Hasta').fill('2026-03-03');
  await press(page, 'Ver Uso');
  const zone = 'T06:00:00Z';
  const truth = fal.truth({
    start: Temporal.Instant.from(`2026-03-01${zone}`),
    end: Temporal.Instant.from(`2026-03-04${zone}`),
  });
  await expect(page.locator('.headline')).toContainText((Number(truth.costNano) / 1e9).toFixed(2));
});

test("the zone is the browser's own until another is chosen", async ({ browser, panel, fal }) => {
  fal.reset();
  const page = await browser.newPage({ timezoneId: 'Europe/Madrid', baseURL: panel.url });
  await signInTo(page.context(), panel);
  await page.goto('/admin/config');
  await expect(page.getByLabel('Zona horaria')).toHaveValue('Europe/Madrid');
  await page.close();
});

test('progress is visible while fal answers, and a second click does not ask twice', async ({
  page,
  fal,
}) => {
  fal.setLatency(400);
  await openWith(page, fal.keys.admin);
  const button = page.getByRole('button', { name: 'Ver Uso' }).first();
  await button.click();
  await expect(page.locator('#answer')).toHaveAttribute('aria-busy', 'true');
  await expect(page.getByRole('status')).toHaveText('Preguntando a fal…');
  await expect(page.locator('.skeleton')).toBeVisible();
  // Forced: Playwright itself would wait until the button is enabled again.
  await button.click({ force: true });
  await button.click({ force: true });
  await expect(page.locator('[data-result]')).toBeVisible();
  await expect(page.locator('#answer')).not.toHaveAttribute('aria-busy');
  expect(fal.received.filter((request) => request.path === '/models/usage')).toHaveLength(1);
});

test('an account that used nothing is told so, with what to do', async ({ page, fal }) => {
  await openWith(page, fal.keys.empty);
  await press(page, 'Ver Uso');
  await expect(page.getByText('No hubo uso en este período')).toBeVisible();
  await page.getByRole('button', { name: 'Ver los últimos 30 días' }).click();
  await expect(page.getByRole('heading', { name: /30 días/ })).toBeVisible();
});

test('what could not be counted is unknown, never zero, and the sum says that it is incomplete', async ({
  page,
  fal,
}) => {
  fal.quirks.analyticsPoison = ['fal-ai/fast-sdxl'];
  await openWith(page, fal.keys.admin);
  await press(page, 'Ver Uso');
  await expect(page.getByText('Estas cifras están incompletas')).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: 'fast-sdxl' });
  await expect(row.getByRole('cell').first()).toContainText('—');
  await expectAccessible(page);
});

test('the page is in English for those who prefer it, and by the switch, which is remembered', async ({
  browser,
  page,
  panel,
  fal,
}) => {
  const english = await browser.newPage({ locale: 'en-GB', baseURL: panel.url });
  await signInTo(english.context(), panel);
  await openWith(english, fal.keys.admin);
  await english.locator('#show-usage').click();
  await expect(english.getByRole('heading', { name: /last 24 hours/ })).toBeVisible();
  await english.close();
  await page.goto('/admin/config');
  await page.getByRole('link', { name: 'English' }).click();
  await expect(page).toHaveURL(/\/admin\/config$/);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('everything can be done with the keyboard alone', async ({ page, fal }) => {
  await page.goto('/admin/config');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Saltar al contenido' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.locator('#api_key')).toBeFocused();
  await page.keyboard.type(fal.keys.admin);
  const focused = () => page.evaluate(() => document.activeElement?.id);
  for (let presses = 0; (await focused()) !== 'period-24h' && presses < 5; presses += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('#period-7d')).toBeChecked();
  for (let presses = 0; (await focused()) !== 'show-usage' && presses < 5; presses += 1) {
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /7 días/ })).toBeVisible();
  await expect(page.locator('#show-usage')).toBeFocused();
});

test('under the base path everything stays under it', async ({ page, fal }) => {
  const paths: string[] = [];
  page.on('request', (request) => paths.push(new URL(request.url()).pathname));
  await openWith(page, fal.keys.admin, '/futurelab_ai/admin/config');
  await press(page, 'Ver Uso');
  expect(paths.length).toBeGreaterThan(4);
  expect(paths.filter((path) => !path.startsWith('/futurelab_ai/'))).toEqual([]);
});

test('the browser snippet of the documentation works in the console of the page, word for word', async ({
  page,
  fal,
}) => {
  await openWith(page, fal.keys.admin);
  const printed: unknown[][] = [];
  page.on('console', async (message) => {
    printed.push(await Promise.all(message.args().map((argument) => argument.jsonValue())));
  });
  await page.evaluate(`(async () => {
async function checkFalAIUsage() {
    const response = await fetch('/api/config/falai-usage', {
        method: 'POST',
        headers: {
            'Content-Type': 'application/x-www-form-urlencoded'
        },
        body: 'api_key=' + encodeURIComponent(falaiApiKey)
    });
    
    const data = await response.json();
    
    if (data.ok) {
        console.log('Total Requests:', data.usage.total_requests);
        console.log('Total Cost:', '$' + data.usage.total_cost);
        console.log('Period:', data.usage.period);
        console.log('Endpoints:', data.usage.endpoints);
    }
}
await checkFalAIUsage();
})()`);
  await expect.poll(() => printed.length).toBe(4);
  const truth = fal.truth(LAST_DAY);
  expect(printed.slice(0, 3)).toEqual([
    ['Total Requests:', truth.count],
    ['Total Cost:', `$${toDecimal(truth.costNano)}`],
    ['Period:', '24 horas'],
  ]);
  expect(Object.keys(printed[3]?.[1] as object).toSorted()).toEqual(
    Object.keys(truth.endpoints).toSorted(),
  );
});

test('the first load is at most 60 kB, all of it from this origin', async ({ page, panel }) => {
  const sizes: Promise<number>[] = [];
  const origins = new Set<string>();
  page.on('requestfinished', (request) => {
    sizes.push(
      request
        .sizes()
        .then(
          ({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize,
        ),
    );
    origins.add(new URL(request.url()).origin);
  });
  await page.goto('/admin/config', { waitUntil: 'networkidle' });
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(sizes.length).toBeGreaterThan(4);
  expect(total).toBeLessThanOrEqual(60_000);
  expect([...origins]).toEqual([panel.url]);
});

test('a printed page has the result and no form', async ({ page, fal }) => {
  await openWith(page, fal.keys.admin);
  await press(page, 'Ver Uso');
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('#ask')).toBeHidden();
  await expect(page.locator('[data-result]')).toBeVisible();
  await expect(page.getByRole('img', { name: /Costo por hora/ })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const locale of ['es-MX', 'en-US']) {
    test(`no accessibility violations, ${colorScheme}, ${locale}`, async ({
      browser,
      panel,
      fal,
    }) => {
      const context = await browser.newContext({ colorScheme, locale, baseURL: panel.url });
      await signInTo(context, panel);
      const page = await context.newPage();
      await openWith(page, fal.keys.admin);
      await expectAccessible(page);
      for (const button of [/Ver Uso|usage/i, /Probar|Test/i]) {
        await press(page, button);
        await expectAccessible(page);
      }
      await page.goto('/admin/nothing-here');
      await expectAccessible(page);
      await context.close();
    });
  }
}
