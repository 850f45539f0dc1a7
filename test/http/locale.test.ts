import express, { Router } from 'express';
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { chooseLocale } from '../../src/http/locale.ts';

function serve(defaultLocale: 'es' | 'en' = 'es') {
  const panel = Router();
  const settled = { locale: defaultLocale, currencyDisplay: 'symbol' } as const;
  panel.use(chooseLocale({ current: () => settled }));
  panel.use((_req, res) => void res.send(res.locals.t('config.period')));
  const app = express();
  app.use('/base', panel);
  app.use(panel);
  return request(app);
}

describe('the language of a request', () => {
  test('is the default when nothing is asked for', async () => {
    expect((await serve('es').get('/')).text).toBe('Período');
    expect((await serve('en').get('/')).text).toBe('Period');
  });

  test.each([
    ['en-US,en;q=0.9', 'Period'],
    ['es-MX,es;q=0.9,en;q=0.8', 'Período'],
    ['fr,en;q=0.5', 'Period'],
    ['fr', 'Período'],
    ['*', 'Período'],
  ])('follows Accept-Language: %s', async (header, text) => {
    expect((await serve().get('/').set('Accept-Language', header)).text).toBe(text);
  });

  test('is the one in the cookie before the browser’s', async () => {
    const response = await serve()
      .get('/')
      .set('Accept-Language', 'es')
      .set('Cookie', 'a=1; lang=en');
    expect(response.text).toBe('Period');
  });

  test('ignores a cookie and a switch it does not know', async () => {
    expect((await serve().get('/').set('Cookie', 'lang=xx')).text).toBe('Período');
    expect((await serve().get('/?lang=xx')).text).toBe('Período');
    expect((await serve().get('/?lang=en&lang=es')).text).toBe('Período');
  });
});

describe('the switch ?lang=', () => {
  test('is remembered in a cookie and redirects to the same page without it', async () => {
    const response = await serve().get('/admin/config?a=1&lang=en');
    expect(response.status).toBe(303);
    expect(response.headers.location).toBe('/admin/config?a=1');
    expect(response.headers['set-cookie']?.[0]).toMatch(
      /^lang=en; Max-Age=31536000; Path=\/; .*HttpOnly; SameSite=Lax$/,
    );
  });

  test('keeps to the base path', async () => {
    const response = await serve().get('/base/admin/config?lang=en');
    expect(response.headers.location).toBe('/base/admin/config');
    expect(response.headers['set-cookie']?.[0]).toContain('Path=/base;');
  });

  test.each(['//evil.example/x', '/\\evil.example/x', '/.//evil.example', '///evil.example'])(
    'never leads to another site: %s',
    async (path) => {
      const { headers } = await serve().get(`${path}?lang=en`);
      expect(headers.location).toMatch(/^\/(?![/\\])/);
    },
  );

  test('answers a form in that language without a redirect', async () => {
    const response = await serve().post('/?lang=en');
    expect([response.status, response.text]).toEqual([200, 'Period']);
  });
});
