import type { Request, RequestHandler } from 'express';
import { createFormat, type Format } from '../i18n/format.ts';
import { isLocale, LOCALES, type Locale, type Translate, translator } from '../i18n/index.ts';
import type { Settings } from '../settings/settings.ts';
import { askedChoice, keepChoice, keptChoice, withoutChoice } from './choice.ts';

declare global {
  namespace Express {
    interface Locals {
      locale: Locale;
      t: Translate;
      format: Format;
    }
  }
}

const NAME = 'lang';

/** What this needs of the settings, read with each request. */
interface Settled {
  current(): Pick<Settings, 'locale' | 'currencyDisplay'>;
}

/**
 * Decides the language of a request: `?lang=`, which is remembered in a cookie, then that cookie,
 * then `Accept-Language`, then the one of the settings. A page asked for with `?lang=` is redirected
 * to itself without it. Mount it where `req.baseUrl` is the base path.
 */
export function chooseLocale(settings: Settled): RequestHandler {
  return function chooseLocale(req, res, next) {
    const lang = askedChoice(req, NAME);
    if (isLocale(lang)) {
      keepChoice(req, res, NAME, lang, req.baseUrl || '/');
      if (req.method === 'GET') return res.redirect(303, withoutChoice(req.originalUrl, NAME));
    }
    const { locale: usual, currencyDisplay } = settings.current();
    const locale = isLocale(lang) ? lang : (cookieLocale(req) ?? acceptedLocale(req, usual));
    res.locals.locale = locale;
    res.locals.t = translator(locale);
    res.locals.format = createFormat(locale, currencyDisplay);
    next();
  };
}

function cookieLocale(req: Request): Locale | null {
  const value = keptChoice(req, NAME);
  return isLocale(value) ? value : null;
}

function acceptedLocale(req: Request, usual: Locale): Locale {
  if (!req.headers['accept-language']) return usual;
  // The usual one stands first: `*` and equal weights choose it.
  const offered = [usual, ...LOCALES.filter((locale) => locale !== usual)];
  const accepted = req.acceptsLanguages(offered);
  return isLocale(accepted) ? accepted : usual;
}
