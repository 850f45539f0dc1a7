import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from 'cors';
import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { Config } from '../config.ts';
import { RequestError } from './failure.ts';

/** What helmet sets that browsers heed for any answer; its other headers are about documents. */
const FOR_ANY_ANSWER =
  /^(?:Content-Security-Policy|Cross-Origin-Resource-Policy|Strict-Transport-Security|X-Content-Type-Options)$/;

/**
 * Nothing of what a program is answered may run, be framed or be taken for another type, and no
 * browser or proxy keeps any of it; what may be kept, as `assets.ts` has it, says so itself.
 */
export function answerHeaders(config: Config): RequestHandler {
  return setHeaders([
    ...helmetHeaders(config, {}).filter(([name]) => FOR_ANY_ANSWER.test(name)),
    ['Cache-Control', 'no-store'],
  ]);
}

/**
 * Everything comes from this origin; no inline script or style runs, nobody frames the panel.
 * @param more what a page may do besides, such as framing the panel's own.
 */
export function pageHeaders(config: Config, more: Record<string, string[]> = {}): RequestHandler {
  return setHeaders(
    helmetHeaders(config, {
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'"],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      ...more,
    }),
  );
}

function setHeaders(headers: readonly [name: string, value: string][]): RequestHandler {
  return function setHeaders(_req, res, next) {
    for (const [name, value] of headers) res.setHeader(name, value);
    next();
  };
}

/**
 * helmet's headers, made once: they are the same for every request. Nothing may be loaded and nobody
 * may frame an answer, except for what `allowed` says.
 */
function helmetHeaders(
  { publicUrl }: Config,
  allowed: Record<string, string[]>,
): [name: string, value: string][] {
  const headers: [string, string][] = [];
  const res = {
    setHeader: (name: string, value: string) => headers.push([name, value]),
    removeHeader: () => {},
  };
  const makeHeaders = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], ...allowed },
    },
    xFrameOptions: { action: 'deny' },
    // Only where the operator says that the panel is reached by https.
    strictTransportSecurity: publicUrl?.startsWith('https:') ?? false,
  });
  makeHeaders({} as IncomingMessage, res as unknown as ServerResponse, (error) => {
    if (error) throw error;
  });
  return headers;
}

/** Lets pages of the listed origins, and no others, ask the API. */
export function crossOrigin({ corsOrigins }: Config) {
  return cors({
    origin: corsOrigins,
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    exposedHeaders: ['Retry-After', 'X-Request-Id'],
    maxAge: 600,
  });
}

/**
 * How often one client may ask, over all the addresses this one middleware is put before.
 * @param times as often as is configured; more than once for what costs next to nothing.
 */
export function askLimit({ rateLimitPerMinute }: Config, times = 1) {
  return rateLimit({
    windowMs: 60_000,
    limit: rateLimitPerMinute * times,
    standardHeaders: false,
    legacyHeaders: false,
    // Clients may send the header as they like; it counts only with TRUST_PROXY.
    validate: { xForwardedForHeader: false },
    handler(req, _res, next) {
      const { resetTime } = (req as unknown as { rateLimit: { resetTime?: Date } }).rateLimit;
      const waitMs = resetTime ? resetTime.getTime() - Date.now() : 60_000;
      const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
      next(new RequestError('rate_limited', { retryAfterSeconds }));
    },
  });
}
