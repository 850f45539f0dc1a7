import type { Request, Response } from 'express';
import { isHttps } from '../http/origin.ts';
import type { Visit } from './better-auth-calls.ts';

export function visitOf(req: Request): Visit {
  return { address: req.ip ?? '', userAgent: req.get('user-agent') ?? '' };
}

/** Hands better-auth's cookies on: it does not know whether this request came by https. */
export function setCookies(req: Request, res: Response, cookies: readonly string[]): void {
  const flag = isHttps(req) ? '; Secure' : '';
  for (const cookie of cookies) res.append('Set-Cookie', cookie + flag);
}

/** Takes one of better-auth's cookies away. */
export function dropCookie(req: Request, res: Response, name: string): void {
  res.clearCookie(name, { path: '/', httpOnly: true, sameSite: 'lax', secure: isHttps(req) });
}
