import type { z } from 'zod';
import { RequestError } from './failure.ts';

/**
 * Reads a body by a schema whose messages are names of faults, such as `missing`.
 * @param subject what it is, where that has words of its own: texts `problem.invalid_request_<subject>`.
 * @throws RequestError with one fault a field.
 */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown, subject?: string): T {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const byField = Map.groupBy(result.error.issues, (issue) => String(issue.path[0] ?? 'body'));
  throw new RequestError('invalid_request', {
    subject: subject ?? null,
    faults: [...byField].map(([field, [issue]]) => ({
      field,
      fault: field === 'body' ? 'not_understood' : (issue?.message ?? 'unusable'),
    })),
  });
}
