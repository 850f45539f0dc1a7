import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { actorOf } from '../audit/actor.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError } from '../http/failure.ts';
import { answerForm, type FormProblem } from '../http/form-answer.ts';
import { parseBody } from '../http/parse-body.ts';
import { rowId } from '../http/row-id.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import { allow } from './access.ts';
import { NAME_MAX, nameField, roleField } from './person-fields.ts';
import { issueToken, withdrawToken } from './token-changes.ts';
import { TOKEN_LIVES, type TokenLife, tokenExpiry, tokenState } from './token-expiry.ts';
import { listTokens } from './tokens.ts';
import { isRole, ROLES, type Role } from './viewer.ts';

const tokenFields = z.object({
  /** Of the form as it was shown: sent twice, it makes one token. */
  form_id: z.uuid('missing'),
  name: nameField,
  role: roleField,
  expires: z.enum(TOKEN_LIVES, 'unknown'),
  expires_on: z.string().max(32).default(''),
});

interface TokenForm {
  id: string;
  name: string;
  role: Role;
  expires: TokenLife;
  expiresOn: string;
}

interface Shown {
  form: TokenForm;
  problem: FormProblem | null;
  /** A token that was just made: it is shown in this answer and never again. */
  made: { name: string; token: string } | null;
}

/** `/admin/tokens`: what programs sign in with. */
export function tokensPage(services: Services): Router {
  const { settings, store, now } = services;
  const router = Router();

  router.get('/', allow('admin'), (req, res) => showTokens(req, res, nothing()));

  router.post('/', allow('admin'), (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const { form_id: id, name, role, ...chosen } = parseBody(tokenFields, req.body);
        const expiry = { life: chosen.expires, day: chosen.expires_on };
        const token = await issueToken(services, actorOf(req), {
          id,
          name,
          role,
          expiresAt: tokenExpiry(expiry, settings.current().timezone, now()),
        });
        // The page was reloaded, or its button pressed twice.
        if (token === null) {
          return res.redirect(303, `${res.locals.basePath}/admin/tokens?done=already_created`);
        }
        await showTokens(req, res, { ...nothing(), made: { name, token } });
      },
      (problem) => showTokens(req, res, { form: formAgain(req.body), problem, made: null }),
    ),
  );

  router.get('/:id/revocation', allow('admin'), async (req, res) => {
    const id = rowId(req);
    const token = (await listTokens(store.db)).find((each) => each.id === id);
    if (!token) throw new RequestError('not_found');
    if (token.revokedAt) throw new RequestError('conflict');
    res.render('tokens/revoke', {
      token,
      lastUsed: token.lastUsedAt && res.locals.format.ago(token.lastUsedAt, now()),
    });
  });

  router.post('/:id/revocation', allow('admin'), async (req, res) => {
    const name = await withdrawToken(services, actorOf(req), rowId(req));
    if (name === null) throw new RequestError('conflict');
    res.redirect(303, `${res.locals.basePath}/admin/tokens?done=revoked`);
  });

  async function showTokens(req: Request, res: Response, shown: Shown): Promise<void> {
    const { format } = res.locals;
    const at = now();
    const time = (instant: Temporal.Instant) =>
      format.dateTime(instant, settings.current().timezone);
    res.render('tokens/index', {
      tokens: (await listTokens(store.db)).map((token) => ({
        id: token.id,
        name: token.name,
        hint: token.hint,
        role: token.role,
        createdBy: token.createdBy,
        created: format.date(token.createdAt, settings.current().timezone),
        expires: token.expiresAt && time(token.expiresAt),
        lastUsed: token.lastUsedAt && {
          ago: format.ago(token.lastUsedAt, at),
          exact: time(token.lastUsedAt),
        },
        state: tokenState(token, at),
      })),
      today: at.toZonedDateTimeISO(settings.current().timezone).toPlainDate().toString(),
      timezone: settings.current().timezone,
      roles: ROLES,
      lives: TOKEN_LIVES,
      nameMax: NAME_MAX,
      done: doneNotice(req, res, 'tokens'),
      ...shown,
    });
  }

  return router;
}

function nothing(): Shown {
  const form: TokenForm = {
    id: randomUUID(),
    name: '',
    role: 'viewer',
    expires: '90',
    expiresOn: '',
  };
  return { form, problem: null, made: null };
}

function formAgain(body: unknown): TokenForm {
  const { form } = nothing();
  const [role, expires] = [typedText(body, 'role'), typedText(body, 'expires')];
  return {
    id: form.id,
    name: typedText(body, 'name'),
    role: isRole(role) ? role : form.role,
    expires: TOKEN_LIVES.find((life) => life === expires) ?? form.expires,
    expiresOn: typedText(body, 'expires_on'),
  };
}
