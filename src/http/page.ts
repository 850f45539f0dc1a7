import type { RequestHandler } from 'express';
import type { AccountChoice } from '../accounts/choose-account.ts';
import type { Viewer } from '../auth/viewer.ts';
import { BILLING_URL, KEYS_URL, USAGE_URL } from '../fal/links.ts';
import { LOCALES, type Locale } from '../i18n/index.ts';
import type { Assets } from './assets.ts';
import { type NavigationLink, navigationFor, placeOf } from './navigation.ts';
import { THEMES, type Theme } from './theme.ts';

/** Where a switch leads from a page that can't be asked for again by its address. */
const HOME = '/admin';

export interface LanguageLink {
  locale: Locale;
  /** Its own name for itself. */
  name: string;
  href: string;
  current: boolean;
}

export interface ThemeLink {
  theme: Theme;
  href: string;
  current: boolean;
}

/** What every view can use beside its own model; `t`, `locale` and `format` come from `chooseLocale`. */
export interface PageLocals {
  /** Empty at the root, else such as `/futurelab_ai`: stands before every address of the panel. */
  basePath: string;
  /** The address of a file of `public/` or a package, base path included. */
  asset(name: string): string;
  /** Path of this request with the base path, without its query. */
  currentPath: string;
  /**
   * What of the query this page's switches keep. Nothing, unless a page says so: people paste keys
   * into addresses.
   */
  keptQuery: URLSearchParams;
  languages(): LanguageLink[];
  themes(): ThemeLink[];
  /** Who is signed in; found out later on the way of a request, as is the account. */
  viewer: Viewer | null;
  accountChoice: AccountChoice;
  /** Where whoever is signed in may go. */
  navigation(): NavigationLink[];
  /** The address of this page with another choice in it, such as `?account=`; kept in a cookie. */
  choiceHref(name: string, value: string): string;
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

/**
 * Gives views what they all need. Mount it where `req.baseUrl` is the base path, after
 * `chooseLocale` and `chooseTheme`.
 */
export function pageLocals(assets: Assets): RequestHandler {
  return function pageLocals(req, res, next) {
    const { locale, theme } = res.locals;
    // Routers further on see less of it.
    const { path } = req;
    res.vary('Cookie, Accept-Language');
    const basePath = req.baseUrl;
    // Never `//elsewhere`, which would lead to another host.
    const currentPath = (basePath + path).replace(/^[/\\]+/, '/');
    const place = placeOf(path);
    const page = req.method === 'GET' ? currentPath : basePath + (place?.path ?? HOME);
    const choiceHref = (name: string, value: string) => {
      const query = new URLSearchParams(res.locals.keptQuery);
      query.set(name, value);
      return `${page}?${query}`;
    };
    Object.assign(res.locals, {
      basePath,
      asset: (name) => basePath + assets.path(name),
      currentPath,
      keptQuery: new URLSearchParams(),
      languages: () =>
        LOCALES.map((each) => ({
          locale: each,
          name: NAMES[each],
          href: choiceHref('lang', each),
          current: each === locale,
        })),
      themes: () =>
        THEMES.map((each) => ({
          theme: each,
          href: choiceHref('theme', each),
          current: each === theme,
        })),
      viewer: null,
      accountChoice: { accounts: [], chosen: null },
      navigation: () =>
        res.locals.viewer ? navigationFor(res.locals.viewer.role, path, basePath) : [],
      choiceHref,
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
