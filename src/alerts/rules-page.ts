import { type Request, type Response, Router } from 'express';
import { type FalAccount, listAccounts } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { listChannels } from '../deliveries/channel-rows.ts';
import { doneNotice } from '../http/done-notice.ts';
import { answerForm, type FormProblem, type Notice } from '../http/form-answer.ts';
import type { Action } from '../http/problem.ts';
import { readVersion } from '../http/seen-version.ts';
import type { Services } from '../services.ts';
import { switchRule } from './change-rules.ts';
import { listRules } from './rule-rows.ts';
import { ruleOf } from './rules.ts';
import { type RuleGroup, ruleGroups } from './rules-view.ts';
import { unseenCharges } from './unseen-charges.ts';

interface ListView {
  groups: RuleGroup[];
  /** Whether anybody can be told. */
  hasChannel: boolean;
  /** Whose single charges can't be seen. */
  unseen: FalAccount[];
  mayChange: boolean;
  done: Notice | FormProblem | null;
}

/** `/admin/alerts/rules`: what is watched, and who is told. */
export function rulesPage(services: Services): Router {
  const { db } = services.store;
  const router = Router();

  router.get('/', allow('viewer'), (req, res) =>
    showRules(req, res, doneNotice(req, res, 'alerts')),
  );

  for (const [path, isEnabled] of [
    ['activation', true],
    ['deactivation', false],
  ] as const) {
    router.post(`/:id/${path}`, allow('admin'), (req, res) =>
      answerForm(
        req,
        res,
        async () => {
          const { rule } = await ruleOf(services, req);
          const seen = { id: rule.id, version: readVersion(req.body) };
          await switchRule(services, actorOf(req), seen, isEnabled);
          const done = isEnabled ? 'enabled' : 'disabled';
          res.redirect(303, `${res.locals.basePath}/admin/alerts/rules?done=${done}`);
        },
        (problem) => showRules(req, res, { ...problem, action: reopen(problem, res) }),
      ),
    );
  }

  async function showRules(req: Request, res: Response, done: ListView['done']): Promise<void> {
    const { chosen } = res.locals.accountChoice;
    const [rules, channels, accounts] = [
      await listRules(db),
      await listChannels(db),
      await listAccounts(db),
    ];
    const shown = rules.filter(
      ({ accountId }) => !chosen || accountId === null || accountId === chosen.id,
    );
    res.render('alerts/rules', {
      groups: ruleGroups(shown, { accounts, channels, rules }, res.locals),
      hasChannel: channels.some(({ isEnabled }) => isEnabled),
      unseen: await unseenCharges(services),
      mayChange: mayChange(req),
      done,
    } satisfies ListView);
  }

  return router;
}

/** A switch has no page of its own: what is there now is in the list. */
function reopen({ action }: FormProblem, { locals: { basePath } }: Response): Action | null {
  return action?.kind === 'link' && !action.external
    ? { ...action, href: `${basePath}/admin/alerts/rules` }
    : action;
}

function mayChange({ viewer }: Request): boolean {
  return viewer !== null && includesRole(viewer.role, 'admin');
}
