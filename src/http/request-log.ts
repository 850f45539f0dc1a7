import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { pinoHttp } from 'pino-http';
import { describeError, type Logger } from '../log.ts';

/**
 * Gives every request an id (the proxy's own when it is a plain one) and logs one line when it is
 * answered: no headers, no bodies and no query strings, for a key may stand in any of them.
 */
export function requestLog(log: Logger) {
  return pinoHttp({
    logger: log,
    genReqId(req, res) {
      const given = req.headers['x-request-id'];
      const id = typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID();
      res.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: (_req, res, error) =>
      error || res.statusCode >= 500 ? 'error' : res.statusCode >= 400 ? 'warn' : 'info',
    // What failed is logged where it failed; pino-http would add a stack of its own.
    customErrorObject: (_req, _res, _error, { err: _, ...line }) => line,
    autoLogging: { ignore: (req) => /\/(?:healthz|readyz|assets\/.*)$/.test(pathOf(req)) },
    quietReqLogger: true,
    // Its own serializers would add whatever else hangs on an error.
    wrapSerializers: false,
    serializers: {
      err: describeError,
      req: (req) => ({ id: req.id, method: req.method, path: pathOf(req) }),
      res: (res) => ({ status: res.statusCode }),
    },
  });
}

/** The path as the client sent it, without the query. */
function pathOf(req: IncomingMessage & { originalUrl?: string }): string {
  return (req.originalUrl ?? req.url ?? '').replace(/[?#].*$/s, '');
}
