import type { Nano } from '../money.ts';
import type { Lot, Spend } from './burn-down.ts';

export const ENTRY_KINDS = ['purchase', 'promotion', 'adjustment'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];
/** How an entry came: typed, from a file, or proposed by the panel and confirmed. */
export type EntrySource = 'hand' | 'csv' | 'proposal';

/** What somebody says came, or went without being usage. */
export interface EntryFields {
  kind: EntryKind;
  /** In 1e-9 of `currency`: more than nothing, or of an adjustment anything but nothing. */
  amount: Nano;
  currency: string;
  at: Temporal.Instant;
  /** When what is left of it is lost; `null`: never. */
  expiresAt: Temporal.Instant | null;
  note: string;
}

/** An entry as it was written down, first or in a correction. */
export interface CreditEntry extends EntryFields {
  id: string;
  accountId: string;
  /** 0 is the first. */
  revision: number;
  /** Taken back: it counts for nothing, and stays. */
  isVoid: boolean;
  source: EntrySource;
  /** The last reading before the rise of the balance that it explains, where one was proposed. */
  seenAfter: Temporal.Instant | null;
  recordedAt: Temporal.Instant;
  recordedBy: string;
}

/** Purchased credits expire so many days after (fal's terms; the seed says so too). */
export const PURCHASE_DAYS = 365;

/** Each entry as it stands after its last correction, oldest first; those taken back are left out. */
export function standing(entries: readonly CreditEntry[]): CreditEntry[] {
  return latest(entries).filter(({ isVoid }) => !isVoid);
}

/** Each entry's last revision, oldest first. */
export function latest(entries: readonly CreditEntry[]): CreditEntry[] {
  const last = new Map<string, CreditEntry>();
  for (const entry of entries) {
    const other = last.get(entry.id);
    if (!other || other.revision < entry.revision) last.set(entry.id, entry);
  }
  return [...last.values()].sort(
    (one, other) => Temporal.Instant.compare(one.at, other.at) || (one.id < other.id ? -1 : 1),
  );
}

/** Whether two say the same came or went at once: written down once more rather than twice as much. */
export function isSameCredit(one: EntryFields, other: EntryFields): boolean {
  return (
    one.at.equals(other.at) &&
    one.kind === other.kind &&
    one.amount === other.amount &&
    one.currency === other.currency
  );
}

/**
 * What came and what went besides usage. Adjustments upwards are lots as well; those downwards, such
 * as a purchase that was paid back, are spent as usage is.
 * @param currency other currencies are left out: they can't pay for it.
 */
export function lotsAndCharges(
  entries: readonly CreditEntry[],
  currency: string,
): { lots: Lot[]; charges: Spend[] } {
  const ours = standing(entries).filter((entry) => entry.currency === currency);
  return {
    lots: ours.flatMap(({ id, amount, at, expiresAt }) =>
      amount > 0n ? [{ id, amount, from: at, expiresAt }] : [],
    ),
    charges: ours.flatMap(({ amount, at }) => (amount < 0n ? [{ at, amount: -amount }] : [])),
  };
}
