import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { actorOf } from '../audit/actor.ts';
import { PASSWORD_MAX, PASSWORD_MIN } from '../config.ts';
import { RequestError } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import type { ProblemView } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { allow } from './access.ts';
import { dropCookie } from './better-auth-http.ts';
import { answerForm, type Notice } from './form-answer.ts';
import { changePassword, findAccess, isOwnPassword } from './profile.ts';
import { qrCode } from './qr-code.ts';
import {
  beginEnrolment,
  confirmEnrolment,
  type Enrolment,
  removeSecondFactor,
  renewRecoveryCodes,
} from './second-factor.ts';
import { SESSION_COOKIE } from './sessions.ts';
import { signOutEverywhere } from './sign-out.ts';
import type { Person } from './viewer.ts';

/** What was done, as the page says it after the redirect. */
const DONE = ['password', 'second_factor_removed', 'others_ended', 'recovery_code'] as const;
type Done = (typeof DONE)[number];

/** The forms of the page; what is wrong is shown at the one that was sent. */
type ProfileForm = 'password' | 'enrolment' | 'removal' | 'renewal' | 'sessions';

interface Said {
  form: ProfileForm | null;
  notice: Notice | null;
  problem: ProblemView | null;
}

const password = z.string('missing').min(1, 'missing');
const ownPassword = z.object({ password });
const passwordChange = z
  .object({
    current_password: password,
    new_password: z
      .string('missing')
      .min(1, 'missing')
      .min(PASSWORD_MIN, 'too_short')
      .max(PASSWORD_MAX, 'too_long'),
    new_password_again: z.string('missing'),
  })
  .refine((typed) => typed.new_password === typed.new_password_again, {
    path: ['new_password_again'],
    message: 'different',
  });
const confirmation = z.object({ code: z.string('missing').trim().min(1, 'missing').max(64) });
const which = z.object({ which: z.enum(['others', 'all'], 'unusable') });

/** `/admin/profile`: who I am, my password, my second factor, and where I am signed in. */
export function profilePage(services: Services): Router {
  const router = Router();

  router.get('/', allow('viewer'), (req, res) => {
    const done = DONE.find((each) => each === req.query.done);
    const notice = done ? doneNotice(done, res) : null;
    return showProfile(req, res, { form: null, notice, problem: null });
  });

  router.post(
    '/password',
    allow('viewer'),
    answering('password', async (req, res, person) => {
      const typed = parseBody(passwordChange, req.body);
      await requirePassword(req, person, typed.current_password, 'current_password');
      await changePassword(services, actorOf(req), person, typed.new_password);
      goBack(res, 'password');
    }),
  );

  router.post(
    '/second-factor',
    allow('viewer'),
    answering('enrolment', async (req, res, person) => {
      await requirePassword(req, person, parseBody(ownPassword, req.body).password);
      showEnrolment(res, await beginEnrolment(services, person), null);
    }),
  );

  router.post(
    '/second-factor/confirmation',
    allow('viewer'),
    answering('enrolment', async (req, res, person) => {
      const { code } = parseBody(confirmation, req.body);
      const result = await confirmEnrolment(services, actorOf(req), person, code);
      if (result === null) return goBack(res);
      if (result !== 'wrong_code') return showRecoveryCodes(res, result, 'enabled');
      res.status(400);
      showEnrolment(res, null, {
        tone: 'danger',
        name: 'wrong_code',
        what: res.locals.t('sign_in.wrong_code.what'),
        means: null,
        now: res.locals.t('profile.wrong_code'),
        requestId: null,
      });
    }),
  );

  router.post(
    '/second-factor/removal',
    allow('viewer'),
    answering('removal', async (req, res, person) => {
      await requirePassword(req, person, parseBody(ownPassword, req.body).password);
      await removeSecondFactor(services, actorOf(req), person);
      goBack(res, 'second_factor_removed');
    }),
  );

  router.post(
    '/second-factor/recovery-codes',
    allow('viewer'),
    answering('renewal', async (req, res, person) => {
      await requirePassword(req, person, parseBody(ownPassword, req.body).password);
      const codes = await renewRecoveryCodes(services, actorOf(req), person);
      showRecoveryCodes(res, codes, 'renewed');
    }),
  );

  router.post(
    '/sessions',
    allow('viewer'),
    answering('sessions', async (req, res, person) => {
      const { which: ended } = parseBody(which, req.body);
      await signOutEverywhere(services, actorOf(req), person, ended);
      if (ended === 'others') return goBack(res, 'others_ended');
      dropCookie(req, res, SESSION_COOKIE);
      res.redirect(303, `${res.locals.basePath}/admin/login?notice=signed_out_everywhere`);
    }),
  );

  // What a form leads to may be reloaded or bookmarked: there is nothing to show at its address.
  router.get('/{*path}', allow('viewer'), (_req, res) => goBack(res));

  function answering(
    form: ProfileForm,
    work: (req: Request, res: Response, person: Person) => Promise<void>,
  ): RequestHandler {
    return (req, res) =>
      answerForm(
        req,
        res,
        () => work(req, res, signedIn(req)),
        (fault) => showProfile(req, res, { form, ...fault }),
      );
  }

  /** @throws RequestError that says so at the field. */
  async function requirePassword(
    req: Request,
    person: Person,
    typed: string,
    field = 'password',
  ): Promise<void> {
    if (!(await isOwnPassword(services, person, typed, req.ip ?? ''))) {
      throw new RequestError('invalid_request', { faults: [{ field, fault: 'wrong' }] });
    }
  }

  async function showProfile(req: Request, res: Response, said: Said): Promise<void> {
    const person = signedIn(req);
    const access = await findAccess(services, person);
    res.render('profile/index', {
      person,
      access,
      provider: services.config.oidc?.name ?? 'OpenID Connect',
      ...said,
    });
  }

  return router;
}

function showEnrolment(res: Response, enrolment: Enrolment | null, notice: Notice | null): void {
  res.render('profile/enrolment', {
    enrolment: enrolment && {
      ...enrolment,
      qr: qrCode(enrolment.url),
      // In fours, as one reads them out.
      secret: enrolment.secret.match(/.{1,4}/g)?.join(' '),
    },
    notice,
    problem: null,
  });
}

function showRecoveryCodes(res: Response, codes: string[], why: 'enabled' | 'renewed'): void {
  res.render('profile/recovery-codes', { codes, why });
}

function doneNotice(done: Done, { locals: { t } }: Response): Notice {
  return {
    tone: done === 'recovery_code' ? 'warn' : 'ok',
    name: done,
    what: t(`profile.done_${done}.what`),
    means: null,
    now: t(`profile.done_${done}.now`),
    requestId: null,
  };
}

function goBack(res: Response, done?: Done): void {
  const query = done ? `?done=${done}` : '';
  res.redirect(303, `${res.locals.basePath}/admin/profile${query}`);
}

/** Programs have no profile. @throws RequestError */
function signedIn({ viewer }: Request): Person {
  if (viewer?.kind !== 'person') throw new RequestError('not_signed_in');
  return viewer;
}
