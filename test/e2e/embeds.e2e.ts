import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { plannedEvent } from '../planner/events.ts';
import { test as copyTest } from './explored.ts';
import { expect, expectAccessible, expectFits, PHONE } from './panel.ts';

/** A page of another origin with what was pasted into it. */
interface Elsewhere {
  origin: string;
  paste(html: string): void;
}

const test = copyTest.extend<{ elsewhere: Elsewhere }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from there.
  elsewhere: async ({}, use) => {
    let pasted = '';
    const server = createServer((_req, res) => {
      res.setHeader('Content-Type', 'text/html; charset=utf-8');
      res.end(`<!doctype html><html lang="es"><meta name="viewport" content="width=device-width">
        <link rel="icon" href="data:,"><title>Intranet</title><main><h1>Intranet</h1>${pasted}</main></html>`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    await use({
      origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      paste: (html) => {
        pasted = html;
      },
    });
    server.closeAllConnections();
    server.close();
  },
});

const PAGE = '/futurelab_ai/admin/embeds';

/** Makes one with the form. @returns the badge's and the widget's HTML. */
async function create(page: Page, name: string, origin: string): Promise<string> {
  await page.goto(PAGE);
  const form = page.getByRole('region', { name: 'Crear una insignia' });
  await form.getByLabel('Nombre').fill(name);
  await form.getByLabel('Cuenta').selectOption('FutureLab');
  await form.getByLabel(/^Páginas que pueden/).fill(origin);
  await form.getByRole('button', { name: 'Crear' }).click();
  const made = page.getByRole('region', { name: `«${name}» está lista` });
  const badge = await made.getByLabel('Código HTML de la insignia').inputValue();
  const widget = await made.getByLabel('Código HTML del widget').inputValue();
  await expect(made.frameLocator('iframe').getByText('Saldo')).toBeVisible();
  return `<p>${badge}</p>${widget}`;
}

test('an operator shows an account on a page of theirs, and takes it away again', async ({
  page,
  context,
  panel,
  elsewhere,
  copy: _,
}) => {
  await plannedEvent(panel.services, 'futurelab', {
    start: Temporal.Instant.from('2026-03-15T00:00Z'),
    end: Temporal.Instant.from('2026-03-15T08:00Z'),
  });
  await page.goto('/futurelab_ai/admin/tokens');
  await page.getByRole('link', { name: 'Mostrar una cuenta en otra página' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Insignias y widgets');
  elsewhere.paste(await create(page, 'Intranet', elsewhere.origin));
  await expectAccessible(page);

  const other = await context.newPage();
  await other.goto(elsewhere.origin);
  const badge = other.getByRole('img', { name: 'fal.ai: Intranet' });
  await expect(badge).toBeVisible();
  const size = () => badge.evaluate((image: HTMLImageElement) => image.naturalWidth);
  await expect.poll(size).toBeGreaterThan(100);
  const widget = other.frameLocator('iframe');
  await expect(widget.getByText('Próximo evento')).toBeVisible();
  await expect(widget.getByText('Boda de Ana & Luis')).toBeVisible();
  await expect(widget.getByText(/^Leído de fal/)).toBeVisible();
  const link = widget.getByRole('link', { name: 'Abrir facturación en fal.ai' });
  await expect(link).toHaveAttribute('href', 'https://fal.ai/dashboard/billing');
  await expectAccessible(other);
  await other.setViewportSize({ width: 320, height: 640 });
  await expectFits(other);

  await page.getByRole('link', { name: 'Revocar Intranet' }).click();
  await page.getByRole('button', { name: 'Sí, revocar' }).click();
  await expect(page.getByText('Revocada: ya no muestra nada.')).toBeVisible();
  await other.reload();
  await expect(widget.getByText('Este widget ya no muestra nada')).toBeVisible();
});

test('a widget is framed by no page but those it was made for', async ({
  page,
  context,
  elsewhere,
  copy: _,
}) => {
  elsewhere.paste(await create(page, 'Ajena', 'https://intranet.example.com'));
  const other = await context.newPage();
  const refused = other.waitForEvent('console', (message) =>
    message.text().includes('frame-ancestors'),
  );
  await other.goto(elsewhere.origin);
  await refused;
  await expect(other.frameLocator('iframe').getByText('Saldo')).toHaveCount(0);
});

test.describe('with scripts off', () => {
  test.use({ javaScriptEnabled: false });

  test('one is made, seen and revoked', async ({ page, elsewhere, copy: _ }) => {
    elsewhere.paste(await create(page, 'Sin scripts', elsewhere.origin));
    await page.goto(elsewhere.origin);
    await expect(page.frameLocator('iframe').getByText('Saldo')).toBeVisible();
    await page.goto(PAGE);
    await page.getByRole('link', { name: 'Revocar Sin scripts' }).click();
    await page.getByRole('button', { name: 'Sí, revocar' }).click();
    await expect(page.getByText('Revocada: ya no muestra nada.')).toBeVisible();
  });
});

test.describe('on a phone in the dark', () => {
  test.use({ ...PHONE, colorScheme: 'dark' });

  test('the page and the widget fit and can be used, in both languages', async ({
    page,
    elsewhere,
    copy: _,
  }) => {
    const html = await create(page, 'Teléfono', elsewhere.origin);
    await expectFits(page);
    await expectAccessible(page);
    await page.goto(`${PAGE}?lang=en`);
    await page.getByRole('listitem').filter({ hasText: 'Teléfono' }).getByText('Preview').click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Badges and widgets');
    await expectFits(page);
    await expectAccessible(page);

    const address = html.match(/https?:[^"]*\/widget/)?.[0] ?? '';
    await page.setViewportSize({ width: 280, height: 480 });
    await page.goto(address);
    await expect(page.getByText('Saldo')).toBeVisible();
    await expectFits(page);
    await expectAccessible(page);
  });
});

test('a widget shows newer figures by itself, and says when it cannot', async ({
  page,
  elsewhere,
  copy: _,
}) => {
  const html = await create(page, 'Despierta', elsewhere.origin);
  const address = html.match(/https?:[^"]*\/widget/)?.[0] ?? '';
  await page.clock.install();
  await page.goto(address);
  // Somebody who looks at another window is not disturbed in reading.
  await page.evaluate(() => {
    document.hasFocus = () => false;
  });
  await page.route('**/widget', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<body><main>Nuevo</main><p id="away" hidden>Sin red</p>',
    }),
  );
  await page.clock.runFor(61_000);
  await expect(page.getByText('Nuevo')).toBeVisible();
  // What stands before the panel answers in its place while it is away.
  await page.route('**/widget', (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>502 Bad Gateway</h1>' }),
  );
  await page.clock.runFor(61_000);
  await expect(page.getByText('Sin red')).toBeVisible();
  await expect(page.getByText('Nuevo')).toBeVisible();
  await page.route('**/widget', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<body><main>De vuelta</main><p id="away" hidden>Sin red</p>',
    }),
  );
  await page.clock.runFor(61_000);
  await expect(page.getByText('De vuelta')).toBeVisible();
  await expect(page.getByText('Sin red')).toBeHidden();
  await page.route('**/widget', (route) => route.abort());
  await page.clock.runFor(61_000);
  await expect(page.getByText('Sin red')).toBeVisible();
});
