import { type Response, Router } from 'express';
import { isSameOrigin } from '../http/origin.ts';
import type { Services } from '../services.ts';
import { setCookies, visitOf } from './better-auth-http.ts';
import { finishOidc, startOidc } from './oidc.ts';
import { returnPath } from './return-path.ts';
import { goOn, type SignInNotice } from './sign-in-page.ts';

/**
 * `/admin/login/oidc`: the way to the OpenID Connect provider and back. It begins with a link and
 * not with a form: `form-action` would have to allow every host that the provider sends people
 * through, which nobody can list.
 */
export function oidcPage(services: Services): Router {
  const router = Router();

  router.get('/', async (req, res) => {
    const next = returnPath(req.query.next);
    // A page elsewhere has no business sending people through here.
    if (!isSameOrigin(req)) return res.redirect(303, `${res.locals.basePath}/admin/login`);
    const start = await startOidc(services, next, visitOf(req));
    if (!start) return giveUp(res, 'oidc_unavailable');
    setCookies(req, res, start.cookies);
    res.redirect(303, start.url);
  });

  router.get('/callback', async (req, res) => {
    const query = Object.fromEntries(new URL(req.originalUrl, 'http://panel.invalid').searchParams);
    const finish = await finishOidc(services, query, req.headers.cookie, visitOf(req));
    if ('problem' in finish) return giveUp(res, `oidc_${finish.problem}`);
    if (finish.signIn.outcome === 'refused') return giveUp(res, 'oidc_not_invited');
    goOn(req, res, finish.signIn, finish.next);
  });

  function giveUp(res: Response, notice: SignInNotice): void {
    res.redirect(303, `${res.locals.basePath}/admin/login?notice=${notice}`);
  }

  return router;
}
