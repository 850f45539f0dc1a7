import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { en } from '../../src/i18n/en.ts';
import { es } from '../../src/i18n/es.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { LOCALES, type Locale } from '../../src/i18n/index.ts';

const root = new URL('../../', import.meta.url);

/** Each text as often as it is written down: of two with one name, the last file wins silently. */
function written(locale: Locale): string[] {
  const parts = readdirSync(new URL(`src/i18n/${locale}/`, root)).map(
    (name) => `${locale}/${name}`,
  );
  return [`${locale}.ts`, ...parts].flatMap((path) => {
    const source = readFileSync(new URL(`src/i18n/${path}`, root), 'utf8');
    return [...source.matchAll(/^ {2}'([^']+)':/gm)].map(([, key = '']) => key);
  });
}

test.each(LOCALES)('every text is written once in %s', (locale) => {
  const keys = written(locale);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  expect(keys.toSorted()).toEqual(Object.keys(locale === 'es' ? es : en).toSorted());
});

test('both languages have the same texts, but for the Spanish plural of millions', () => {
  const isOfMillions = (key: string) =>
    key.endsWith('_many') && Object.hasOwn(es, key.replace(/_many$/, '_other'));
  const spanish = Object.keys(es).filter((key) => !isOfMillions(key));
  expect(Object.keys(en).toSorted()).toEqual(spanish.toSorted());
});

test('every text is named somewhere: whole, or put together, its rest chosen at run time', () => {
  const sources = ['src/', 'views/']
    .flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true }).map((name) => `${folder}${name}`),
    )
    .filter((path) => /\.(?:ts|ejs)$/.test(path) && !/^src\/i18n\/e[sn]\b/.test(path))
    .map((path) => readFileSync(new URL(path, root), 'utf8'))
    .join('\n');
  const names = [
    ...sources.matchAll(/['"`]((?:[a-z_]+|\$\{\w+\}\.[a-z]+)\.(?:[\w.]|\$\{[^}]*\})+)['"`]/g),
  ];
  const pattern = names
    .map(([, name = '']) => name.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '[\\w.]+'))
    .join('|');
  const isNamed = new RegExp(`^(?:${pattern})(?:_one|_many|_other)?$`);
  expect(Object.keys(es).filter((key) => !isNamed.test(key))).toEqual([]);
});

test.each([
  [
    'es',
    es,
    /segundo factor|\b[Ee]ntr(?:a|as|ar|ará|aste|ó)\b|\b[Bb](?:orr|órr)|bitácora|por asentarse/,
  ],
  ['en', en, /second factor|\blog (?:in|out)\b|\b[Rr]eplace the key|n’t\b|\bcan not\b/],
])('one thing has one name in %s', (_, texts, otherNames) => {
  expect(Object.entries(texts).filter(([, text]) => otherNames.test(text))).toEqual([]);
});

test.each([
  ['es', es],
  ['en', en],
] as const)('percentages are written in texts as figures are in %s', (locale, texts) => {
  const [, between = ''] = /^12(.*)%$/.exec(createFormat(locale).percent(12)) ?? [];
  const otherwise = Object.entries(texts).filter(([, text]) =>
    [...text.matchAll(/\d(\s*)%/g)].some(([, space]) => space !== between),
  );
  expect(otherwise).toEqual([]);
});
