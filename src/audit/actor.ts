import type { Request } from 'express';
import type { Actor } from './audit.ts';

/** The command line: whoever may run it on the machine. */
export const COMMAND_LINE: Actor = { kind: 'command_line', name: '', address: null };

/** The panel itself, by what its configuration says, when it starts. */
export const SERVER: Actor = { kind: 'server', name: '', address: null };

/** Who sends a request. */
export function actorOf(req: Request): Actor {
  const address = req.ip ?? null;
  const { viewer } = req;
  if (!viewer) return { kind: 'nobody', name: '', address };
  return viewer.kind === 'person'
    ? { kind: 'person', name: viewer.email, address }
    : { kind: 'token', name: viewer.name, address };
}
