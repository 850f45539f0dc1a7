import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { answerForm, type FormProblem, type Notice } from '../http/form-answer.ts';
import { parseBody } from '../http/parse-body.ts';
import type { Translate } from '../i18n/index.ts';
import type { Services } from '../services.ts';
import type { SignIn } from './admission.ts';
import { dropCookie, setCookies, visitOf } from './better-auth-http.ts';
import { returnPath, returnQuery } from './return-path.ts';
import { CHALLENGE_COOKIE, isChallenged, takeSecondStep } from './second-step.ts';
import { isEmailAddress, signInWithPassword } from './sign-in.ts';

/** What the sign-in pages may have to say, and how it is meant. */
const NOTICES = {
  refused: 'danger',
  wrong_code: 'danger',
  used_code: 'danger',
  over: 'warn',
  account_ready: 'ok',
  password_set: 'ok',
  signed_out: 'ok',
  signed_out_everywhere: 'ok',
  oidc_not_invited: 'danger',
  oidc_unverified: 'danger',
  oidc_cancelled: 'warn',
  oidc_expired: 'warn',
  oidc_unavailable: 'danger',
} as const satisfies Record<string, Notice['tone']>;
export type SignInNotice = keyof typeof NOTICES;

/** Where somebody goes who signed in with a recovery code: their phone may be gone. */
const AFTER_RECOVERY = '/admin/profile?done=recovery_code';

const credentials = z.object({
  email: z.string('missing').trim().min(1, 'missing'),
  password: z.string('missing').min(1, 'missing'),
});
const secondStep = z.object({
  code: z.string('missing').trim().min(1, 'missing').max(64, 'unusable'),
});

/** What was filled in. */
type Filled = Record<string, unknown>;
/** What there is to say before the form. */
type Said = Notice | FormProblem | null;

/** `/admin/login`: the way in with a password, and the second step for those who have one. */
export function signInPage(services: Services): Router {
  const { config } = services;
  const router = Router();

  router.use((req, res, next) => {
    if (req.viewer) return res.redirect(303, res.locals.basePath + returnPath(req.query.next));
    next();
  });

  router.get('/', (req, res) => {
    showPasswordForm(res, { next: req.query.next }, signInNotice(req.query.notice, res.locals.t));
  });

  router.post('/', (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const typed = parseBody(credentials, req.body);
        const signIn = await signInWithPassword(services, typed, visitOf(req));
        if (signIn.outcome !== 'refused') return goOn(req, res, signIn, returnPath(req.body.next));
        res.status(401);
        showPasswordForm(res, req.body, signInNotice('refused', res.locals.t));
      },
      (problem) => showPasswordForm(res, req.body, problem),
    ),
  );

  router.get('/code', async (req, res) => {
    if (!(await isChallenged(services, req.headers.cookie))) return startAgain(req, res);
    showCodeForm(res, { next: req.query.next }, null);
  });

  router.post('/code', (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const { code } = parseBody(secondStep, req.body);
        const step = await takeSecondStep(services, req.headers.cookie, code, visitOf(req));
        switch (step.outcome) {
          case 'signed_in':
          case 'second_step':
            return goOn(req, res, step, returnPath(req.body.next));
          case 'wrong_code':
          case 'used_code':
            res.status(401);
            return showCodeForm(res, req.body, signInNotice(step.outcome, res.locals.t));
          default:
            return startAgain(req, res);
        }
      },
      (problem) => showCodeForm(res, req.body, problem),
    ),
  );

  function showPasswordForm(res: Response, filled: Filled, notice: Said): void {
    const next = returnPath(filled.next);
    res.render('sign-in/password', {
      notice,
      problem: notice,
      next,
      // Only what is one: people type passwords into the wrong field.
      email: isEmailAddress(filled.email) ? filled.email : '',
      oidc: config.oidc && {
        name: config.oidc.name,
        href: `${res.locals.basePath}/admin/login/oidc${returnQuery(next)}`,
      },
    });
  }

  function showCodeForm(res: Response, filled: Filled, notice: Said): void {
    const next = returnPath(filled.next);
    res.render('sign-in/code', { notice, problem: notice, next });
  }

  /** The second step is over: only a password begins another. */
  function startAgain(req: Request, res: Response): void {
    const next = returnPath(req.body?.next ?? req.query.next);
    dropCookie(req, res, CHALLENGE_COOKIE);
    const query = new URLSearchParams({ notice: 'over', next });
    res.redirect(303, `${res.locals.basePath}/admin/login?${query}`);
  }

  return router;
}

/** Sends somebody on who is in, or who has the second step before them. */
export function goOn(
  req: Request,
  res: Response,
  signIn: Exclude<SignIn, { outcome: 'refused' }>,
  next: string,
): void {
  setCookies(req, res, signIn.cookies);
  const path =
    signIn.outcome === 'second_step'
      ? `/admin/login/code${returnQuery(next)}`
      : signIn.manner.secondFactor === 'recovery_code'
        ? AFTER_RECOVERY
        : next;
  res.redirect(303, res.locals.basePath + path);
}

function signInNotice(name: unknown, t: Translate): Notice | null {
  if (!isNoticeName(name)) return null;
  return {
    tone: NOTICES[name],
    name,
    what: t(`sign_in.${name}.what`),
    means: null,
    now: t(`sign_in.${name}.now`),
  };
}

function isNoticeName(name: unknown): name is SignInNotice {
  return typeof name === 'string' && Object.hasOwn(NOTICES, name);
}
