import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { type Nano, sumNano } from '../money.ts';
import type { CreditEntry } from './ledger.ts';
import { type CreditStatement, USAGE_CURRENCY } from './statement.ts';
import { kindWord, moneyOf } from './statement-view.ts';

/** Money as it is shown, and to the nano. */
interface MoneyView {
  text: string;
  exact: string;
}

/** A purchase or a grant, and where its money went. */
interface LotView {
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
interface EntryView extends RevisionView {
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
  /** The ledger's currency, where usage is charged in another and nothing of it is taken off. */
  unspent: string | null;
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
  const money = (amount: Nano) => moneyView(amount, currency, format);
  const moment = (at: Temporal.Instant) => format.dateTime(at, timezone);
  const revision = (entry: CreditEntry) => revisionView(entry, currency, timezone, format, t);
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
    money(sumNano(burned.lots.map((state) => state[part])));

  const revisions = Map.groupBy(entries, ({ id }) => id);
  const apart = new Set(
    standing
      .filter((entry) => !entry.isVoid && entry.currency !== currency)
      .map((entry) => entry.currency),
  );
  return {
    lots,
    total: {
      amount: money(sumNano(burned.lots.map(({ lot }) => lot.amount))),
      ...{ spent: sum('spent'), expired: sum('expired'), remaining: sum('remaining') },
    },
    unfunded: burned.unfunded > 0n ? moneyOf(burned.unfunded, currency, format) : null,
    entries: standing.toReversed().map((entry) => ({
      ...revision(entry),
      id: entry.id,
      isVoid: entry.isVoid,
      isApart: entry.currency !== currency,
      before: (revisions.get(entry.id) ?? [])
        .filter((each) => each.revision < entry.revision && !each.isVoid)
        .reverse()
        // Taking an entry back says nothing new of it.
        .slice(entry.isVoid ? 1 : 0)
        .map(revision),
    })),
    apart: apart.size > 0 ? [...apart].sort().join(', ') : null,
    unspent: currency === USAGE_CURRENCY ? null : currency,
  };
}

/** @param currency amounts in any other, and where it is `null` all, are told with their currency's code. */
export function revisionView(
  entry: CreditEntry,
  currency: string | null,
  timezone: string,
  format: Format,
  t: Translate,
): RevisionView {
  const { amount, expiresAt } = entry;
  const exact = format.exactMoney(amount, entry.currency);
  const moment = (at: Temporal.Instant) => format.dateTime(at, timezone);
  const expiry = expiresAt
    ? t('purchases.expires_on', { time: moment(expiresAt) })
    : t('purchases.expires_never');
  return {
    what: kindWord(entry.kind, t),
    // Pesos and dollars look the same.
    amount:
      entry.currency === currency ? moneyView(amount, currency, format) : { text: exact, exact },
    at: moment(entry.at),
    expiry: amount < 0n ? null : expiry,
    note: entry.note,
    recorded: t('purchases.recorded', { name: entry.recordedBy, time: moment(entry.recordedAt) }),
  };
}

function moneyView(amount: Nano, currency: string, format: Format): MoneyView {
  return {
    text: `${amount < 0n ? '−' : ''}${moneyOf(amount, currency, format)}`,
    exact: format.exactMoney(amount, currency),
  };
}
