import type { Request, Response } from 'express';
import { isTextKey } from '../i18n/index.ts';
import type { Notice } from './form-answer.ts';

/**
 * What a page says of the form that led to it: `?done=<name>` shows the text `<feature>.done.<name>`,
 * and `<feature>.done.<name>.now` where there is one; nothing of what stands in the address.
 * @param warnings names of what is no good news.
 * @returns `null` where there is nothing to say.
 */
export function doneNotice(
  { query: { done } }: Request,
  { locals: { t } }: Response,
  feature: string,
  warnings: string[] = [],
): Notice | null {
  if (typeof done !== 'string' || !/^\w+$/.test(done)) return null;
  const [what, now] = [`${feature}.done.${done}`, `${feature}.done.${done}.now`];
  if (!isTextKey(what)) return null;
  return {
    tone: warnings.includes(done) ? 'warn' : 'ok',
    name: done,
    what: t(what),
    means: null,
    now: isTextKey(now) ? t(now) : null,
  };
}
