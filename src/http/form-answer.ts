import type { Request, Response } from 'express';
import { failureProblem, isOver, noteFailure } from './errors.ts';
import type { Action, ProblemView } from './problem.ts';

/** What there is to say before a form: what was done, or why it is shown again. */
export interface Notice {
  tone: 'ok' | 'warn' | 'danger';
  /** For programs: what it is about. */
  name: string;
  what: string;
  means: string | null;
  now: string | null;
}

/** Why a form is shown again. */
export interface FormProblem extends Notice {
  /** What is wrong with each field, to be said beside it too. */
  fields: ProblemView['fields'];
  action: Action | null;
  requestId: ProblemView['requestId'];
}

/**
 * Does what a form asks for. When that fails, for whatever reason, the status is that of the failure
 * and the form is shown again: `show` gets why, and keeps what was typed unless it is a secret.
 * @throws when there is nobody left to answer, and what `show` throws.
 */
export async function answerForm(
  req: Request,
  res: Response,
  work: () => Promise<void>,
  show: (problem: FormProblem) => void | Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isOver(res)) throw error;
    await show(formProblem(error, req, res));
  }
}

/** The same as what answers a form's POST. */
export function formPost(
  work: (req: Request, res: Response) => Promise<void>,
  show: (req: Request, res: Response, problem: FormProblem) => void | Promise<void>,
): (req: Request, res: Response) => Promise<void> {
  return (req, res) =>
    answerForm(
      req,
      res,
      () => work(req, res),
      (problem) => show(req, res, problem),
    );
}

/** Why a form is of no use, in words about forms where the error has none of its own. */
function formProblem(error: unknown, req: Request, res: Response): FormProblem {
  const failure = noteFailure(error, req, res);
  const subject = failure.subject ?? 'form';
  const problem = failureProblem({ ...failure, subject }, req, res);
  return { ...problem, tone: 'danger', name: problem.code, action: nextStep(problem, res) };
}

/** Sending the form again needs no button of its own, and fields are linked one by one. */
function nextStep(
  { code, action }: ProblemView,
  { locals: { t, currentPath } }: Response,
): Action | null {
  if (code === 'conflict') {
    return { kind: 'link', label: t('problem.reopen'), href: currentPath, external: false };
  }
  const isHere = action?.kind === 'ask' || (action?.kind === 'link' && action.href.startsWith('#'));
  return isHere ? null : action;
}
