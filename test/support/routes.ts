import express, { type Express, type Router } from 'express';

interface Layer {
  handle: unknown;
  route?: { path: string | string[]; stack: { method: string }[] };
}

/**
 * Every route of an app, such as `GET /admin/config`. Express forgets under which path a router was
 * mounted, so the mounting is watched while the app is made.
 */
export function listRoutes(make: () => Express): { app: Express; routes: string[] } {
  const mountedAt = new Map<unknown, string[]>();
  const { use } = express.Router.prototype;
  express.Router.prototype.use = function (this: Router, ...given: unknown[]) {
    const paths = pathsOf(given[0]);
    for (const handler of given.flat()) if (isRouter(handler)) mountedAt.set(handler, paths);
    return use.apply(this, given as Parameters<typeof use>);
  } as typeof use;
  try {
    const app = make();
    const routes = walk(app.router as unknown as Router, '', mountedAt);
    return { app, routes: [...new Set(routes)].toSorted() };
  } finally {
    express.Router.prototype.use = use;
  }
}

function walk(router: Router, prefix: string, mountedAt: Map<unknown, string[]>): string[] {
  return (router.stack as unknown as Layer[]).flatMap(({ route, handle }) => {
    if (route) {
      const methods = new Set(route.stack.map(({ method }) => method.toUpperCase()));
      return [route.path]
        .flat()
        .flatMap((path) => [...methods].map((method) => `${method} ${join(prefix, path)}`));
    }
    if (!isRouter(handle)) return [];
    const paths = mountedAt.get(handle) ?? [''];
    return paths.flatMap((path) => walk(handle, join(prefix, path), mountedAt));
  });
}

function join(prefix: string, path: string): string {
  return (prefix + path).replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
}

function pathsOf(given: unknown): string[] {
  if (typeof given === 'string') return [given];
  return Array.isArray(given) && given.every((path) => typeof path === 'string') ? given : [''];
}

function isRouter(handler: unknown): handler is Router {
  return typeof handler === 'function' && Array.isArray((handler as { stack?: unknown }).stack);
}
