import type { Request, Response } from 'express';
import { fieldErrors, noteFailure } from './errors.ts';
import { RequestError } from './failure.ts';
import type { FieldMessage } from './problem.ts';

export type { FieldMessage };

/**
 * What is wrong with each field of a form, for showing the form again; sets the answer's status.
 * @throws the error itself when it is not about what was filled in.
 */
export function shownFaults(error: unknown, req: Request, res: Response): FieldMessage[] {
  if (!(error instanceof RequestError) || error.faults.length === 0) throw error;
  return fieldErrors(noteFailure(error, req, res), res.locals.t);
}
