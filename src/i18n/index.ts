import { createInstance, type i18n } from 'i18next';
import { en } from './en.ts';
import { es } from './es.ts';

export const LOCALES = ['es', 'en'] as const;
export type Locale = (typeof LOCALES)[number];

type PluralSuffix = '_one' | '_many' | '_other';
type SpanishKey = keyof typeof es;
type WithoutPlural<Key> = Key extends `${infer Base}${PluralSuffix}`
  ? `${Base}_other` extends SpanishKey
    ? Base
    : Key
  : Key;

/** Every text there is; a plural text goes by its name without `_one`, `_many` and `_other`. */
export type TextKey = WithoutPlural<SpanishKey>;

/** `count` chooses the plural form; everything else fills `{{...}}`. */
export type TextValues = Record<string, string | number>;

export type Translate = (key: TextKey, values?: TextValues) => string;

export function isLocale(value: unknown): value is Locale {
  return LOCALES.some((locale) => locale === value);
}

/** Whether there is a text of this name, for names put together at run time. */
export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(es, key) || Object.hasOwn(es, `${key}_other`);
}

/**
 * Texts in one language, the same function every time. Values are not escaped: views escape what
 * they print.
 */
export function translator(locale: Locale): Translate {
  const known = translators.get(locale);
  if (known) return known;
  texts ??= loadTexts();
  const lookUp = texts.getFixedT(locale);
  const plurals = new Intl.PluralRules(locale);
  // By name and plural form, before anything is filled in: pages say some texts in every row, and to
  // find one takes i18next far longer than it takes to fill it in.
  const written = new Map<string, string>();
  const textOf = (key: TextKey, count: string | number | undefined) => {
    const isCounted = typeof count === 'number';
    const name = isCounted ? `${key} ${plurals.select(count)}` : key;
    const known = written.get(name);
    if (known !== undefined) return known;
    const text = lookUp(key, { ...(isCounted && { count }), skipInterpolation: true });
    if (isTextKey(key)) written.set(name, text);
    return text;
  };
  const translate: Translate = (key, values) => {
    const text = textOf(key, values?.count);
    return values ? filledIn(text, values) : text;
  };
  translators.set(locale, translate);
  return translate;
}

function filledIn(text: string, values: TextValues): string {
  return text.replace(/\{\{(\w+)\}\}/g, (place, name) => String(values[name] ?? place));
}

let texts: i18n | undefined;
const translators = new Map<Locale, Translate>();

function loadTexts(): i18n {
  const instance = createInstance();
  void instance.init({
    lng: 'es',
    fallbackLng: false,
    supportedLngs: LOCALES,
    resources: { es: { translation: es }, en: { translation: en } },
    // Keys are flat: a dot is part of the name.
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return instance;
}
