import type { Request } from 'express';

/** The origin of `PUBLIC_URL`, for `app.locals`. */
export function originOf(publicUrl: string | null): string | null {
  return publicUrl && new URL(publicUrl).origin;
}

/** Whether the browser came by https, as the request or `PUBLIC_URL` says. */
export function isHttps(req: Request): boolean {
  return req.secure || publicOrigin(req)?.startsWith('https:') === true;
}

/**
 * Whether the request comes from the panel's own pages, as the browser says: `Sec-Fetch-Site` where
 * it knows it, else `Origin`. What is no browser sends neither, and is not tricked into requests.
 */
export function isSameOrigin(req: Request): boolean {
  const site = req.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin } = req.headers;
  if (origin === undefined || origin === publicOrigin(req)) return true;
  return URL.canParse(origin) && new URL(origin).host === req.host;
}

function publicOrigin(req: Request): string | null {
  return (req.app.locals as { publicOrigin?: string | null }).publicOrigin ?? null;
}
