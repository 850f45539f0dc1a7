import { type Request, type Response, Router } from 'express';
import { allow } from '../auth/access.ts';
import { callerSignal } from '../http/caller.ts';
import { failureProblem, noteFailure } from '../http/errors.ts';
import { showsFragment } from '../http/fragment.ts';
import type { ProblemView } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { loadEcharts } from '../usage/chart.ts';
import { canonicalTimezone, PRESETS } from '../usage/period.ts';
import { readUsageForm } from '../usage/request.ts';
import { type UsageView, usageView } from '../usage/view.ts';
import { readTestedKey } from './api.ts';
import { type ConfigForm, type DiagnosisView, diagnosisView } from './view.ts';

/** What the page shows below its form; nothing before the first question. */
interface Result {
  usage: UsageView | null;
  diagnosis: DiagnosisView | null;
  problem: ProblemView | null;
}

const NOTHING: Result = { usage: null, diagnosis: null, problem: null };

/**
 * `/admin/config`: the form, and its two buttons. With scripts the answer to a button is the result
 * alone, without them it is the whole page again; the key is never sent back.
 */
export function configPage({ config, doctor, liveUsage, now }: Services): Router {
  const router = Router();

  router.get('/', allow('viewer'), (req, res) => showPage(req, res, NOTHING));

  router.post('/usage', allow('viewer'), (req, res) =>
    answer(req, res, async (signal) => {
      const question = readUsageForm(req.body, config.defaultTimezone, now());
      // The first chart needs its library, which can load while fal answers.
      const [report] = await Promise.all([liveUsage(question, () => signal), loadEcharts()]);
      const { locale, t } = res.locals;
      return { ...NOTHING, usage: await usageView(report, now(), locale, t) };
    }),
  );

  router.post('/test', allow('viewer'), (req, res) =>
    answer(req, res, async (signal) => {
      const diagnosis = await doctor(readTestedKey(req.body), signal);
      const { locale, t } = res.locals;
      return { ...NOTHING, diagnosis: diagnosisView(diagnosis, locale, t) };
    }),
  );

  // A button's page may be reloaded or bookmarked: there is nothing to show at its own address.
  router.get(['/usage', '/test'], allow('viewer'), (_req, res) => {
    res.redirect(303, `${res.locals.basePath}/admin/config`);
  });

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
    res.set('Cache-Control', 'no-store');
    if (!showsFragment(req)) return showPage(req, res, result);
    const { usage, diagnosis, problem } = result;
    if (usage) res.render('usage/_totals', { usage });
    else if (diagnosis) res.render('accounts/_diagnosis', { diagnosis });
    else res.render('errors/_problem', { problem });
  }

  function showPage(req: Request, res: Response, result: Result): void {
    res.set('Cache-Control', 'no-store');
    res.render('config/index', { form: formAgain(req.body), ...result });
  }

  /**
   * What was filled in, without the key, and of the rest only what is what it should be: people
   * paste keys into the wrong field.
   */
  function formAgain(body: unknown): ConfigForm {
    const filled = (name: string, isFine: (value: string) => boolean) => {
      const value = (body as Record<string, unknown> | undefined)?.[name];
      return typeof value === 'string' && isFine(value) ? value : '';
    };
    const isDate = (value: string) => /^\d{4}-\d{2}-\d{2}$/.test(value);
    const choices = [...PRESETS, 'custom' as const];
    return {
      period: choices.find((choice) => filled('period', (value) => value === choice)) ?? '24h',
      startDate: filled('start_date', isDate),
      endDate: filled('end_date', isDate),
      timezone:
        filled('timezone', (value) => canonicalTimezone(value) !== null) || config.defaultTimezone,
    };
  }

  return router;
}
