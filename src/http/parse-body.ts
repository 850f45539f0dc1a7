import type { z } from 'zod';
import { RequestError } from './failure.ts';

/**
 * Reads a body by a schema whose messages are names of faults, such as `missing`.
 * @throws RequestError with one fault a field.
 */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const byField = Map.groupBy(result.error.issues, (issue) => String(issue.path[0] ?? 'body'));
  throw new RequestError('invalid_request', {
    faults: [...byField].map(([field, [issue]]) => ({
      field,
      fault: field === 'body' ? 'not_understood' : (issue?.message ?? 'unusable'),
    })),
  });
}
