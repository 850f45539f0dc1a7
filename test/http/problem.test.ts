import { describe, expect, test } from 'vitest';
import { fieldMessage, problemMessage, problemView } from '../../src/http/problem.ts';
import { LOCALES, translator } from '../../src/i18n/index.ts';

const CODES = [
  'invalid_request',
  'invalid_api_key',
  'not_signed_in',
  'admin_scope_required',
  'account_locked',
  'not_found',
  'unsupported_media_type',
  'payload_too_large',
  'rate_limited',
  'fal_bad_response',
  'fal_unavailable',
  'fal_timeout',
  'internal_error',
];

const es = translator('es');
const view = (code: string, facts = {}) => problemView({ code, requestId: 'r1', ...facts }, es);

describe.each(LOCALES)('problems in %s', (locale) => {
  test('each say what happened, what it means and what to do', () => {
    const views = CODES.map((code) => problemView({ code, requestId: 'r1' }, translator(locale)));
    expect(new Set(views.map(({ what }) => what)).size).toBe(CODES.length);
    expect(views.filter(({ what, means, now }) => !what || !means || !now)).toEqual([]);
  });
});

test.each([
  ['invalid_api_key', 'https://fal.ai/dashboard/keys'],
  ['admin_scope_required', 'https://fal.ai/dashboard/keys'],
  ['account_locked', 'https://fal.ai/dashboard/billing'],
  ['fal_bad_response', 'https://fal.ai/dashboard/usage'],
])('%s leads to %s', (code, href) => {
  expect(view(code).action).toMatchObject({ kind: 'link', href, external: true });
});

test.each(['rate_limited', 'fal_unavailable', 'fal_timeout', 'internal_error'])(
  '%s offers to try again',
  (code) => {
    expect(view(code).action).toMatchObject({ kind: 'ask', path: null });
  },
);

test('a code nobody wrote a text for reads as an internal error', () => {
  expect(view('something_new').what).toBe(view('internal_error').what);
});

test('only what nobody foresaw gives the number of the request', () => {
  const given = [...CODES, 'something_new'].filter((code) => view(code).requestId !== null);
  expect(given).toEqual(['internal_error', 'something_new']);
});

test('a wait is said in seconds where it is known', () => {
  expect(view('rate_limited', { retryAfterSeconds: 49 }).now).toBe(
    'Espera 49 segundos y vuelve a intentar.',
  );
  expect(view('rate_limited', { retryAfterSeconds: 1 }).now).toContain('1 segundo y');
  expect(view('rate_limited').now).toContain('un minuto');
});

test('a challenge, an unbound key and each lock have words of their own', () => {
  expect(view('fal_unavailable', { challenged: true }).what).toContain('filtro de seguridad');
  expect(view('invalid_api_key', { unbound: true }).what).toContain('de quién es');
  const admin = view('account_locked', { lockKind: 'admin_lock' });
  expect(admin.action).toMatchObject({ href: 'mailto:support@fal.ai' });
  expect(admin.what).not.toBe(view('account_locked', { lockKind: 'top_up' }).what);
});

test('fields are named as in the form, and the button leads to the first', () => {
  const fields = [
    { field: 'end_date', message: 'El inicio debe ser anterior al final.' },
    { field: 'mystery', message: '?' },
  ];
  const problem = view('invalid_request', { fields });
  expect(problem.fields.map(({ label }) => label)).toEqual(['Hasta', 'mystery']);
  expect(problem.action).toMatchObject({ href: '#end_date' });
});

test('fieldMessage finds the text of the field, then of any field', () => {
  expect(fieldMessage('api_key', 'missing', es)).toBe('Falta la clave de API de fal.');
  expect(fieldMessage('end_date', 'start_not_before_end', es)).toContain('anterior');
  expect(fieldMessage('colour', 'too_blue', es)).toBe('Este dato no se puede usar.');
});

test('problemMessage is one line for programs’ message', () => {
  expect(problemMessage({ code: 'fal_timeout' }, es)).toBe(
    'fal tardó demasiado en responder. Vuelve a intentar, o elige un período más corto.',
  );
});
