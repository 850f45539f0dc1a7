import { z } from 'zod';
import { parseBody } from './parse-body.ts';

const body = z.object({ form_id: z.uuid('missing') });

/**
 * The id that a form was shown with: what it makes has that id, so that a button that is pressed twice
 * makes one thing.
 * @throws RequestError
 */
export function readFormId(sent: unknown): string {
  return parseBody(body, sent).form_id;
}
