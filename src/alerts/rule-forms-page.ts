import { randomUUID } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import type { Channel } from '../deliveries/channel.ts';
import { listChannels } from '../deliveries/channel-rows.ts';
import { modelsInUse } from '../history/model-prices.ts';
import { answerForm, type FormProblem, formPost } from '../http/form-answer.ts';
import { readFormId } from '../http/form-id.ts';
import { showsFragment } from '../http/fragment.ts';
import { readDeletion, readVersion, sentVersion } from '../http/seen-version.ts';
import { typedText } from '../http/typed-text.ts';
import { existingAccount } from '../planner/event-page.ts';
import type { Services } from '../services.ts';
import { changeRule, createRule, deleteRule } from './change-rules.ts';
import type { AlertKind } from './kind.ts';
import { KINDS } from './kinds/index.ts';
import { type PreviewView, previewOf, previewView } from './preview-view.ts';
import { RULE_KINDS, type Rule, type RuleKind, SEVERITIES } from './rule.ts';
import {
  newRuleForm,
  type RuleForm,
  ruleFormAgain,
  ruleFormBody,
  ruleFormOf,
} from './rule-form.ts';
import { kindOf, MAX_REMIND_HOURS, RULE_NAME_MAX, readKind, readRule } from './rule-request.ts';
import { isRuleKind } from './rule-rows.ts';
import { findRule, ruleOf } from './rules.ts';
import { kindView, numberHint, ruleTitle, type SeverityView, severityView } from './rules-view.ts';

/** Models and keys of that many days can be chosen without typing them. */
const OFFERED_DAYS = 30;

interface FormView {
  kind: ReturnType<typeof kindView>;
  fields: AlertKind['fields'];
  isOnce: boolean;
  /** Of a new rule: what is saved twice is one. */
  formId: string;
  form: RuleForm;
  /** Of an edited rule: which, as it was when the form was made. */
  edited: { id: string; version: number; title: string } | null;
  /** Whom a rule that exists is for; `null`: all accounts. */
  account: FalAccount | null;
  accounts: FalAccount[];
  channels: Channel[];
  severities: SeverityView[];
  modelIds: string[];
  keys: { id: string; name: string }[];
  hintOf: Record<string, string>;
  nameMax: number;
  maxRemindHours: number;
  preview: PreviewView | null;
  problem: FormProblem | null;
}

