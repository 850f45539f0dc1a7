import type { Request, Response } from 'express';
import { isTextKey } from '../i18n/index.ts';

/**
 * What a page says of the form that led to it: `?done=<name>` shows the text `<feature>.done.<name>`
 * and nothing of what stands in the address. @returns `null` where there is nothing to say.
 */
export function doneNotice(req: Request, res: Response, feature: string): string | null {
  const key = `${feature}.done.${req.query.done}`;
  return isTextKey(key) ? res.locals.t(key) : null;
}
