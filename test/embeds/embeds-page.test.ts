import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Browser, ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { boothToken, startSynced } from './embeds.ts';

const MADE = /id="made-json"[^>]* value="([^"]*\/embed\/fue_[\w-]{43})\/status\.json"/;

const form = () => ({
  ...{ form_id: randomUUID(), name: 'Intranet', account: 'booth', locale: 'es', expires: 'never' },
  ...{ shows: 'amounts', frame_origins: '' },
});

/** Makes one as the page does. @returns its address up to the token. */
async function create(browser: Browser, fields: Record<string, string> = {}): Promise<string> {
  const { text } = await browser.post('/admin/embeds', { ...form(), ...fields });
  return text.match(MADE)?.[1] ?? '';
}

const rows = (panel: Panel) =>
  panel.services.store.db.selectFrom('embed_tokens').selectAll().execute();

describe.each(ENGINES)('on %s', (engine) => {
  test('an operator makes one, gets its code once, and it shows what was chosen', async () => {
    const panel = await startSynced({ engine }, { PUBLIC_URL: 'https://panel.example.com' });
    const operator = await panel.as('operator');
    const { text } = await operator.post('/admin/embeds', {
      ...form(),
      frame_origins: 'https://intranet.example.com/\nhttp://localhost:8080',
    });
    const address = text.match(MADE)?.[1] ?? '';
    expect(address).toContain('https://panel.example.com/embed/fue_');
    expect(text).toContain(`&lt;img src=&#34;${address}/badge.svg&#34;`);
    expect(text).toContain(`&lt;iframe src=&#34;${address}/widget&#34;`);
    const path = new URL(address).pathname;
    const { headers, text: widget } = await panel.http.get(`${path}/widget`);
    expect(headers['content-security-policy']).toContain(
      'frame-ancestors https://intranet.example.com http://localhost:8080',
    );
    expect(widget).toContain('Saldo');
    expect(widget).not.toContain('Alcanza');
    expect((await operator.get('/admin/embeds')).text).not.toContain(path.slice(12));
  });

  test('the same form sent twice makes one, also at the same moment', async () => {
    const panel = await startSynced({ engine });
    const operator = await panel.as('operator');
    const same = form();
    const answers = await Promise.all([
      operator.post('/admin/embeds', same),
      operator.post('/admin/embeds', same),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 303]);
    expect(await rows(panel)).toHaveLength(1);
  });

  test('a revoked one shows nothing from that moment on, and both deeds are written down', async () => {
    const panel = await startSynced({ engine });
    const operator = await panel.as('operator');
    const address = await create(operator, { account: '' });
    const [row] = await rows(panel);
    const path = `/admin/embeds/${row?.id}/revocation`;
    expect((await operator.get(path)).text).toContain('¿Revocar «Intranet»?');
    expect((await operator.post(path)).headers.location).toBe('/admin/embeds?done=revoked');
    expect((await operator.post(path)).status).toBe(409);
    expect((await operator.get(path)).status).toBe(409);
    expect((await panel.http.get(`${new URL(address).pathname}/widget`)).status).toBe(404);
    for (const form of ['badge.svg', 'widget']) {
      expect((await operator.get(`/admin/embeds/${row?.id}/${form}`)).status).toBe(404);
    }
    expect((await operator.get('/admin/embeds')).text).toContain('Revocado');

    const { db } = panel.services.store;
    const entries = await db.selectFrom('audit_entries').selectAll().orderBy('action').execute();
    const ofEmbeds = entries.filter(({ action }) => action.startsWith('embed.'));
    expect(ofEmbeds).toMatchObject([
      { actor: operator.email, action: 'embed.created', target: 'Intranet' },
      { actor: operator.email, action: 'embed.revoked', target: 'Intranet' },
    ]);
    const secret = address.slice(-40);
    expect(JSON.stringify(entries) + panel.logged()).not.toContain(secret);
    const { text } = await (await panel.as('admin')).get('/admin/audit');
    expect(text).toContain('Creó una insignia');
    expect(text).toContain('montos');
  });
});

