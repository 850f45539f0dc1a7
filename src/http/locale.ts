import type { Request, RequestHandler } from 'express';
import { isLocale, LOCALES, type Locale, type Translate, translator } from '../i18n/index.ts';

declare global {
  namespace Express {
    interface Locals {
      locale: Locale;
      t: Translate;
    }
  }
}

const COOKIE = 'lang';
const COOKIE_MAX_AGE_MS = 365 * 24 * 60 * 60 * 1_000;

/**
 * Decides the language of a request: `?lang=`, which is remembered in a cookie, then that cookie,
 * then `Accept-Language`, then the default. A page asked for with `?lang=` is redirected to itself
 * without it. Mount it where `req.baseUrl` is the base path.
 */
export function chooseLocale({ defaultLocale }: { defaultLocale: Locale }): RequestHandler {
  return function chooseLocale(req, res, next) {
    const lang = req.originalUrl.includes('lang=') ? req.query.lang : undefined;
    if (isLocale(lang)) {
      res.cookie(COOKIE, lang, {
        path: req.baseUrl || '/',
        sameSite: 'lax',
        httpOnly: true,
        secure: req.secure,
        maxAge: COOKIE_MAX_AGE_MS,
      });
      if (req.method === 'GET') return res.redirect(303, withoutLang(req.originalUrl));
    }
    const locale = isLocale(lang)
      ? lang
      : (cookieLocale(req) ?? acceptedLocale(req, defaultLocale));
    res.locals.locale = locale;
    res.locals.t = translator(locale);
    next();
  };
}

function cookieLocale({ headers }: Request): Locale | null {
  const value = headers.cookie?.match(/(?:^|;)\s*lang=([^;\s]*)/)?.[1];
  return isLocale(value) ? value : null;
}

function acceptedLocale(req: Request, defaultLocale: Locale): Locale {
  if (!req.headers['accept-language']) return defaultLocale;
  // The default stands first: `*` and equal weights choose it.
  const offered = [defaultLocale, ...LOCALES.filter((locale) => locale !== defaultLocale)];
  const accepted = req.acceptsLanguages(offered);
  return isLocale(accepted) ? accepted : defaultLocale;
}

/** A path on this server, always: `//elsewhere` and `/\elsewhere` would leave it. */
function withoutLang(originalUrl: string): string {
  const url = new URL(originalUrl.replace(/^[/\\]+/, '/'), 'http://panel.invalid');
  url.searchParams.delete('lang');
  return url.pathname.replace(/^\/+/, '/') + url.search;
}
