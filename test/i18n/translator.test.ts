import { describe, expect, test } from 'vitest';
import { en } from '../../src/i18n/en.ts';
import { es } from '../../src/i18n/es.ts';
import { isTextKey, LOCALES, translator } from '../../src/i18n/index.ts';

describe('translator', () => {
  test('speaks both languages', () => {
    expect(translator('es')('usage.success')).toBe('Estadísticas obtenidas exitosamente');
    expect(translator('en')('usage.success')).toBe('Usage retrieved successfully');
  });

  test('is the same function for the same language', () => {
    expect(translator('es')).toBe(translator('es'));
  });

  test('chooses the plural form, also the Spanish one for millions', () => {
    const calls = (count: number, formatted: string) =>
      translator('es')('unit.image', { count, formatted });
    expect(calls(1, '1')).toBe('1 imagen');
    expect(calls(0, '0')).toBe('0 imágenes');
    expect(calls(1_000_000, '1,000,000')).toBe('1,000,000 de imágenes');
  });

  test('finds the form of each count anew, and says a text without values as it is', () => {
    const t = translator('en');
    const calls = (count: number) => t('unit.image', { count, formatted: String(count) });
    expect([1, 2, 1, 0].map(calls)).toEqual(['1 image', '2 images', '1 image', '0 images']);
    expect(t('usage.exact')).toBe(en['usage.exact']);
    expect(t('usage.exact', { amount: '$1', count: 2 })).toBe('Exactly $1');
  });

  test('leaves values alone: views escape, and a value is never a text of its own', () => {
    const t = translator('en');
    expect(t('usage.exact', { amount: '<b>$t(app.name) {{x}}</b>' })).toBe(
      'Exactly <b>$t(app.name) {{x}}</b>',
    );
  });
});

test('isTextKey knows whole texts and plural ones by their name', () => {
  expect(isTextKey('usage.success')).toBe(true);
  expect(isTextKey('unit.image')).toBe(true);
  expect(isTextKey('unit.parsec')).toBe(false);
  expect(isTextKey('toString')).toBe(false);
});

describe('texts', () => {
  test('use the same values in both languages', () => {
    const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name);
    for (const [key, text] of Object.entries(en)) {
      const spanish = es[key as keyof typeof en];
      expect([key, values(text).sort()]).toEqual([key, values(spanish).sort()]);
    }
  });

  test.each(LOCALES)('are not empty in %s', (locale) => {
    const texts = Object.entries(locale === 'es' ? es : en);
    expect(texts.length).toBeGreaterThan(200);
    expect(texts.filter(([, text]) => text.trim() === '')).toEqual([]);
  });
});
