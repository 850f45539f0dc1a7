import type { Request } from 'express';

/** Whether htmx asks, which puts the answer into the page that is there. */
export function showsFragment(req: Request): boolean {
  return req.get('HX-Request') === 'true';
}
