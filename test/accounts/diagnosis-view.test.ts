import { describe, expect, test } from 'vitest';
import type { Diagnosis, LockKind, Verdict } from '../../src/accounts/diagnosis.ts';
import { diagnosisView } from '../../src/accounts/diagnosis-view.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { LOCALES, translator } from '../../src/i18n/index.ts';
import { toNano } from '../../src/money.ts';

const healthy: Diagnosis = {
  verdict: 'ready',
  wellFormed: true,
  known: true,
  adminScope: true,
  lock: null,
  account: 'futurelab',
  balance: { amount: toNano(24.5), currency: 'USD', reason: null },
  probes: [{ capability: 'usage', access: 'granted', code: null, latencyMs: 120 }],
  latencyMs: 412,
  keyHint: '…7f3a',
};

const view = (over: Partial<Diagnosis> = {}, locale: 'es' | 'en' = 'es') =>
  diagnosisView({ ...healthy, ...over }, createFormat(locale), translator(locale));

const VERDICTS: Verdict[] = [
  'ready',
  'degraded',
  'admin_scope_missing',
  'unknown_key',
  'unbound_key',
  'malformed_key',
  'account_locked',
  'challenged',
  'rate_limited',
  'fal_unavailable',
];

describe.each(LOCALES)('verdicts in %s', (locale) => {
  test('are ten different sentences, each with a next step', () => {
    const views = VERDICTS.map((verdict) => view({ verdict }, locale));
    expect(new Set(views.map(({ headline }) => headline)).size).toBe(VERDICTS.length);
    expect(views.filter(({ next, action }) => !next || !action.label)).toEqual([]);
  });
});

test('a good key leads on to the usage', () => {
  expect(view()).toMatchObject({
    tone: 'ok',
    keyHint: '…7f3a',
    account: 'futurelab',
    took: '412 ms',
    action: { kind: 'ask', path: '/admin/config/usage' },
    credits: { balance: '$24.50' },
  });
});

test('a missing scope leads to the keys page at fal', () => {
  expect(view({ verdict: 'admin_scope_missing' }).action).toMatchObject({
    href: 'https://fal.ai/dashboard/keys',
    external: true,
  });
});

describe('a locked account', () => {
  const locked = (kind: LockKind) =>
    view({ verdict: 'account_locked', lock: { kind, reason: 'fal said so' } });

  test('says why in fal’s words as well as ours', () => {
    expect(locked('exhausted_balance')).toMatchObject({
      headline: 'fal bloqueó la cuenta: se acabó el saldo',
      falSaid: 'fal dijo: «fal said so»',
      action: { href: 'https://fal.ai/dashboard/billing' },
    });
  });

  test('is a matter for fal’s support when its team locked it', () => {
    expect(locked('admin_lock').action).toMatchObject({
      href: 'mailto:support@fal.ai',
      external: false,
    });
  });

  test('reads differently for each kind of lock', () => {
    const kinds: LockKind[] = [
      'exhausted_balance',
      'top_up',
      'admin_lock',
      'payment_method',
      'budget_exceeded',
      'other',
    ];
    expect(new Set(kinds.map((kind) => locked(kind).headline)).size).toBe(kinds.length);
  });
});

test('capabilities have a sign, a word and, when denied, a reason', () => {
  const { probes } = view({
    probes: [
      { capability: 'usage', access: 'granted', code: null, latencyMs: 90 },
      { capability: 'balance', access: 'denied', code: 'admin_scope_required', latencyMs: 80 },
      { capability: 'pricing', access: 'unknown', code: 'something_new', latencyMs: 2_500 },
    ],
  });
  expect(probes.map(({ sign, word, reason, took }) => [sign, word, reason, took])).toEqual([
    ['✓', 'Sí', null, '90 ms'],
    ['✗', 'No', 'falta el permiso Admin', '80 ms'],
    ['?', 'No se sabe', 'fal no respondió', '2.5 s'],
  ]);
});
