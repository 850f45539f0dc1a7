import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { actorOf } from '../audit/actor.ts';
import { answerForm, type FormProblem } from '../http/form-answer.ts';
import { parseBody } from '../http/parse-body.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import { setUp } from './first-admin.ts';
import { protectForms } from './form-token.ts';
import { acceptInvitation } from './invitations.ts';
import { findLink, LINK_PURPOSES, type LinkPurpose, linkPath } from './links.ts';
import { hashPassword } from './password.ts';
import { resetPassword } from './password-reset.ts';
import { isDeserted } from './people.ts';
import {
  emailField,
  isTypedTwice,
  NAME_MAX,
  NOT_TYPED_TWICE,
  nameField,
  newPasswordFields,
  PASSWORD_LENGTH,
} from './person-fields.ts';
import { findPerson } from './roster.ts';
import type { SignInNotice } from './sign-in-page.ts';

/** What the person behind a link fills in, and may be shown again; passwords never are. */
interface Filled {
  name: string;
  email: string;
}

/** What is known of a link that is still good. */
interface Opened {
  /** Whose it is, where that is settled. */
  email: string | null;
  name: string | null;
}

interface LinkForm {
  purpose: LinkPurpose;
  token: string;
  email: string | null;
  filled: Filled;
}

const { shape: passwordFields } = newPasswordFields;

/** In the order of the page, in which faults are listed. */
const FIELDS = {
  setup: z
    .object({ name: nameField, email: emailField, ...passwordFields })
    .refine(isTypedTwice, NOT_TYPED_TWICE),
  invitation: z
    .object({ name: nameField, ...passwordFields })
    .refine(isTypedTwice, NOT_TYPED_TWICE),
  reset: newPasswordFields.refine(isTypedTwice, NOT_TYPED_TWICE),
};

/** What the sign-in page says afterwards. */
const NOTICE: Record<LinkPurpose, SignInNotice> = {
  setup: 'account_ready',
  invitation: 'account_ready',
  reset: 'password_set',
};

const tokenSchema = z.string().regex(/^[\w-]{43}$/);

/**
 * `/admin/setup`, `/admin/invitation` and `/admin/reset`: where one-time links lead, for people who
 * can't sign in yet. Looking at a page does not use its link; sending its form does.
 */
export function linkPages(services: Services): Router {
  const { store, now } = services;
  const router = Router();

  for (const purpose of LINK_PURPOSES) {
    router.get(`/${purpose}`, protectForms, async (req, res) => {
      const token = readToken(req.query.token);
      const link = token && (await open(purpose, token));
      if (!link) return showSpent(res, purpose);
      const filled = { name: link.name ?? '', email: '' };
      showForm(res, { purpose, token, email: link.email, filled }, null);
    });

    router.post(`/${purpose}`, protectForms, async (req, res) => {
      const token = readToken(req.body?.token);
      // Before the password is hashed: that is work, and nobody gets it done without a link.
      const link = token && (await open(purpose, token));
      if (!link) return showSpent(res, purpose);
      await answerForm(
        req,
        res,
        async () => {
          if (!(await use(purpose, token, req))) return showSpent(res, purpose);
          res.redirect(303, `${res.locals.basePath}/admin/login?notice=${NOTICE[purpose]}`);
        },
        (problem) => {
          const filled = { name: typedText(req.body, 'name'), email: typedText(req.body, 'email') };
          showForm(res, { purpose, token, email: link.email, filled }, problem);
        },
      );
    });
  }

  async function open(purpose: LinkPurpose, token: string): Promise<Opened | null> {
    const link = await findLink(store.db, now(), purpose, token);
    switch (link?.purpose) {
      case undefined:
        return null;
      case 'setup':
        return (await isDeserted(store.db)) ? { email: null, name: null } : null;
      case 'invitation':
        return link;
      case 'reset':
        return findPerson(store.db, link.personId);
    }
  }

  /** @returns whether the link was still good; @throws RequestError for what can't be used. */
  async function use(purpose: LinkPurpose, token: string, req: Request): Promise<boolean> {
    const actor = actorOf(req);
    switch (purpose) {
      case 'setup': {
        const { name, email, password } = parseBody(FIELDS.setup, req.body);
        const passwordHash = await hashPassword(password);
        return setUp(services, actor, token, { name, email, passwordHash });
      }
      case 'invitation': {
        const { name, password } = parseBody(FIELDS.invitation, req.body);
        const passwordHash = await hashPassword(password);
        return acceptInvitation(services, actor, token, { name, passwordHash });
      }
      case 'reset': {
        const { password } = parseBody(FIELDS.reset, req.body);
        return resetPassword(services, actor, token, await hashPassword(password));
      }
    }
  }

  async function showSpent(res: Response, purpose: LinkPurpose): Promise<void> {
    // A setup link comes to nothing for another reason once somebody is there.
    const kind = purpose === 'setup' && !(await isDeserted(store.db)) ? 'setup_over' : purpose;
    res.status(410).render('links/spent', { kind });
  }

  return router;
}

function showForm(res: Response, form: LinkForm, problem: FormProblem | null): void {
  const { basePath, languages } = res.locals;
  const path = basePath + linkPath(form.purpose, form.token);
  res.render('links/form', {
    form,
    problem,
    nameMax: NAME_MAX,
    passwordLength: PASSWORD_LENGTH,
    // The link goes along, or the other language would not find it.
    languages: () => languages().map((each) => ({ ...each, href: `${path}&lang=${each.locale}` })),
  });
}

/** A token as one is made; what was cut off or added to is not looked up. */
function readToken(value: unknown): string | null {
  return tokenSchema.safeParse(value).data ?? null;
}
