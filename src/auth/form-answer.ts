import type { Request, Response } from 'express';
import { failureProblem, isOver, noteFailure } from '../http/errors.ts';
import type { Failure } from '../http/failure.ts';
import type { ProblemView } from '../http/problem.ts';

/** A message above a form. */
export interface Notice {
  tone: 'ok' | 'warn' | 'danger';
  /** For programs: what it is about. */
  name: string;
  what: string;
  means: string | null;
  now: string | null;
  requestId: string | null;
}

/** What stands on a form again that was of no use. */
export interface FormFault {
  /** `null` when the fields say it all. */
  notice: Notice | null;
  problem: ProblemView;
}

/** Does what a form asks for; when that fails, shows the form again with what went wrong. */
export async function answerForm(
  req: Request,
  res: Response,
  work: () => Promise<void>,
  show: (fault: FormFault) => void | Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isOver(res)) throw error;
    const failure = noteFailure(error, req, res);
    const problem = inWords(failure, failureProblem(failure, req, res), res);
    const notice = problem.fields.length > 0 ? null : problemNotice(problem);
    await show({ notice, problem });
  }
}

/** The general text of `rate_limited` is about questions to fal. */
function inWords(
  { retryAfterSeconds }: Failure,
  problem: ProblemView,
  { locals: { t, format } }: Response,
): ProblemView {
  if (problem.code !== 'rate_limited') return problem;
  const count = Math.ceil((retryAfterSeconds ?? 60) / 60);
  return {
    ...problem,
    what: t('sign_in.rate_limited.what'),
    means: t('sign_in.rate_limited.means'),
    now: t('sign_in.rate_limited.now', { count, formatted: format.count(count) }),
  };
}

function problemNotice({ code, what, means, now, requestId }: ProblemView): Notice {
  return { tone: 'danger', name: code, what, means, now, requestId };
}
