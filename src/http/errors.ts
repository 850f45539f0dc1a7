import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import type { Translate } from '../i18n/index.ts';
import { type Failure, RequestError, toFailure } from './failure.ts';
import { showsFragment } from './fragment.ts';
import { fieldMessage, type ProblemView, problemMessage, problemView } from './problem.ts';

/** For the end of a router: nothing before it wanted the request. */
export const refuseUnknown: RequestHandler = () => {
  throw new RequestError('not_found');
};

/** Answers failures of API routes as JSON, in the shape every program can rely on. */
export const answerApiFailures: ErrorRequestHandler = (error, req, res, next) => {
  if (isOver(res)) return next(error);
  const failure = noteFailure(error, req, res);
  const { t } = res.locals;
  res.json({
    ok: false,
    code: failure.code,
    message: problemMessage(failure, t),
    ...(failure.faults.length > 0 && { errors: fieldErrors(failure, t) }),
    request_id: req.id,
  });
};

/** Shows failures of pages: the problem alone to a script that asked for a part, else a page. */
export const showPageFailures: ErrorRequestHandler = (error, req, res, next) => {
  if (isOver(res)) return next(error);
  const problem = failureProblem(noteFailure(error, req, res), req, res);
  res.render(showsFragment(req) ? 'errors/_problem' : 'errors/show', { problem });
};

/** The last resort, when even showing a failure failed: no cause, no stack, just where to look. */
export const answerPlainly: ErrorRequestHandler = (error, req, res, next) => {
  if (isOver(res)) return next(error);
  req.log.error({ err: error, request_id: req.id }, 'failed to show a failure');
  res.status(500).type('text/plain').send(`internal_error\nrequest_id: ${req.id}\n`);
};

/** A failure in words, for a page. */
export function failureProblem(failure: Failure, req: Request, res: Response): ProblemView {
  const { t } = res.locals;
  return problemView({ ...failure, fields: fieldErrors(failure, t), requestId: String(req.id) }, t);
}

/** Turns an error into what may be said of it, sets status and headers, and logs what nobody foresaw. */
export function noteFailure(error: unknown, req: Request, res: Response): Failure {
  const failure = logFailure(error, req);
  res.status(failure.status);
  if (failure.retryAfterSeconds !== null) res.set('Retry-After', String(failure.retryAfterSeconds));
  return failure;
}

/** The same for a part of a page: the page itself is a good answer. */
export function logFailure(error: unknown, req: Request): Failure {
  const failure = toFailure(error);
  if (failure.code === 'internal_error')
    req.log.error({ err: error, request_id: req.id }, 'unforeseen error');
  else if (failure.code === 'store_unavailable')
    req.log.error({ err: error, request_id: req.id }, 'the database failed');
  else if (failure.code === 'key_unreadable')
    req.log.error({ err: error, request_id: req.id }, 'a stored key can not be opened');
  else if (failure.status >= 500) req.log.warn({ err: error, request_id: req.id }, 'fal failed');
  return failure;
}

/** Whether there is nobody left to answer, or too late to change the answer. */
export function isOver(res: Response): boolean {
  return res.headersSent || res.destroyed || res.closed;
}

/** What is wrong with each field, in words. */
export function fieldErrors({ faults }: Failure, t: Translate) {
  return faults.map(({ field, fault }) => ({ field, message: fieldMessage(field, fault, t) }));
}
