import { test } from './explored.ts';
import { expect, expectAccessible, NOW, signInTo } from './panel.ts';

const WEEK = '/admin/usage?account=futurelab&period=7d&compare=previous';
/** A whole Thursday in Mexico City. */
const THURSDAY = {
  start: Temporal.Instant.from('2026-03-05T06:00:00Z'),
  end: Temporal.Instant.from('2026-03-06T06:00:00Z'),
};

test('what was used is what fal says, and fal is not asked again for it', async ({ page, fal }) => {
  await page.goto(
    '/admin/usage?account=futurelab&period=custom&start_date=2026-03-05&end_date=2026-03-05',
  );
  const { costNano, count } = fal.truth(THURSDAY);
  await expect(page.locator('.headline')).toContainText((Number(costNano) / 1e9).toFixed(2));
  await expect(page.locator('.figures')).toContainText(
    new Intl.NumberFormat('es-MX').format(count),
  );
  await expect(page.locator('[data-result] .badge').first()).toHaveText('provisional');
  expect(fal.received).toEqual([]);
});

test('another question is asked by the form, and stands in the address', async ({ page }) => {
  await page.goto('/admin/usage?account=futurelab');
  await page.getByLabel('30 días').check();
  await page.getByLabel('Agrupar por').selectOption('Clave de API');
  await page.getByLabel('Comparar con').selectOption('El período anterior');
  await page.getByRole('button', { name: 'Mostrar' }).click();
  await expect(page).toHaveURL(/period=30d.*group_by=api_key.*compare=previous/);
  await expect(
    page.getByRole('heading', { name: 'Últimos 30 días · por clave de API' }),
  ).toBeVisible();
  await expect(page.getByRole('rowheader', { name: /Cabina 1/ })).toBeVisible();
});

test('dates are only there to be filled in where they are asked for', async ({ page }) => {
  await page.goto('/admin/usage?account=futurelab');
  await expect(page.getByLabel('Desde')).toBeHidden();
  await page.getByLabel('Fechas…').check();
  await page.getByLabel('Desde').fill('2026-03-01');
  await page.getByLabel('Hasta').fill('2026-03-03');
  await page.getByRole('button', { name: 'Mostrar' }).click();
  await expect(page.getByRole('heading', { name: /1 mar 2026 – 3 mar 2026/ })).toBeVisible();
  await expect(page.getByLabel('Desde')).toHaveValue('2026-03-01');
});

test('what can’t be asked is said at its field, where one begins again', async ({ page }) => {
  await page.goto('/admin/usage?account=futurelab&period=custom');
  await expect(page.getByRole('alert')).toContainText('Elige la fecha en que empieza el período');
  await expect(page.getByLabel('Desde')).toBeFocused();
  await expectAccessible(page);
});

test('with the keyboard the columns are read one by one, and Enter shows the hours of a day', async ({
  page,
}) => {
  await page.goto(WEEK);
  const reader = page.getByRole('slider', { name: 'Día' });
  await reader.focus();
  await expect(page.locator('[data-told]')).toContainText('sáb 7 de mar');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(page.locator('[data-told]')).toContainText('jue 5 de mar');
  await expect(page.locator('[data-told]')).toContainText('período anterior');
  await expect(reader).toHaveAttribute('aria-valuetext', /^jue 5 de mar · \$.*; gemini/);
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-told]')).toBeHidden();
  await page.keyboard.press('Home');
  await expect(reader).toHaveAttribute('aria-valuenow', '1');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/start_date=2026-03-05&end_date=2026-03-05&timeframe=hour/);
  await expect(page.getByRole('img', { name: /Costo por hora/ })).toBeVisible();
});

test('a pointer is told the parts of a column, and a click shows the hours of a day', async ({
  page,
}) => {
  await page.goto(WEEK);
  const column = page.locator('.chart-wide .column').nth(2);
  await column.hover();
  const told = page.locator('[data-told]');
  await expect(told).toContainText('lun 2 de mar');
  await expect(told.locator('.swatch')).not.toHaveCount(0);
  await column.click();
  await expect(page).toHaveURL(/start_date=2026-03-02&end_date=2026-03-02&timeframe=hour/);
});

test('the legend filters, a group keeps its colour, and the filter can be taken off', async ({
  page,
}) => {
  await page.goto(WEEK);
  const entry = page.locator('.layers li', { hasText: 'kling-video' });
  const color = await entry.locator('.swatch').getAttribute('class');
  await entry.getByRole('link').click();
  await expect(page.locator('.layers li')).toHaveCount(1);
  expect(await page.locator('.layers .swatch').getAttribute('class')).toBe(color);
  await expect(page.locator('.groups tbody tr')).toHaveCount(1);
  await page.getByRole('link', { name: /Quitar el filtro/ }).click();
  await expect(page.locator('.layers li')).toHaveCount(8);
});

