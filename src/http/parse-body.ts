import type { z } from 'zod';
import { type FieldFault, RequestError } from './failure.ts';

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

/**
 * Reads parts of one request, each on its own, so that nobody mends one only to hear of the next.
 * @param order of its fields, in which their faults are named.
 * @throws RequestError with the faults of all parts that can't be used, and what else one throws.
 */
export function readTogether<Parts extends unknown[]>(
  order: readonly string[],
  ...reads: { [Part in keyof Parts]: () => Parts[Part] }
): Parts {
  const faults: FieldFault[] = [];
  const parts = reads.map((read) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RequestError) || error.faults.length === 0) throw error;
      faults.push(...error.faults);
      return null;
    }
  });
  if (faults.length === 0) return parts as Parts;
  const place = ({ field }: FieldFault) => order.indexOf(field.split('.', 1).join());
  throw new RequestError('invalid_request', {
    faults: faults.toSorted((one, other) => place(one) - place(other)),
  });
}
