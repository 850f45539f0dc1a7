import type { Request } from 'express';
import { typedText } from './typed-text.ts';

/** The version that a form was made for, when it comes back: it stays a conflict when it was one. */
export function sentVersion({ body }: Pick<Request, 'body'>): number | null {
  const sent = Number(typedText(body, 'version'));
  return Number.isInteger(sent) && sent > 0 ? sent : null;
}
