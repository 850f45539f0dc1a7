import { describe, expect, test } from 'vitest';
import { factsOf } from '../../src/audit/facts.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { LOCALES, type Locale, translator } from '../../src/i18n/index.ts';

/** The facts of an entry as lines, read in Mexico City. */
function lines(action: string, detail: unknown, locale: Locale = 'es'): string[] {
  const reader = {
    timezone: 'America/Mexico_City',
    format: createFormat(locale),
    t: translator(locale),
  };
  const text = typeof detail === 'string' ? detail : JSON.stringify(detail);
  return factsOf(action, text, reader).map(({ name, value }) => `${name}: ${value}`);
}

describe('what else an entry says', () => {
  test.each([
    [
      'session.started',
      { method: 'password', second_factor: 'recovery_code' },
      ['con: contraseña', 'verificación en dos pasos: código de recuperación'],
    ],
    ['person.role_changed', { from: 'viewer', to: 'operator' }, ['rol: Consulta → Operación']],
    ['account.key_replaced', { from: '…00aa', to: '…00bb' }, ['clave: …00aa → …00bb']],
    [
      'account.changed',
      { changed: ['name', 'timezone'], was: 'Vieja' },
      ['qué cambió: nombre, zona horaria', 'antes se llamaba: Vieja'],
    ],
    [
      'settings.changed',
      {
        before: { locale: 'en', refresh_seconds: null, history_days: null },
        after: { locale: null, refresh_seconds: 30, history_days: 400 },
      },
      [
        'idioma: English → el del servidor',
        'actualizar las cifras en vivo: lo predeterminado → Cada 30 s',
        'conservar el uso: siempre → 400 días',
      ],
    ],
    [
      'token.created',
      { role: 'viewer', expires_at: '2026-03-08T05:59:59.123456789Z' },
      ['rol: Consulta', 'vence: 7 mar 2026, 23:59:59'],
    ],
    ['token.created', { role: 'admin', expires_at: null }, ['rol: Administración', 'vence: nunca']],
    [
      'channel.created',
      { channel_kind: 'teams', leads_to: 'example.com' },
      ['tipo: Microsoft Teams', 'lleva a: example.com'],
    ],
    ['secret.rotated', { sessions: 1200 }, ['sesiones cerradas: 1,200']],
  ])('of %s %j is in words', (action, detail, expected) => {
    expect(lines(action, detail)).toEqual(expected);
  });

  test('is in English as well', () => {
    expect(lines('person.created', { role: 'admin', by: 'ADMIN_EMAIL' }, 'en')).toEqual([
      'role: Admin',
      'by: ADMIN_EMAIL in the configuration',
    ]);
  });

  test.each([
    ['future.deed', { shade: 'teal', sizes: [1, 2] }, ['shade: teal', 'sizes: [1,2]']],
    ['session.started', { method: 'passkey' }, ['con: passkey']],
    ['session.started', { method: { toString: 1 } }, ['con: {"toString":1}']],
    ['account.changed', { changed: ['shade', 7] }, ['qué cambió: shade, 7']],
    ['account.changed', 'no JSON', [': no JSON']],
    ['token.created', { expires_at: 'soon' }, ['vence: soon']],
  ])('of %s %j, for which there are no words, is shown as it is', (action, detail, expected) => {
    expect(lines(action, detail)).toEqual(expected);
  });
});

test.each(LOCALES)('what is set back is said in %s', (locale) => {
  const [line] = lines('settings.changed', { before: { timezone: 'UTC' }, after: {} }, locale);
  expect(line).toMatch(/: UTC → (?:la del servidor|the server’s)$/);
});
