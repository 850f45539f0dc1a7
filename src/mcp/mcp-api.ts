import { isIP } from 'node:net';
import {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import { allow, identifyCaller } from '../auth/access.ts';
import { readBody } from '../http/body.ts';
import { RequestError, refuse } from '../http/failure.ts';
import { originOf } from '../http/origin.ts';
import type { Services } from '../services.ts';
import type { AnswerMcp } from './mcp-server.ts';

/**
 * `/mcp`: what the API answers, as tools of the Model Context Protocol, for programs with a token.
 * @param limit for what is asked of fal.
 */
export function mcpApi(services: Services, limit: RequestHandler): Router {
  // Loaded when somebody first asks: most panels are not.
  let loaded: Promise<AnswerMcp> | null = null;
  const answer = () => {
    loaded ??= import('./mcp-server.ts').then(({ createMcp }) => createMcp(services));
    loaded.catch(() => {
      loaded = null;
    });
    return loaded;
  };

  const router = Router();
  router.use(refuseForeignOrigins(services));
  router.use(identifyCaller(services));
  router.post('/', allow('viewer'), limit, ...readBody(), async (req, res) => {
    // A question for each of many in one message would pass the limit.
    if (Array.isArray(req.body)) refuse('body', 'not_understood');
    await (await answer())(req, res);
  });
  // Nothing is sent unasked, and there is no session to end.
  router.get('/', allow('viewer'), refuseMethod);
  router.delete('/', allow('viewer'), refuseMethod);
  router.use(askForToken);
  return router;
}

function refuseMethod(_req: Request, res: Response): void {
  const error = { code: -32000, message: 'Method not allowed: POST one message.' };
  res.status(405).set('Allow', 'POST').json({ jsonrpc: '2.0', error, id: null });
}

/**
 * A page of another origin may not ask, whatever its browser was made to believe of this address: a
 * name can be bound to another machine, an address that is written as a number can't.
 */
function refuseForeignOrigins({ config }: Services): RequestHandler {
  const own = originOf(config.publicUrl);
  return function refuseForeignOrigins(req, _res, next) {
    const { origin } = req.headers;
    if (origin === undefined || origin === own || config.corsOrigins.includes(origin))
      return next();
    if (own !== null || !isOwnNumber(origin, req.host)) throw new RequestError('forbidden');
    next();
  };
}

function isOwnNumber(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  const name = url.hostname.replace(/^\[|\]$/g, '');
  return url.host === host && (name === 'localhost' || isIP(name) > 0);
}

/** As HTTP has it: what to come with. */
const askForToken: ErrorRequestHandler = (error, _req, res, next) => {
  if (error instanceof RequestError && error.code === 'not_signed_in') {
    res.set('WWW-Authenticate', 'Bearer realm="fal-usage-panel"');
  }
  next(error);
};