test('a preview shows an operator what a token shows, in frames of the panel alone', async () => {
  const panel = await startSynced();
  const operator = await panel.as('operator');
  await boothToken(panel, { id: 'mine', frameOrigins: ['https://intranet.example.com'] });
  const page = await operator.get('/admin/embeds');
  expect(page.headers['content-security-policy']).toContain("frame-src 'self'");
  const widget = await operator.get('/admin/embeds/mine/widget');
  expect(widget.text).toContain('Cabina &lt;b&gt;');
  expect(widget.headers['content-security-policy']).toMatch(/frame-ancestors 'self'$/);
  expect(widget.headers['x-frame-options']).toBe(undefined);
  expect((await operator.get('/admin/embeds/mine/badge.svg')).type).toBe('image/svg+xml');
  expect((await rows(panel)).map((row) => row.last_used_at)).toEqual([null]);
});

test('viewers neither see nor make any', async () => {
  const panel = await startSynced();
  await boothToken(panel, { id: 'mine' });
  const viewer = await panel.as('viewer');
  expect(await create(viewer)).toBe('');
  for (const path of ['', '/mine/badge.svg', '/mine/widget', '/mine/revocation']) {
    expect((await viewer.get(`/admin/embeds${path}`)).status).toBe(403);
  }
  expect((await viewer.post('/admin/embeds/mine/revocation')).status).toBe(403);
  expect((await viewer.get('/admin/accounts/booth')).text).not.toContain('/admin/embeds');
});

test('from an account’s page the form is for that account', async () => {
  const panel = await startSynced();
  const operator = await panel.as('operator');
  const { text } = await operator.get('/admin/accounts/booth');
  expect(text).toContain('href="/admin/embeds?for=booth"');
  const page = await operator.get('/admin/embeds?for=booth');
  expect(page.text).toContain('<option value="booth" selected>');
});

test('who deletes an account is told that its badges stop working', async () => {
  const panel = await startSynced();
  const admin = await panel.as('admin');
  const page = async () => (await admin.get('/admin/accounts/booth/delete')).text;
  await boothToken(panel, { expiresAt: NOW });
  expect(await page()).not.toContain('insignia');
  await boothToken(panel);
  expect(await page()).toContain('La insignia que la muestra en otra página deja de funcionar.');
  await boothToken(panel);
  expect(await page()).toContain('Las 2 insignias que la muestran en otras páginas');
});

test.each([
  [{ name: '' }, 'Escribe un nombre'],
  [{ account: 'nobody' }, 'No hay una cuenta guardada'],
  [{ shows: 'everything' }, 'Elige una de las opciones'],
  [{ locale: 'fr' }, 'Elige una de las opciones'],
  [{ expires: '31' }, 'Elige cuándo vence'],
  [{ form_id: 'x' }, 'recarga la página'],
  [{ frame_origins: 'intranet.example.com' }, 'Una dirección por línea'],
  [{ frame_origins: 'https://a.example.com/page' }, 'Una dirección por línea'],
  [{ frame_origins: 'https://*.example.com' }, 'Una dirección por línea'],
  [{ frame_origins: "https://a.example.com;script-src'unsafe-inline'" }, 'Una dirección por línea'],
  [{ frame_origins: 'javascript:alert(1)' }, 'Una dirección por línea'],
  [{ frame_origins: 'null' }, 'Una dirección por línea'],
  [{ frame_origins: 'https://user@a.example.com' }, 'Una dirección por línea'],
  [
    { frame_origins: Array.from({ length: 21 }, (_, n) => `https://a${n}.example.com`).join('\n') },
    'hasta 20',
  ],
])('one of %j is refused in words', async (fields, words) => {
  const panel = await startPanel();
  const operator = await panel.as('operator');
  const { status, text } = await operator.post('/admin/embeds', { ...form(), ...fields });
  expect([status, text.includes(words)]).toEqual([400, true]);
  expect(await rows(panel)).toEqual([]);
});
