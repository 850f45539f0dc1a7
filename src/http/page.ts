import type { RequestHandler } from 'express';
import { BILLING_URL, KEYS_URL, USAGE_URL } from '../fal/links.ts';
import { createFormat, type Format } from '../i18n/format.ts';
import { LOCALES, type Locale } from '../i18n/index.ts';
import type { Assets } from './assets.ts';

/** Where a language switch leads from a page that can't be asked for again by its address. */
const HOME = '/admin/config';

export interface LanguageLink {
  locale: Locale;
  /** Its own name for itself. */
  name: string;
  href: string;
  current: boolean;
}

/** What every view can use beside its own model; `t` and `locale` come from `chooseLocale`. */
export interface PageLocals {
  format: Format;
  /** Empty at the root, else such as `/futurelab_ai`: stands before every address of the panel. */
  basePath: string;
  /** The address of a file of `public/` or a package, base path included. */
  asset(name: string): string;
  /** Path of this request with the base path, without its query. */
  currentPath: string;
  languages: LanguageLink[];
  /** Where a person goes on fal's own site. */
  links: typeof LINKS;
  /** Names of all time zones this machine knows. */
  timezones(): readonly string[];
}

const LINKS = { billing: BILLING_URL, keys: KEYS_URL, usage: USAGE_URL };

declare global {
  namespace Express {
    interface Locals extends PageLocals {}
  }
}

const NAMES: Record<Locale, string> = { es: 'Español', en: 'English' };

/** Gives views what they all need. Mount it where `req.baseUrl` is the base path, after `chooseLocale`. */
export function pageLocals(assets: Assets): RequestHandler {
  return function pageLocals(req, res, next) {
    const { locale } = res.locals;
    res.vary('Cookie, Accept-Language');
    const basePath = req.baseUrl;
    // Never `//elsewhere`, which would lead to another host.
    const currentPath = (basePath + req.path).replace(/^[/\\]+/, '/');
    const page = req.method === 'GET' ? currentPath : basePath + HOME;
    Object.assign(res.locals, {
      format: createFormat(locale),
      basePath,
      asset: (name) => basePath + assets.path(name),
      currentPath,
      languages: LOCALES.map((each) => ({
        locale: each,
        name: NAMES[each],
        href: `${page}?lang=${each}`,
        current: each === locale,
      })),
      links: LINKS,
      timezones,
    } satisfies PageLocals);
    next();
  };
}

let zones: readonly string[] | undefined;

function timezones(): readonly string[] {
  zones ??= ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
  return zones;
}
