import { type Request, type RequestHandler, type Response, Router } from 'express';
import { z } from 'zod';
import { actorOf } from '../audit/actor.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError } from '../http/failure.ts';
import { answerForm, type FormProblem } from '../http/form-answer.ts';
import { parseBody } from '../http/parse-body.ts';
import type { Services } from '../services.ts';
import { allow } from './access.ts';
import { dropCookie } from './better-auth-http.ts';
import {
  isTypedTwice,
  NOT_TYPED_TWICE,
  newPasswordFields,
  PASSWORD_LENGTH,
} from './person-fields.ts';
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

/** The forms of the page; what is wrong is shown at the one that was sent. */
type ProfileForm = 'password' | 'enrolment' | 'removal' | 'renewal' | 'sessions';

interface Said {
  form: ProfileForm | null;
  problem: FormProblem | null;
}

const password = z.string('missing').min(1, 'missing');
const ownPassword = z.object({ password });
const passwordChange = z
  .object({ current_password: password, ...newPasswordFields.shape })
  .refine(isTypedTwice, NOT_TYPED_TWICE);
const confirmation = z.object({ code: z.string('missing').trim().min(1, 'missing').max(64) });
const which = z.object({ which: z.enum(['others', 'all'], 'unusable') });

/** `/admin/profile`: who I am, my password, my second factor, and where I am signed in. */
export function profilePage(services: Services): Router {
  const router = Router();

  router.get('/', allow('viewer'), (req, res) =>
    showProfile(req, res, { form: null, problem: null }),
  );

  router.post(
    '/password',
    allow('viewer'),
    answering('password', async (req, res, person) => {
      const typed = parseBody(passwordChange, req.body);
      await requirePassword(req, person, typed.current_password, 'current_password');
      await changePassword(services, actorOf(req), person, typed.password);
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

  router.post('/second-factor/confirmation', allow('viewer'), (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const { code } = parseBody(confirmation, req.body);
        const result = await confirmEnrolment(services, actorOf(req), signedIn(req), code);
        if (result === null) return goBack(res);
        if (result === 'wrong_code') throw wrong('code');
        showRecoveryCodes(res, result, 'enabled');
      },
      (problem) => showEnrolment(res, null, problem),
    ),
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
        (problem) => showProfile(req, res, { form, problem }),
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
      throw wrong(field);
    }
  }

  async function showProfile(req: Request, res: Response, said: Said): Promise<void> {
    const person = signedIn(req);
    const access = await findAccess(services, person);
    res.render('profile/index', {
      person,
      access,
      provider: services.config.oidc?.name ?? 'OpenID Connect',
      passwordLength: PASSWORD_LENGTH,
      // Who used a recovery code may have lost the phone.
      done: doneNotice(req, res, 'profile', ['recovery_code']),
      ...said,
    });
  }

  return router;
}

function showEnrolment(
  res: Response,
  enrolment: Enrolment | null,
  problem: FormProblem | null,
): void {
  res.render('profile/enrolment', {
    enrolment: enrolment && {
      ...enrolment,
      qr: qrCode(enrolment.url),
      // In fours, as one reads them out.
      secret: enrolment.secret.match(/.{1,4}/g)?.join(' '),
    },
    problem,
  });
}

function showRecoveryCodes(res: Response, codes: string[], why: 'enabled' | 'renewed'): void {
  res.render('profile/recovery-codes', { codes, why });
}

function goBack(res: Response, done?: string): void {
  const query = done ? `?done=${done}` : '';
  res.redirect(303, `${res.locals.basePath}/admin/profile${query}`);
}

function wrong(field: string): RequestError {
  return new RequestError('invalid_request', { faults: [{ field, fault: 'wrong' }] });
}

/** Programs have no profile. @throws RequestError */
function signedIn({ viewer }: Request): Person {
  if (viewer?.kind !== 'person') throw new RequestError('not_signed_in');
  return viewer;
}
