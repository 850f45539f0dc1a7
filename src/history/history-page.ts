import { type Request, type Response, Router } from 'express';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import { chosenAccounts } from '../accounts/choose-account.ts';
import { actorOf } from '../audit/actor.ts';
import type { Actor } from '../audit/audit.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError } from '../http/failure.ts';
import { answerForm, type FormProblem, type Notice } from '../http/form-answer.ts';
import { showsFragment } from '../http/fragment.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import { pauseSync, requestSync, restartSync, resumeSync } from './change-sync.ts';
import { CHECKED_DAYS } from './compare-days.ts';
import {
  type ChecksView,
  type CoverageView,
  checksView,
  coverageView,
  type SyncStatusView,
  syncStatusView,
} from './history-view.ts';
import { coverageRuns } from './kept-days.ts';
import { firstDayOf } from './plan.ts';
import { reconciliationsOf } from './reconciliations.ts';
import { readRestart } from './restart-form.ts';
import { utcDayOf, utcDayStart } from './slots.ts';
import { readKnownDays, readWishes } from './sync-queries.ts';
import { type SyncStatus, syncStatuses } from './sync-status.ts';

/** What changes while a round runs. */
interface SyncBlock {
  status: SyncStatusView;
  coverage: CoverageView;
}

/** What the page shows. */
interface HistoryView {
  blocks: (SyncBlock & { checks: ChecksView })[];
  settleHours: number;
  mayChange: boolean;
  done: Notice | null;
}

/** What the form of a period to be read again shows. */
interface RestartView {
  account: FalAccount;
  form: { start_date: string; end_date: string };
  today: string;
  /** The first day kept. */
  firstKept: string | null;
  problem: FormProblem | null;
}

/** `/admin/history`: how each account's local copy is doing, and what can be done about it. */
export function historyPage(services: Services): Router {
  const { config, now, store } = services;
  const { db } = store;
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const statuses = await syncStatuses(db, now());
    const blocks: HistoryView['blocks'] = [];
    for (const account of chosenAccounts(res.locals.accountChoice)) {
      blocks.push({
        ...(await blockOf(req, res, account, statuses)),
        checks: checksView(await checksOf(account), res.locals),
      });
    }
    res.render('history/index', {
      blocks,
      settleHours: config.settleHours,
      mayChange: req.viewer !== null && includesRole(req.viewer.role, 'operator'),
      done: doneNotice(req, res, 'history'),
    } satisfies HistoryView);
  });

  // Only a script has use for it; a person is led to the page.
  router.get('/:account', allow('viewer'), async (req, res) => {
    if (!showsFragment(req)) return redirect(res, '');
    const account = await accountOf(req);
    const block = await blockOf(req, res, account, await syncStatuses(db, now()));
    res.render('history/_status', block satisfies SyncBlock);
  });

  router.post('/:account/pause', allow('operator'), change(pauseSync, 'paused'));
  router.post('/:account/resumption', allow('operator'), change(resumeSync, 'resumed'));
  router.post('/:account/reading', allow('operator'), change(requestSync, 'requested'));

  router.get('/:account/restart', allow('operator'), (req, res) => showRestart(req, res, null));
  router.post('/:account/restart', allow('operator'), (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const account = await accountOf(req);
        const { today, firstKept } = await daysOf(account);
        const range = readRestart(req.body, today, firstKept);
        await restartSync(services, actorOf(req), account.id, range);
        redirect(res, '?done=restarted');
      },
      (problem) => showRestart(req, res, problem),
    ),
  );

  function change(
    deed: (services: Services, actor: Actor, accountId: string) => Promise<void>,
    done: string,
  ) {
    return async (req: Request, res: Response) => {
      const { id } = await accountOf(req);
      await deed(services, actorOf(req), id);
      redirect(res, `?done=${done}`);
    };
  }

  async function showRestart(
    req: Request,
    res: Response,
    problem: FormProblem | null,
  ): Promise<void> {
    const account = await accountOf(req);
    const { today, firstKept } = await daysOf(account);
    const otherwise = (field: string, date: Temporal.PlainDate) =>
      problem ? typedText(req.body, field).slice(0, 40) : date.toString();
    res.render('history/restart', {
      account,
      form: {
        start_date: otherwise('start_date', today.subtract({ days: 6 })),
        end_date: otherwise('end_date', today),
      },
      today: today.toString(),
      firstKept:
        firstKept && res.locals.format.bucket(firstKept.toZonedDateTime(account.timezone), 'day'),
      problem,
    } satisfies RestartView);
  }

  async function blockOf(
    req: Request,
    res: Response,
    account: FalAccount,
    statuses: SyncStatus[],
  ): Promise<SyncBlock> {
    const status = statuses.find(({ accountId }) => accountId === account.id);
    const wishes = await readWishes(db, account.id);
    if (!status || !wishes) throw new RequestError('not_found', { subject: 'account' });
    const { format, t, basePath } = res.locals;
    const accountsHref = req.viewer?.role === 'admin' ? `${basePath}/admin/accounts` : null;
    const at = now();
    const known = await readKnownDays(db, account.id);
    const first = firstDayOf(at, config.backfillDays, wishes.backfillFrom, known);
    const runs = coverageRuns(known, first, utcDayOf(at));
    return {
      status: syncStatusView(account, status, { format, t, now: at }, accountsHref),
      coverage: coverageView(runs, first, res.locals),
    };
  }

  function checksOf({ id, timezone }: FalAccount) {
    const today = now().toZonedDateTimeISO(timezone).toPlainDate();
    return reconciliationsOf(db, id, today.subtract({ days: CHECKED_DAYS }).toString());
  }

  /** In the account's own calendar. */
  async function daysOf({ id, timezone }: FalAccount) {
    const [first] = await readKnownDays(db, id);
    const dayAt = (at: Temporal.Instant) => at.toZonedDateTimeISO(timezone).toPlainDate();
    return { today: dayAt(now()), firstKept: first ? dayAt(utcDayStart(first.day)) : null };
  }

  /** @throws RequestError `not_found` */
  async function accountOf(req: Request): Promise<FalAccount> {
    const account = await findAccount(db, String(req.params.account));
    if (!account) throw new RequestError('not_found', { subject: 'account' });
    return account;
  }

  return router;
}

/** @param path below the page's own. */
function redirect(res: Response, path: string): void {
  res.redirect(303, `${res.locals.basePath}/admin/history${path}`);
}
