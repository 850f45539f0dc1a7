import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Logger } from '../log.ts';

declare global {
  namespace Express {
    interface Request {
      id: string;
      log: Logger;
    }
  }
}

const QUIET = /\/(?:healthz|readyz|assets\/.*)$/;

/**
 * Gives every request an id (the proxy's own when it is a plain one) and logs one line when it is
 * over: no headers, no bodies and no query strings, for a key may stand in any of them.
 */
export function requestLog(log: Logger): RequestHandler {
  return function requestLog(req, res, next) {
    const given = req.headers['x-request-id'];
    req.id = typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
    req.log = log;
    res.setHeader('X-Request-Id', req.id);
    const began = performance.now();
    res.once('close', () => {
      const path = pathOf(req);
      if (QUIET.test(path)) return;
      const line = {
        request_id: req.id,
        method: req.method,
        path,
        status: res.statusCode,
        ms: Math.round(performance.now() - began),
      };
      if (!res.writableFinished) log.info(line, 'the caller went away');
      else if (res.statusCode >= 500) log.error(line, 'failed');
      else if (res.statusCode >= 400) log.warn(line, 'refused');
      else log.info(line, 'answered');
    });
    next();
  };
}

/** The path as the client sent it, without the query. A token that may stand in one is left out. */
function pathOf({ originalUrl }: Request): string {
  return originalUrl
    .replace(/[?#].*$/s, '')
    .replace(/(\/embed\/+)[^/]+/gi, '$1…')
    .replace(/fue_[^/]+/g, '…');
}
