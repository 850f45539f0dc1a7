import cors from 'cors';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { Config } from '../config.ts';
import { RequestError } from './failure.ts';

/** Everything comes from this origin; no inline script or style runs, nobody frames the panel. */
export function securityHeaders({ publicUrl }: Config) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    // Only where the operator says that the panel is reached by https.
    strictTransportSecurity: publicUrl?.startsWith('https:') ?? false,
  });
}

/** Lets pages of the listed origins, and no others, ask the API. */
export function crossOrigin({ corsOrigins }: Config) {
  return cors({
    origin: corsOrigins,
    methods: ['GET', 'POST'],
    exposedHeaders: ['Retry-After', 'X-Request-Id'],
    maxAge: 600,
  });
}

/** How often one client may ask, over all the addresses this one middleware is put before. */
export function askLimit({ rateLimitPerMinute }: Config) {
  return rateLimit({
    windowMs: 60_000,
    limit: rateLimitPerMinute,
    standardHeaders: 'draft-8',
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
