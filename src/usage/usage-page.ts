import { type Request, type Response, Router } from 'express';
import { type FalAccount, reopenAccount } from '../accounts/accounts.ts';
import { allow } from '../auth/access.ts';
import { callerSignal } from '../http/caller.ts';
import { failureProblem, noteFailure } from '../http/errors.ts';
import { showsFragment } from '../http/fragment.ts';
import type { ProblemView } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { loadEcharts } from './chart.ts';
import { PRESETS, type Preset } from './period.ts';
import { readUsageForm } from './request.ts';
import { type UsageView, usageView } from './view.ts';

interface Result {
  usage: UsageView | null;
  problem: ProblemView | null;
}

/** The form as its address says. */
interface UsageForm {
  period: Preset | 'custom';
  startDate: string;
  endDate: string;
}

/**
 * `/admin/usage`: what a stored account used in a period, which stands in the address. Without one
 * in it the page comes at once and asks for the last 24 hours by itself.
 */
export function usagePage({ liveUsage, now, seal, store }: Services): Router {
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const { accounts, chosen } = res.locals.accountChoice;
    const account = chosen ?? accounts[0] ?? null;
    const isAsked = account !== null && req.query.period !== undefined;
    const result = isAsked ? await ask(account, req, res) : { usage: null, problem: null };
    res.set('Cache-Control', 'no-store');
    if (showsFragment(req)) return res.render('usage/_answer', result);
    const form = readForm(req);
    res.locals.keptQuery = addressOf(form, isAsked);
    res.render('usage/index', { account, form, ...result });
  });

  async function ask(account: FalAccount, req: Request, res: Response): Promise<Result> {
    const signal = callerSignal(res);
    const { format, t } = res.locals;
    try {
      const { key } = await reopenAccount(store.db, seal, account);
      const { timezone } = account;
      const question = readUsageForm({ ...req.query, api_key: '' }, { timezone, key }, now());
      // The first chart needs its library, which can load while fal answers.
      const [report] = await Promise.all([liveUsage(question, () => signal), loadEcharts()]);
      return { usage: await usageView(report, now(), format, t), problem: null };
    } catch (error) {
      signal.throwIfAborted();
      return { usage: null, problem: failureProblem(noteFailure(error, req, res), req, res) };
    }
  }

  return router;
}

/** Only what is what it should be is shown again. */
function readForm({ query }: Request): UsageForm {
  const choices = [...PRESETS, 'custom' as const];
  const date = (value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : '';
  return {
    period: choices.find((choice) => choice === query.period) ?? '24h',
    startDate: date(query.start_date),
    endDate: date(query.end_date),
  };
}

function addressOf({ period, startDate, endDate }: UsageForm, isAsked: boolean): URLSearchParams {
  const dates = { start_date: startDate, end_date: endDate };
  if (!isAsked) return new URLSearchParams();
  return new URLSearchParams({ period, ...(period === 'custom' && dates) });
}
