import { type Request, type Response, Router } from 'express';
import { type FalAccount, reopenAccount } from '../accounts/accounts.ts';
import { allow } from '../auth/access.ts';
import { callerSignal } from '../http/caller.ts';
import { failureProblem, noteFailure } from '../http/errors.ts';
import { RequestError } from '../http/failure.ts';
import { showsFragment } from '../http/fragment.ts';
import type { ProblemView } from '../http/problem.ts';
import { typedText } from '../http/typed-text.ts';
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
 * `/admin/usage`: what a stored account used in a period, both of which stand in the address.
 * Without a period in it the page comes at once and asks for the last 24 hours by itself; without an
 * account it is the chosen one.
 */
export function usagePage({ liveUsage, now, seal, store }: Services): Router {
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const { accounts, chosen } = res.locals.accountChoice;
    const account = chosen ?? accounts[0] ?? null;
    const isNamed = req.query.account !== undefined;
    const isAsked = account !== null && req.query.period !== undefined;
    let result: Result = { usage: null, problem: null };
    // The figures of another account would pass for those of the one that is named.
    if (isNamed && req.query.account !== account?.slug) result = failed(unknownAccount(), req, res);
    else if (isAsked) result = await ask(account, req, res);
    const form = readForm(req);
    res.locals.keptQuery = addressOf(isNamed && chosen, isAsked && form);
    const isPart = showsFragment(req) && (result.usage ?? result.problem) !== null;
    res.render(isPart ? 'usage/_answer' : 'usage/index', { account, form, ...result });
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
      return failed(error, req, res);
    }
  }

  return router;
}

function failed(error: unknown, req: Request, res: Response): Result {
  return { usage: null, problem: failureProblem(noteFailure(error, req, res), req, res) };
}

function unknownAccount(): RequestError {
  return new RequestError('not_found', { subject: 'account' });
}

/** Only what is what it should be is shown again. */
function readForm({ query }: Request): UsageForm {
  const choices = [...PRESETS, 'custom' as const];
  const date = (field: string) => typedText(query, field).match(/^\d{4}-\d{2}-\d{2}$/)?.[0] ?? '';
  return {
    period: choices.find((choice) => choice === query.period) ?? '24h',
    startDate: date('start_date'),
    endDate: date('end_date'),
  };
}

/** @param account the one that the address names; `form` what it asks. */
function addressOf(account: FalAccount | null | false, form: UsageForm | false): URLSearchParams {
  const dates = form && form.period === 'custom' ? form : null;
  return new URLSearchParams({
    ...(account && { account: account.slug }),
    ...(form && { period: form.period }),
    ...(dates && { start_date: dates.startDate, end_date: dates.endDate }),
  });
}