/** `/admin/alerts/rules/new` and below a rule: how rules are made, tried, changed and deleted. */
export function ruleFormsPage(services: Services): Router {
  const { store, now, history } = services;
  const { db } = store;
  const router = Router();

  router.get('/new', allow('admin'), async (req, res) => {
    const asked = req.query.kind;
    if (!isRuleKind(asked) || !KINDS[asked]) return showKinds(res);
    res.locals.keptQuery = new URLSearchParams({ kind: asked });
    await showNew(req, res, kindOf(asked));
  });
  router.post('/', allow('admin'), (req, res) => {
    const sent = sentKind(req);
    if (!sent) return showKinds(res.status(400));
    return answerForm(
      req,
      res,
      async () => {
        const kind = readKind(req.body);
        const accountId = await askedAccount(req);
        const fields = readRule(ruleFormBody(req.body, kind), kind);
        const id = readFormId(req.body);
        const rule = { id, kind: kind.kind, accountId, ...fields };
        const made = await createRule(services, actorOf(req), rule);
        redirect(res, made ? '?done=created' : '?done=already_created');
      },
      (problem) => showNew(req, res, kindOf(sent), { problem }),
    );
  });

  router.get('/:id/edit', allow('admin'), (req, res) => showEdit(req, res));
  router.post(
    '/:id/edit',
    allow('admin'),
    formPost(
      async (req, res) => {
        const { rule } = await ruleOf(services, req);
        const kind = kindOf(rule.kind);
        const version = readVersion(req.body);
        const fields = readRule(ruleFormBody(req.body, kind), kind);
        await changeRule(services, actorOf(req), { id: rule.id, version }, fields);
        redirect(res, '?done=changed');
      },
      (req, res, problem) => showEdit(req, res, { problem }),
    ),
  );

  // It changes nothing: the form is shown again with what the rule would have told, or that alone.
  router.post('/preview', allow('admin'), async (req, res) => {
    const edited = await findRule(db, typedText(req.body, 'id'));
    const sent = edited?.kind ?? sentKind(req);
    if (!sent) return showKinds(res.status(400));
    const kind = kindOf(sent);
    const show = (shown: Shown) =>
      edited ? showEdited(req, res, edited, shown) : showNew(req, res, kind, shown);
    await answerForm(
      req,
      res,
      async () => {
        const accountId = edited ? edited.accountId : await askedAccount(req);
        const fields = readRule(ruleFormBody(req.body, kind), kind);
        const rule = { ...fields, kind: kind.kind, accountId };
        const tried = await previewOf(services, rule, await listAccounts(db));
        await show({ preview: previewView(rule, tried, res.locals) });
      },
      (problem) => show({ problem }),
    );
  });

  router.get('/:id/delete', allow('admin'), (req, res) => showDelete(req, res, null));
  router.post(
    '/:id/delete',
    allow('admin'),
    formPost(async (req, res) => {
      const { rule } = await ruleOf(services, req);
      await deleteRule(services, actorOf(req), { id: rule.id, version: readDeletion(req.body) });
      redirect(res, '?done=deleted');
    }, showDelete),
  );

  /** What a form is shown with, beside what was typed. */
  interface Shown {
    problem?: FormProblem;
    preview?: PreviewView;
  }

  function showKinds(res: Response): void {
    const kinds = RULE_KINDS.filter((kind) => KINDS[kind]);
    res.render('alerts/kinds', { kinds: kinds.map((kind) => kindView(kind, res.locals.t)) });
  }

  async function showNew(
    req: Request,
    res: Response,
    kind: AlertKind,
    shown: Shown = {},
  ): Promise<void> {
    const { chosen } = res.locals.accountChoice;
    await showForm(req, res, kind, newRuleForm(kind, chosen?.slug ?? ''), shown, null);
  }

  async function showEdit(req: Request, res: Response, shown: Shown = {}): Promise<void> {
    const { rule } = await ruleOf(services, req);
    await showEdited(req, res, rule, shown);
  }

  async function showEdited(req: Request, res: Response, rule: Rule, shown: Shown): Promise<void> {
    const kind = kindOf(rule.kind);
    await showForm(req, res, kind, ruleFormOf(rule, kind, ''), shown, rule);
  }

  async function showForm(
    req: Request,
    res: Response,
    kind: AlertKind,
    otherwise: RuleForm,
    { problem, preview }: Shown,
    rule: Rule | null,
  ): Promise<void> {
    if (showsFragment(req)) {
      return res.render('alerts/_preview', { preview: preview ?? null, problem: problem ?? null });
    }
    const { t } = res.locals;
    const form = ruleFormAgain(req.body, kind, otherwise);
    const { accounts } = res.locals.accountChoice;
    const account = accounts.find(
      ({ id, slug }) => id === rule?.accountId || slug === form.account,
    );
    const has = (type: string) => kind.fields.some((field) => field.type === type);
    res.render('alerts/rule', {
      kind: kindView(kind.kind, t),
      fields: kind.fields,
      isOnce: kind.isOnce ?? false,
      formId: randomUUID(),
      form,
      edited: rule && {
        id: rule.id,
        version: sentVersion(req) ?? rule.version,
        title: ruleTitle(rule, res.locals),
      },
      account: (rule && account) ?? null,
      accounts,
      channels: await listChannels(db),
      severities: SEVERITIES.map((severity) => severityView(severity, t)),
      modelIds: has('model') ? await modelsInUse(db, offeredSince()) : [],
      keys: has('api_key') ? await keysOf(account ?? null) : [],
      hintOf: Object.fromEntries(
        kind.fields.flatMap((field) =>
          field.type === 'number' ? [[field.name, numberHint(field, res.locals)]] : [],
        ),
      ),
      nameMax: RULE_NAME_MAX,
      maxRemindHours: MAX_REMIND_HOURS,
      preview: preview ?? null,
      problem: problem ?? null,
    } satisfies FormView);
  }

  async function showDelete(
    req: Request,
    res: Response,
    problem: FormProblem | null,
  ): Promise<void> {
    const { rule } = await ruleOf(services, req);
    res.render('alerts/delete', {
      rule,
      title: ruleTitle(rule, res.locals),
      version: sentVersion(req) ?? rule.version,
      problem,
    });
  }

  /** `null`: the rule is for all accounts. */
  async function askedAccount(req: Request): Promise<string | null> {
    const asked = typedText(req.body, 'account').trim();
    return asked === '' ? null : (await existingAccount(services, asked)).id;
  }

  /** Keys that the account was called with lately. @param account `null`: any. */
  async function keysOf(account: FalAccount | null): Promise<FormView['keys']> {
    const { groups } = await history.usage({
      ...{ start: offeredSince(), end: now(), timezone: account?.timezone ?? 'UTC' },
      ...{ resolution: 'month', groupBy: 'api_key', accountId: account?.id ?? null },
      ...{ endpointIds: [], apiKeyIds: [], groupsApart: 0 },
    });
    return groups
      .filter(({ key }) => key !== '')
      .map(({ key, name }) => ({ id: key, name: name ?? key }));
  }

  function offeredSince(): Temporal.Instant {
    return now().subtract({ hours: OFFERED_DAYS * 24 });
  }

  return router;
}

/** Of which kind a form is, if it is one of a kind there is. */
function sentKind({ body }: Request): RuleKind | null {
  const sent = typedText(body, 'kind');
  return isRuleKind(sent) && KINDS[sent] ? sent : null;
}

/** @param path below the list of rules. */
function redirect(res: Response, path: string): void {
  res.redirect(303, `${res.locals.basePath}/admin/alerts/rules${path}`);
}
