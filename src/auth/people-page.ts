import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { actorOf } from '../audit/actor.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError } from '../http/failure.ts';
import { answerForm, type FormProblem } from '../http/form-answer.ts';
import { askedPanelUrl } from '../http/panel-url.ts';
import { parseBody } from '../http/parse-body.ts';
import { rowId } from '../http/row-id.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import { allow } from './access.ts';
import { invite, listInvitations, revokeInvitation } from './invitations.ts';
import { LINK_HOURS } from './links.ts';
import { giveResetLink } from './password-reset.ts';
import { emailField, NAME_MAX, nameField, optionalNameField, roleField } from './person-fields.ts';
import {
  type Acting,
  changeRole,
  deactivate,
  findPerson,
  listPeople,
  reactivate,
  rename,
  resetSecondFactor,
} from './roster.ts';
import { isRole, ROLES, type Role } from './viewer.ts';

const inviteFields = z.object({ email: emailField, name: optionalNameField, role: roleField });
const revokeFields = z.object({ email: emailField });
const renameFields = z.object({ name: nameField });
const changeRoleFields = z.object({ role: roleField });

interface PersonForm {
  name: string;
  role: Role;
}

interface InviteForm extends PersonForm {
  email: string;
}

/** A one-time link that was just made: it is shown in this answer and never again. */
interface MadeLink {
  email: string;
  address: string;
  hours: number;
}

interface Shown {
  form: InviteForm;
  problem: FormProblem | null;
  link: MadeLink | null;
}

const NEW: Shown = { form: { email: '', name: '', role: 'viewer' }, problem: null, link: null };

/**
 * `/admin/people`: who can sign in and who is invited, and `/admin/people/<id>`, what an admin can
 * do to one of them. There is no mail: links are shown to the admin, who passes them on.
 */
export function peoplePage(services: Services): Router {
  const { config, settings, store, now } = services;
  const router = Router();

  router.get('/', allow('admin'), (req, res) => showPeople(req, res, NEW));

  router.post('/invitations', allow('admin'), (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const invited = parseBody(inviteFields, req.body);
        const address =
          askedPanelUrl(config, req, res) + (await invite(services, actorOf(req), invited));
        const link = { email: invited.email, address, hours: LINK_HOURS.invitation };
        await showPeople(req, res, { ...NEW, link });
      },
      (problem) => {
        const { name = '', role = NEW.form.role } = personTyped(req);
        const form = { email: typedText(req.body, 'email'), name, role };
        return showPeople(req, res, { form, problem, link: null });
      },
    ),
  );

  router.post('/invitations/revocation', allow('admin'), async (req, res) => {
    const { email } = parseBody(revokeFields, req.body);
    if (!(await revokeInvitation(services, actorOf(req), email)))
      throw new RequestError('conflict');
    res.redirect(303, `${res.locals.basePath}/admin/people?done=invitation_revoked`);
  });

  // What a form answers with has an address of its own, where there is nothing to show.
  router.get('/invitations', allow('admin'), (_req, res) => {
    res.redirect(303, `${res.locals.basePath}/admin/people`);
  });

  router.get('/:id', allow('admin'), (req, res) => showPerson(req, res, {}));

  router.post('/:id/name', allow('admin'), (req, res) =>
    changePerson(req, res, 'renamed', async () => {
      const { name } = parseBody(renameFields, req.body);
      await rename(services, acting(req), rowId(req), name);
    }),
  );

  router.post('/:id/role', allow('admin'), (req, res) =>
    changePerson(req, res, 'role_changed', async () => {
      const { role } = parseBody(changeRoleFields, req.body);
      await changeRole(services, acting(req), rowId(req), role);
    }),
  );

  router.post('/:id/deactivation', allow('admin'), async (req, res) => {
    await deactivate(services, acting(req), rowId(req));
    backToPerson(req, res, 'deactivated');
  });

  router.post('/:id/reactivation', allow('admin'), async (req, res) => {
    await reactivate(services, acting(req), rowId(req));
    backToPerson(req, res, 'reactivated');
  });

  router.post('/:id/second-factor-reset', allow('admin'), async (req, res) => {
    await resetSecondFactor(services, acting(req), rowId(req));
    backToPerson(req, res, 'second_factor_reset');
  });

  router.post('/:id/reset-link', allow('admin'), async (req, res) => {
    const path = await giveResetLink(services, acting(req), rowId(req));
    await showPerson(req, res, { address: askedPanelUrl(config, req, res) + path });
  });

  router.get(['/:id/name', '/:id/role', '/:id/reset-link'], allow('admin'), (req, res) => {
    res.redirect(303, `${res.locals.basePath}/admin/people/${rowId(req)}`);
  });

  function changePerson(
    req: Request,
    res: Response,
    done: string,
    change: () => Promise<void>,
  ): Promise<void> {
    return answerForm(
      req,
      res,
      async () => {
        await change();
        backToPerson(req, res, done);
      },
      (problem) => showPerson(req, res, { form: personTyped(req), problem }),
    );
  }

  async function showPeople(req: Request, res: Response, shown: Shown): Promise<void> {
    const at = now();
    const [people, invitations] = [await listPeople(store.db), await listInvitations(store.db)];
    res.render('people/index', {
      people: people.map((person) => ({ ...person, you: person.id === req.viewer?.id })),
      invitations: invitations.map(({ email, name, role, createdBy, expiresAt }) => ({
        email,
        name,
        role,
        createdBy,
        expires: res.locals.format.dateTime(expiresAt, settings.current().timezone),
        expired: Temporal.Instant.compare(expiresAt, at) <= 0,
      })),
      timezone: settings.current().timezone,
      roles: ROLES,
      nameMax: NAME_MAX,
      done: doneNotice(req, res, 'people'),
      ...shown,
    });
  }

  async function showPerson(
    req: Request,
    res: Response,
    shown: { address?: string; form?: Partial<PersonForm>; problem?: FormProblem },
  ): Promise<void> {
    const person = await findPerson(store.db, rowId(req));
    if (!person) throw new RequestError('not_found');
    const { email, name, role } = person;
    const { address, form, problem = null } = shown;
    res.render('people/person', {
      person,
      since: res.locals.format.date(person.createdAt, settings.current().timezone),
      you: person.id === req.viewer?.id,
      roles: ROLES,
      link: address ? ({ email, address, hours: LINK_HOURS.reset } satisfies MadeLink) : null,
      form: { name, role, ...form },
      nameMax: NAME_MAX,
      problem,
      done: doneNotice(req, res, 'people'),
    });
  }

  return router;
}

function acting(req: Request): Acting {
  return { personId: req.viewer?.id ?? '', actor: actorOf(req) };
}

function backToPerson(req: Request, res: Response, done: string): void {
  res.redirect(303, `${res.locals.basePath}/admin/people/${rowId(req)}?done=${done}`);
}

function personTyped({ body }: Request): Partial<PersonForm> {
  const role = typedText(body, 'role');
  return {
    ...(body?.name !== undefined && { name: typedText(body, 'name') }),
    ...(isRole(role) && { role }),
  };
}
