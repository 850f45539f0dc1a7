import type { ProblemView } from '../http/problem.ts';

/** A message above a form. */
export interface Notice {
  tone: 'ok' | 'warn' | 'danger';
  /** For programs: what it is about. */
  name: string;
  what: string;
  means: string | null;
  now: string | null;
  requestId: string | null;
}

/** A failure as such a message; of a form that was filled in wrongly its fields say enough. */
export function problemNotice({ code, what, means, now, requestId }: ProblemView): Notice {
  return { tone: 'danger', name: code, what, means, now, requestId };
}
