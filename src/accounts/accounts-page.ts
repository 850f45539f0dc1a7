import { type Request, type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { tokenState } from '../auth/token-expiry.ts';
import { listEmbeds } from '../embeds/embed-tokens.ts';
import { callerSignal } from '../http/caller.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError } from '../http/failure.ts';
import { answerForm, type FormProblem } from '../http/form-answer.ts';
import { readDeletion, sentVersion } from '../http/seen-version.ts';
import type { Services } from '../services.ts';
import {
  type AccountFormAgain,
  COLORS,
  formAgain,
  NAME_MAX,
  NOTE_MAX,
  readChangedAccount,
  readNewAccount,
  readOtherKey,
} from './account-form.ts';
import { type Checkup, checkupView, refusalOf, rightsOf } from './account-views.ts';
import { type FalAccount, findAccount, listAccounts, reopenAccount } from './accounts.ts';
import {
  createAccount,
  deleteAccount,
  makeDefault,
  replaceKey,
  updateAccount,
} from './change-accounts.ts';

/** How long what was found out about a key is shown on its account's page, in ms. */
const CHECKUP_SHOWN_MS = 60 * 60 * 1_000;

/**
 * `/admin/accounts`: the stored fal accounts, for everybody to see and for admins to change. A key
 * goes by the doctor before it is stored, and is never sent back.
 */
export function accountsPage(services: Services): Router {
  const { config, doctor, now, seal, settings, store } = services;
  const router = Router();
  const checkups = new LRUCache<string, Checkup>({ max: 200, ttl: CHECKUP_SHOWN_MS });

  router.get('/', allow('viewer'), async (req, res) => {
    res.render('accounts/index', {
      accounts: await listAccounts(store.db),
      rights: rightsOf(req.viewer),
      done: doneNotice(req, res, 'accounts'),
    });
  });

  const newForm = { view: 'accounts/new', model: async () => ({}) };
  router.get('/new', allow('admin'), (req, res) => showForm(req, res, newForm));
  router.post('/', allow('admin'), (req, res) =>
    submit(req, res, newForm, async () => {
      const { fields, key } = readNewAccount(req.body);
      const checkup = await examine(key, res);
      const account = await createAccount(services, actorOf(req), fields, key);
      checkups.set(account.id, checkup);
      return `/${account.id}?done=created`;
    }),
  );

  router.get('/:account', allow('viewer'), async (req, res) => {
    const account = await accountOf(req);
    const checkup = checkups.get(account.id);
    const { format, t } = res.locals;
    res.render('accounts/show', {
      account,
      rights: rightsOf(req.viewer),
      // What was found out is kept for an hour, by this process.
      done: req.query.done === 'tested' && !checkup ? null : doneNotice(req, res, 'accounts'),
      checkup: checkup ? checkupView(checkup, account, format, t) : null,
    });
  });

  router.post('/:account/test', allow('operator'), async (req, res) => {
    const { account, key } = await reopenAccount(store.db, seal, await accountOf(req));
    const diagnosis = await doctor(key, callerSignal(res));
    checkups.set(account.id, { diagnosis, at: now() });
    redirect(res, `/${account.id}?done=tested`);
  });

  router.post('/:account/default', allow('admin'), async (req, res) => {
    const { id } = await accountOf(req);
    await makeDefault(services, actorOf(req), id);
    redirect(res, `/${id}?done=made_default`);
  });

  const editForm = { view: 'accounts/edit', model: formModel };
  router.get('/:account/edit', allow('admin'), (req, res) => showForm(req, res, editForm));
  router.post('/:account/edit', allow('admin'), (req, res) =>
    submit(req, res, editForm, async () => {
      const { fields, version } = readChangedAccount(req.body);
      const { id } = await accountOf(req);
      await updateAccount(services, actorOf(req), { id, version }, fields);
      return `/${id}?done=changed`;
    }),
  );

  const keyForm = { view: 'accounts/key', model: formModel };
  router.get('/:account/key', allow('admin'), (req, res) => showForm(req, res, keyForm));
  router.post('/:account/key', allow('admin'), (req, res) =>
    submit(req, res, keyForm, async () => {
      const { key, version } = readOtherKey(req.body);
      const { id } = await accountOf(req);
      const checkup = await examine(key, res);
      await replaceKey(services, actorOf(req), { id, version }, key);
      checkups.set(id, checkup);
      return `/${id}?done=key_replaced`;
    }),
  );

  const deleteForm = {
    view: 'accounts/delete',
    async model(req: Request) {
      const { account, version } = await formModel(req);
      const others = (await listAccounts(store.db)).filter(({ id }) => id !== account.id);
      const comesBack = config.falKey !== null && others.length === 0;
      const embeds = (await listEmbeds(store.db)).filter(
        (embed) => embed.accountId === account.id && tokenState(embed, now()) === 'active',
      );
      const heir = account.isDefault ? (others[0] ?? null) : null;
      return { account, version, heir, comesBack, embeds: embeds.length };
    },
  };
  router.get('/:account/delete', allow('admin'), (req, res) => showForm(req, res, deleteForm));
  router.post('/:account/delete', allow('admin'), (req, res) =>
    submit(req, res, deleteForm, async () => {
      const { id } = await accountOf(req);
      await deleteAccount(services, actorOf(req), { id, version: readDeletion(req.body) });
      checkups.delete(id);
      return '?done=deleted';
    }),
  );

  /** @throws RequestError `not_found` */
  async function accountOf(req: Request): Promise<FalAccount> {
    const account = await findAccount(store.db, String(req.params.account));
    if (!account) throw new RequestError('not_found', { subject: 'account' });
    return account;
  }

  /** The account, and the version that the form was made for: it stays a conflict when it was one. */
  async function formModel(req: Request): Promise<{ account: FalAccount; version: number }> {
    const account = await accountOf(req);
    return { account, version: sentVersion(req) ?? account.version };
  }

  /** What fal says of a key that is to be stored. @throws RequestError when it is not a good one. */
  async function examine(key: string, res: Response): Promise<Checkup> {
    const diagnosis = await doctor(key, callerSignal(res));
    const verdict = refusalOf(diagnosis);
    if (verdict) {
      const faults = [{ field: 'api_key', fault: verdict }];
      throw new RequestError('invalid_request', { faults, subject: 'key' });
    }
    return { diagnosis, at: now() };
  }

  interface Form {
    view: string;
    model(req: Request): Promise<{ account?: FalAccount }>;
  }

  /** Does what the form is for and goes on from there; else the form comes back, saying why. */
  function submit(
    req: Request,
    res: Response,
    form: Form,
    work: () => Promise<string>,
  ): Promise<void> {
    return answerForm(
      req,
      res,
      async () => redirect(res, await work()),
      (problem) => showForm(req, res, form, problem),
    );
  }

  async function showForm(
    req: Request,
    res: Response,
    form: Form,
    problem: FormProblem | null = null,
  ): Promise<void> {
    const model = await form.model(req);
    const otherwise: AccountFormAgain = model.account ?? {
      name: '',
      note: '',
      timezone: settings.current().timezone,
      color: COLORS[(await listAccounts(store.db)).length % COLORS.length] ?? 1,
    };
    res.render(form.view, {
      problem,
      ...model,
      form: formAgain(req.body, otherwise),
      colors: COLORS,
      nameMax: NAME_MAX,
      noteMax: NOTE_MAX,
    });
  }

  return router;
}

/** @param path below the list of accounts. */
function redirect(res: Response, path: string): void {
  res.redirect(303, `${res.locals.basePath}/admin/accounts${path}`);
}