test('the table behind the chart adds up to the total that is shown', async ({ page }) => {
  await page.goto(WEEK);
  await page.getByText('Ver la tabla de la gráfica').click();
  // What is rounded says beside it, out of sight, what it is exactly.
  const cents = (text: string) =>
    Math.round(Number(text.match(/\$[\d,.]+/)?.[0].replace(/[$,]/g, '')) * 100);
  const costs = await page.locator('.chart tbody tr td:nth-child(2)').allTextContents();
  const [total = ''] = await page.locator('.groups tfoot td.cost').allTextContents();
  expect(costs.length).toBe(8);
  expect(costs.map(cents).reduce((sum, cost) => sum + cost, 0)).toBe(cents(total));
});

test('where nothing was read that is said, with a way to ask fal', async ({ page }) => {
  await page.goto('/admin/usage?account=bodas');
  await expect(page.getByText('todavía no se ha leído de fal')).toBeVisible();
  await page.getByRole('link', { name: 'Preguntar a fal en vivo' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('a request is looked up by its id', async ({ page, fal }) => {
  const search = new URLSearchParams({ start: THURSDAY.start.toString(), limit: '1' });
  const answer = await fetch(`${fal.url}/models/billing-events?${search}`, {
    headers: { Authorization: `Key ${fal.keys.admin}` },
  });
  const { billing_events: events } = (await answer.json()) as {
    billing_events: { request_id: string }[];
  };
  await page.goto('/admin/usage?account=futurelab');
  await page.getByLabel('Identificador de la solicitud').fill(events[0]?.request_id ?? '');
  await page.getByRole('button', { name: 'Buscar' }).click();
  await expect(page.locator('[data-found]')).toContainText('1 cobro');
  await expectAccessible(page);
});

test('a printed page has the chart and the table, and no form', async ({ page }) => {
  await page.goto(WEEK);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const part of ['#ask', '.exports', '#look-up', '.chart details']) {
    await expect(page.locator(part)).toBeHidden();
  }
  await expect(page.getByRole('img', { name: /Costo por día/ })).toBeVisible();
  await expect(page.locator('.groups')).toBeVisible();
});

test('figures fit beside the menu of a small laptop', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.goto(WEEK);
  await expect(page.locator('.groups')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(1024);
});

test('the first load is at most 80 kB', async ({ page }) => {
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    const size = request.sizes();
    sizes.push(size.then((each) => each.responseBodySize + each.responseHeadersSize));
  });
  await page.goto(WEEK, { waitUntil: 'networkidle' });
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(sizes.length).toBeGreaterThan(3);
  expect(total).toBeLessThanOrEqual(80_000);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const locale of ['es-MX', 'en-US']) {
    test(`no accessibility violations, ${colorScheme}, ${locale}`, async ({ browser, panel }) => {
      test.slow();
      const context = await browser.newContext({ colorScheme, locale, baseURL: panel.url });
      await signInTo(context, panel);
      const page = await context.newPage();
      for (const path of [
        WEEK,
        `${WEEK}&group_by=account&endpoint_id=fal-ai/flux/dev,fal-ai/fast-sdxl`,
        '/admin/usage?account=&period=30d&compare=weekdays',
        '/admin/usage?account=bodas',
        '/admin/usage/request?account=futurelab&id=no-such-request',
        '/admin/usage/request?account=futurelab&id=',
      ]) {
        await page.goto(path);
        for (const folded of await page.locator('[data-result] details > summary').all()) {
          await folded.click();
        }
        await expectAccessible(page);
      }
      await page.goto(WEEK);
      await page.getByRole('slider').focus();
      await expect(page.locator('[data-told]')).toBeVisible();
      await expectAccessible(page);
      await context.close();
    });
  }
}

test.describe('scripts off', () => {
  test.use({ javaScriptEnabled: false });

  test('the form asks, columns say their parts, and the table leads to the hours of a day', async ({
    page,
  }) => {
    await page.goto('/admin/usage?account=futurelab');
    await page.getByLabel('Comparar con').selectOption('El período anterior');
    await page.getByRole('button', { name: 'Mostrar' }).click();
    await expect(page.locator('.change-by').first()).toContainText('%');
    const hint = page.locator('.chart-wide .column title').nth(2);
    expect(await hint.textContent()).toMatch(/^lun 2 de mar · \$[\d.]+\n/);
    await expect(page.getByRole('slider')).toHaveCount(0);
    await page.getByText('Ver la tabla de la gráfica').click();
    await page.getByRole('link', { name: /lun 2 de mar/ }).click();
    await expect(page.getByRole('img', { name: /Costo por hora/ })).toBeVisible();
    const day = NOW.toZonedDateTimeISO('America/Mexico_City').with({ day: 2 }).toPlainDate();
    await expect(page).toHaveURL(new RegExp(`start_date=${day}&end_date=${day}`));
  });
});
