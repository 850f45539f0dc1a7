import type { Request } from 'express';
import { z } from 'zod';
import { parseBody } from './parse-body.ts';
import { typedText } from './typed-text.ts';

/** Which version of something somebody saw who changes it now. */
export const versionField = z.coerce.number('unusable').int('unusable').min(1, 'unusable');

export const versionBody = z.object({ version: versionField });

const confirmation = versionBody.extend({ confirm: z.literal('yes', 'missing') });

/** Which version of it somebody saw. @throws RequestError */
export function readVersion(given: unknown): number {
  return parseBody(versionBody, given).version;
}

/** @returns the version whose deletion was confirmed; @throws RequestError */
export function readDeletion(given: unknown): number {
  return parseBody(confirmation, given).version;
}

/** The version that a form was made for, when it comes back: it stays a conflict when it was one. */
export function sentVersion({ body }: Pick<Request, 'body'>): number | null {
  const sent = Number(typedText(body, 'version'));
  return Number.isInteger(sent) && sent > 0 ? sent : null;
}
