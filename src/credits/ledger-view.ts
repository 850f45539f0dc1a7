import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Nano } from '../money.ts';
import type { CreditEntry } from './ledger.ts';
import type { CreditStatement } from './statement.ts';
import { kindWord, moneyOf } from './statement-view.ts';

/** Money as it is shown, and to the nano. */
interface MoneyView {
  text: string;
  exact: string;
}

/** A purchase or a grant, and where its money went. */
export interface LotView {
  what: string;
  note: string;
  came: string;
  amount: MoneyView;
  spent: MoneyView;
  expired: MoneyView;
  remaining: MoneyView;
  /** `null`: never. */
  expires: string | null;
  isOver: boolean;
}

/** An entry as it was written down once. */
export interface RevisionView {
  what: string;
  amount: MoneyView;
  at: string;
  /** `null`: it is no lot. */
  expiry: string | null;
  note: string;
  recorded: string;
}

/** An entry as it stands, with what it said before, the latest first. */
export interface EntryView extends RevisionView {
  id: string;
  isVoid: boolean;
  /** In a currency that usage is not charged in: it is left out of the sum. */
  isApart: boolean;
  before: RevisionView[];
}

/** Everything the ledger of an account shows. */
export interface LedgerView {
  lots: LotView[];
  total: Pick<LotView, 'amount' | 'spent' | 'expired' | 'remaining'>;
  /** What was spent and no lot had; `null`: nothing. */
  unfunded: string | null;
  /** The latest first. */
  entries: EntryView[];
  /** The currencies that are left out of the sum. */
  apart: string | null;
}

/** @param entries with every revision. */
export function ledgerView(
  { account, balance, burned, entries: standing }: CreditStatement,
  entries: readonly CreditEntry[],
  format: Format,
  t: Translate,
): LedgerView {
  const { currency } = balance;
  const { timezone } = account;
  const money = (amount: Nano, of = currency): MoneyView => ({
    // Pesos and dollars look the same.
    text:
      of === currency
        ? `${amount < 0n ? '−' : ''}${moneyOf(amount, of, format)}`
        : format.exactMoney(amount, of),
    exact: format.exactMoney(amount, of),
  });
  const moment = (at: Temporal.Instant) => format.dateTime(at, timezone);
  const byId = new Map(standing.map((entry) => [entry.id, entry]));

  const lots = burned.lots.map(({ lot, spent, expired, remaining }): LotView => {
    const entry = byId.get(lot.id);
    return {
      what: kindWord(entry?.kind ?? 'adjustment', t),
      note: entry?.note ?? '',
      came: moment(lot.from),
      amount: money(lot.amount),
      spent: money(spent),
      expired: money(expired),
      remaining: money(remaining),
      expires: lot.expiresAt && moment(lot.expiresAt),
      isOver: remaining === 0n,
    };
  });
  const sum = (part: 'spent' | 'expired' | 'remaining') =>
    money(burned.lots.reduce((total, state) => total + state[part], 0n));

  const expiryOf = ({ expiresAt }: CreditEntry) =>
    expiresAt
      ? t('purchases.expires_on', { time: moment(expiresAt) })
      : t('purchases.expires_never');
  const revisionView = (entry: CreditEntry): RevisionView => ({
    what: kindWord(entry.kind, t),
    amount: money(entry.amount, entry.currency),
    at: moment(entry.at),
    expiry: entry.amount < 0n ? null : expiryOf(entry),
    note: entry.note,
    recorded: t('purchases.recorded', { name: entry.recordedBy, time: moment(entry.recordedAt) }),
  });
  const revisions = Map.groupBy(entries, ({ id }) => id);
  const apart = new Set(
    standing
      .filter((entry) => !entry.isVoid && entry.currency !== currency)
      .map((entry) => entry.currency),
  );
  return {
    lots,
    total: {
      amount: money(burned.lots.reduce((total, { lot }) => total + lot.amount, 0n)),
      ...{ spent: sum('spent'), expired: sum('expired'), remaining: sum('remaining') },
    },
    unfunded: burned.unfunded > 0n ? moneyOf(burned.unfunded, currency, format) : null,
    entries: standing.toReversed().map((entry) => ({
      ...revisionView(entry),
      id: entry.id,
      isVoid: entry.isVoid,
      isApart: entry.currency !== currency,
      before: (revisions.get(entry.id) ?? [])
        .filter(({ revision, isVoid }) => revision < entry.revision && !isVoid)
        .reverse()
        // Taking an entry back says nothing new of it.
        .slice(entry.isVoid ? 1 : 0)
        .map(revisionView),
    })),
    apart: apart.size > 0 ? [...apart].sort().join(', ') : null,
  };
}
