import type { RequestHandler } from 'express';
import { actorOf } from '../audit/actor.ts';
import type { Services } from '../services.ts';
import { dropCookie } from './better-auth-http.ts';
import { protectForms } from './form-token.ts';
import { SESSION_COOKIE } from './sessions.ts';
import { signOut } from './sign-out.ts';

const AFTER = '/admin/login?notice=signed_out';

/** `/admin/logout`: ends the session, and leads to where the next one begins. */
export function signOutPage(services: Services): RequestHandler[] {
  return [
    // Of somebody whose session is over nothing is left to protect.
    function isOut(req, res, next) {
      if (req.viewer) return next();
      res.redirect(303, res.locals.basePath + AFTER);
    },
    protectForms,
    async function leave(req, res) {
      if (req.viewer?.kind === 'person') await signOut(services, actorOf(req), req.viewer);
      dropCookie(req, res, SESSION_COOKIE);
      res.redirect(303, res.locals.basePath + AFTER);
    },
  ];
}
