export type LockKind =
  | 'exhausted_balance'
  | 'top_up'
  | 'admin_lock'
  | 'payment_method'
  | 'budget_exceeded'
  | 'other';

export interface Lock {
  kind: LockKind;
  /** fal's own words. */
  reason: string;
}

const KINDS: [RegExp, LockKind][] = [
  [/exhausted balance/i, 'exhausted_balance'],
  [/top[_ -]?up/i, 'top_up'],
  [/admin lock/i, 'admin_lock'],
  [/payment/i, 'payment_method'],
  [/budget/i, 'budget_exceeded'],
];

/**
 * Reads fal's lock notice: `{"detail": "User is locked. Reason: Exhausted balance. ..."}`, seen
 * with status 403 and with 200 (fal-ai/fal#489, #1112, #1162).
 * @returns `null` when the text is not a lock notice.
 */
export function parseLock(text: string): Lock | null {
  if (!/\b(?:user|account) is locked\b/i.test(text)) return null;
  const reason = text.match(/reason:\s*(.+)/is)?.[1]?.trim() ?? text;
  const kind = KINDS.find(([pattern]) => pattern.test(reason))?.[1] ?? 'other';
  return { kind, reason };
}
