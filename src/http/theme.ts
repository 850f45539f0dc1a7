import type { Request, RequestHandler } from 'express';
import { askedChoice, keepChoice, keptChoice, withoutChoice } from './choice.ts';

/** Light, dark, or as the device has it. */
export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

declare global {
  namespace Express {
    interface Locals {
      theme: Theme;
    }
  }
}

const NAME = 'theme';

/**
 * Decides the colours of a page: `?theme=`, which is remembered in a cookie and redirected to the
 * same page without it, then that cookie, then the device. Mount it where `req.baseUrl` is the base
 * path.
 */
export const chooseTheme: RequestHandler = function chooseTheme(req, res, next) {
  const asked = askedChoice(req, NAME);
  if (isTheme(asked) && req.method === 'GET') {
    keepChoice(req, res, NAME, asked === 'auto' ? null : asked, req.baseUrl || '/');
    return res.redirect(303, withoutChoice(req.originalUrl, NAME));
  }
  res.locals.theme = cookieTheme(req);
  next();
};

function cookieTheme(req: Request): Theme {
  const kept = keptChoice(req, NAME);
  return isTheme(kept) ? kept : 'auto';
}

function isTheme(value: unknown): value is Theme {
  return THEMES.some((theme) => theme === value);
}
