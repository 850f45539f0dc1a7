import { type Request, type Response, Router } from 'express';
import { allow, requireRole } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { type KnownBalanceView, knownBalanceView } from '../credits/known-balance.ts';
import { lastKnownBalance } from '../history/balance-samples.ts';
import { callerSignal } from '../http/caller.ts';
import { failureProblem, noteFailure } from '../http/errors.ts';
import { showsFragment } from '../http/fragment.ts';
import type { ProblemView } from '../http/problem.ts';
import { typedText } from '../http/typed-text.ts';
import type { Services } from '../services.ts';
import { canonicalTimezone } from '../timezone.ts';
import { usageOrCopy } from '../usage/account-usage.ts';
import { PRESETS } from '../usage/period.ts';
import { readUsageForm } from '../usage/request.ts';
import { type UsageView, usageView } from '../usage/view.ts';
import { type FalAccount, hasAccounts, type OpenAccount } from './accounts.ts';
import { readTestedKey } from './api.ts';
import type { AccountChoice } from './choose-account.ts';
import type { CreditsView } from './credits-view.ts';
import { type ConfigForm, type DiagnosisView, diagnosisView } from './diagnosis-view.ts';
import { lacksKey, requireAccount } from './stored-account.ts';

/** What the page shows below its form; nothing before the first question. */
interface Result {
  usage: UsageView | null;
  diagnosis: DiagnosisView | null;
  problem: ProblemView | null;
  /** The stored account that was asked with; `null` for a key that was typed in. */
  account: FalAccount | null;
  /** Its last known balance, where fal answered without one or not at all. */
  lastBalance: KnownBalanceView | null;
}

const NOTHING: Result = {
  usage: null,
  diagnosis: null,
  problem: null,
  account: null,
  lastBalance: null,
};

/**
 * `/admin/config`: the form, and its two buttons. With scripts the answer to a button is the result
 * alone, without them it is the whole page again; the key is never sent back.
 */
export function configPage(services: Services): Router {
  const { settings, doctor, now, store } = services;
  const router = Router();

  router.get('/', allow('viewer'), (req, res) => showPage(req, res, NOTHING));

  router.post('/usage', allow('viewer'), (req, res) =>
    answer(req, res, async (signal) => {
      const stored = await chosenAccount(req);
      const timezone = stored?.account.timezone ?? settings.current().timezone;
      const question = readUsageForm(req.body, { timezone, key: stored?.key ?? null }, now());
      const report = await usageOrCopy(services, stored?.account ?? null, question, () => signal);
      const { format, t } = res.locals;
      const usage = usageView(report, now(), format, t);
      return { ...NOTHING, usage, ...(await ofAccount(stored, usage.credits, res)) };
    }),
  );

  router.post('/test', allow('viewer'), (req, res) =>
    answer(req, res, async (signal) => {
      const stored = await chosenAccount(req);
      // Anybody may try a key of their own; what is stored is for who runs the checks.
      if (stored) requireRole(req.viewer, 'operator');
      const diagnosis = await doctor(stored?.key ?? readTestedKey(req.body), signal);
      const { format, t } = res.locals;
      const view = diagnosisView(diagnosis, format, t);
      return { ...NOTHING, diagnosis: view, ...(await ofAccount(stored, view.credits, res)) };
    }),
  );

  // A button's page may be reloaded or bookmarked: there is nothing to show at its own address.
  router.get(['/usage', '/test'], allow('viewer'), (_req, res) => {
    res.redirect(303, `${res.locals.basePath}/admin/config`);
  });

  /** The account that stands in for a key field left empty; `null` for a key, or if none is stored. */
  async function chosenAccount({ body }: Request): Promise<OpenAccount | null> {
    if (!lacksKey(body) || !(await hasAccounts(store.db))) return null;
    return requireAccount(services, body);
  }

  /** What is known here of the account that was asked about, beside the answer. */
  async function ofAccount(
    stored: OpenAccount | null,
    credits: CreditsView,
    { locals: { format, t } }: Response,
  ): Promise<Pick<Result, 'account' | 'lastBalance'>> {
    if (!stored) return { account: null, lastBalance: null };
    const { account } = stored;
    if (credits.balance !== null) return { account, lastBalance: null };
    const known = await lastKnownBalance(store.db, account.id);
    const lastBalance = known && knownBalanceView(known, account.timezone, now(), format, t);
    return { account, lastBalance };
  }

  async function answer(
    req: Request,
    res: Response,
    ask: (signal: AbortSignal) => Promise<Result>,
  ): Promise<void> {
    const signal = callerSignal(res);
    let result: Result;
    try {
      result = await ask(signal);
    } catch (error) {
      signal.throwIfAborted();
      result = { ...NOTHING, problem: failureProblem(noteFailure(error, req, res), req, res) };
    }
    if (!showsFragment(req)) return showPage(req, res, result);
    const { usage, diagnosis, problem, account, lastBalance } = result;
    if (usage) res.render('usage/_totals', { usage, account, lastBalance });
    else if (diagnosis) {
      res.render('accounts/_diagnosis_answer', { diagnosis, account, lastBalance });
    } else res.render('errors/_problem', { problem });
  }

  function showPage(req: Request, res: Response, result: Result): void {
    const { accountChoice } = res.locals;
    const may = (role: 'operator' | 'admin') =>
      req.viewer !== null && includesRole(req.viewer.role, role);
    res.render('config/index', {
      form: formAgain(req, accountChoice),
      accounts: accountChoice.accounts,
      mayTestStored: may('operator'),
      mayStore: may('admin'),
      ...result,
    });
  }

  /**
   * What was filled in, without the key, and of the rest only what is what it should be: people
   * paste keys into the wrong field.
   */
  function formAgain({ body }: Request, { accounts, chosen }: AccountChoice): ConfigForm {
    const filled = (name: string, isFine: (value: string) => boolean) => {
      const value = typedText(body, name);
      return isFine(value) ? value : '';
    };
    const isDate = (value: string) => /^\d{4}-\d{2}-\d{2}$/.test(value);
    const choices = [...PRESETS, 'custom' as const];
    const account =
      accounts.find(({ slug }) => filled('account', (value) => value === slug)) ??
      chosen ??
      accounts[0];
    return {
      period: choices.find((choice) => filled('period', (value) => value === choice)) ?? '24h',
      startDate: filled('start_date', isDate),
      endDate: filled('end_date', isDate),
      timezone:
        filled('timezone', (value) => canonicalTimezone(value) !== null) ||
        (account ? '' : settings.current().timezone),
      account: account?.slug ?? null,
    };
  }

  return router;
}
