import { randomUUID } from 'node:crypto';
import { type Request, Router } from 'express';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow, identifyCaller } from '../auth/access.ts';
import { RequestError, refuse } from '../http/failure.ts';
import { readVersion } from '../http/seen-version.ts';
import { typedText } from '../http/typed-text.ts';
import { existingAccount } from '../planner/event-page.ts';
import type { Services } from '../services.ts';
import { changeRule, createRule, deleteRule } from './change-rules.ts';
import { previewAnswer, previewOf, previewView } from './preview-view.ts';
import type { Rule } from './rule.ts';
import { kindOf, readKind, readRule } from './rule-request.ts';
import { listRules } from './rule-rows.ts';
import { ruleOf } from './rules.ts';
import { ruleSentence, type Words } from './rules-view.ts';

/** `/api/v1/alert-rules`: what is watched, for programs with a token and for people of the panel. */
export function alertRulesApi(services: Services): Router {
  const { db } = services.store;
  const router = Router();
  router.use(identifyCaller(services));

  router.get('/', allow('viewer'), async (_req, res) => {
    const accounts = await listAccounts(db);
    const rules = await listRules(db);
    res.json({
      ok: true,
      rules: rules.map((rule) => ruleAnswer(rule, accounts, res.locals)),
      message: res.locals.t('alerts.rules_title'),
    });
  });

  router.post('/', allow('admin'), async (req, res) => {
    const rule = await createRule(services, actorOf(req), {
      id: randomUUID(),
      ...(await readNew(req)),
    });
    if (!rule) throw new RequestError('conflict');
    res
      .status(201)
      .location(`${req.baseUrl}/${rule.id}`)
      .json({
        ok: true,
        rule: ruleAnswer(rule, await listAccounts(db), res.locals),
        message: res.locals.t('alerts.done.created'),
      });
  });

  // It changes nothing: a viewer may ask.
  router.post('/preview', allow('viewer'), async (req, res) => {
    res.json({ ok: true, ...(await tried(await readNew(req), res.locals)) });
  });

  router.get('/:id', allow('viewer'), async (req, res) => {
    const { rule } = await ruleOf(services, req);
    res.json({
      ok: true,
      rule: ruleAnswer(rule, await listAccounts(db), res.locals),
      message: ruleSentence(rule, res.locals),
    });
  });

  router.get('/:id/preview', allow('viewer'), async (req, res) => {
    const { rule } = await ruleOf(services, req);
    res.json({ ok: true, ...(await tried(rule, res.locals)) });
  });

  router.put('/:id', allow('admin'), async (req, res) => {
    const { rule, account } = await ruleOf(services, req);
    refuseOther('account', typedText(req.body, 'account'), [account?.slug, account?.id]);
    refuseOther('kind', typedText(req.body, 'kind'), [rule.kind]);
    const seen = { id: rule.id, version: readVersion(req.body) };
    const fields = readRule(req.body, kindOf(rule.kind));
    const changed = await changeRule(services, actorOf(req), seen, fields);
    res.json({
      ok: true,
      rule: ruleAnswer(changed, await listAccounts(db), res.locals),
      message: res.locals.t('alerts.done.changed'),
    });
  });

  router.delete('/:id', allow('admin'), async (req, res) => {
    const { rule } = await ruleOf(services, req);
    await deleteRule(services, actorOf(req), rule);
    res.json({ ok: true, message: res.locals.t('alerts.done.deleted') });
  });

  async function readNew(req: Request): Promise<Omit<Rule, 'id' | 'version'>> {
    const kind = readKind(req.body);
    const asked = typedText(req.body, 'account').trim();
    const account = asked === '' ? null : await existingAccount(services, asked);
    return { kind: kind.kind, accountId: account?.id ?? null, ...readRule(req.body, kind) };
  }

  async function tried(rule: Omit<Rule, 'id' | 'version'>, words: Words) {
    const accounts = await listAccounts(db);
    const preview = await previewOf(services, rule, accounts);
    return {
      preview: previewAnswer(rule, preview, words),
      message: previewView(rule, preview, words).summary,
    };
  }

  return router;
}

/** What a rule is made with stays: another would be another rule. */
function refuseOther(
  field: 'account' | 'kind',
  asked: string,
  is: readonly (string | undefined)[],
): void {
  if (asked.trim() !== '' && !is.includes(asked.trim())) refuse(field, 'fixed_of_rule');
}

/** A rule in the words of `/api/v1/alert-rules`. */
function ruleAnswer(rule: Rule, accounts: readonly FalAccount[], words: Words) {
  return {
    id: rule.id,
    kind: rule.kind,
    account: accounts.find(({ id }) => id === rule.accountId)?.slug ?? null,
    name: rule.name,
    sentence: ruleSentence(rule, words),
    params: rule.params,
    severity: rule.severity,
    channel_ids: rule.channelIds,
    quiet_from: rule.quietHours?.from ?? null,
    quiet_until: rule.quietHours?.until ?? null,
    remind_hours: rule.remindHours,
    is_enabled: rule.isEnabled,
    version: rule.version,
  };
}
