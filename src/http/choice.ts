import type { Request, Response } from 'express';
import { isHttps } from './origin.ts';

const MAX_AGE_MS = 365 * 24 * 60 * 60 * 1_000;

/**
 * What somebody chose by a link such as `?theme=dark`, and what their browser carries from then on
 * in a cookie of that name.
 */
export function askedChoice(req: Request, name: string): unknown {
  // Reading the query takes longer than seeing that there is none.
  return req.originalUrl.includes(`${name}=`) ? req.query[name] : undefined;
}

/** The choice in the cookie, as it is: anybody can write one. */
export function keptChoice({ headers }: Request, name: string): string | undefined {
  return headers.cookie?.match(new RegExp(`(?:^|;)\\s*${name}=([^;\\s]*)`))?.[1];
}

/** Keeps a choice for a year, or forgets it. */
export function keepChoice(
  req: Request,
  res: Response,
  name: string,
  value: string | null,
  path: string,
): void {
  const options = { path, sameSite: 'lax', httpOnly: true, secure: isHttps(req) } as const;
  if (value === null) res.clearCookie(name, options);
  else res.cookie(name, value, { ...options, maxAge: MAX_AGE_MS });
}

/** The address asked for without a choice in it: a path on this server, always. */
export function withoutChoice(originalUrl: string, name: string): string {
  // `//elsewhere` and `/\elsewhere` would leave it.
  const url = new URL(originalUrl.replace(/^[/\\]+/, '/'), 'http://panel.invalid');
  url.searchParams.delete(name);
  return url.pathname.replace(/^\/+/, '/') + url.search;
}
