import { creditsView } from '../accounts/credits-view.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { displayStep, type Nano } from '../money.ts';
import type { EntryKind } from './ledger.ts';
import { HORIZON_DAYS, type Runway, type RunwayDriver } from './runway.ts';
import type { EstimateBasis } from './stated-balance.ts';
import { expiringOf, type NoRunwayReason, statedRunway } from './stated-runway.ts';
import type { CreditStatement, Difference } from './statement.ts';
import type { TopUp } from './top-ups.ts';

/** What the local copy and the ledger say of an account's credits, in words. */
export interface StatementView {
  /** `null` where the balance is fal's own, or nobody knows it. */
  estimate: {
    credits: ReturnType<typeof creditsView>;
    basis: string;
    unknown: string | null;
  } | null;
  runway: {
    /** Why nobody can say; `null` where it is said. */
    reason: NoRunwayReason | null;
    sentence: string;
    range: string | null;
    driver: string | null;
    basis: string | null;
  };
  difference: { amount: string; cause: Difference['cause']; why: string } | null;
  proposals: ProposalView[];
  /** What will expire unused, a sentence each. */
  expiring: string[];
}

/** A purchase that seems to have been made. */
interface ProposalView {
  sentence: string;
  /** Between which amounts; `null` where they are the same in print. */
  bounds: string | null;
  /** The reading before it, by which it is known. */
  after: string;
}

interface Speech {
  format: Format;
  t: Translate;
}

export function statementView(statement: CreditStatement, speech: Speech): StatementView {
  const { balance, estimate, difference, proposals } = statement;
  const { currency } = balance;
  const runway = statedRunway(statement);
  return {
    estimate:
      estimate && balance.amount !== null
        ? {
            credits: creditsView(
              { amount: balance.amount, currency, reason: null },
              speech.format,
              speech.t,
            ),
            ...estimateWords(estimate, statement, speech),
          }
        : null,
    runway: runwayWords(runway, statement, speech),
    difference: difference && {
      amount: speech.t(
        difference.amount > 0n ? 'purchases.balance_above' : 'purchases.balance_below',
        { amount: moneyOf(difference.amount, currency, speech.format) },
      ),
      cause: difference.cause,
      why: speech.t(`purchases.cause_${difference.cause}`),
    },
    proposals: proposals.map((topUp) => proposalView(topUp, statement, speech)),
    expiring: expiringWords(runway, statement, speech),
  };
}

/** Money without its sign, as a person says it. */
export function moneyOf(amount: Nano, currency: string, format: Format): string {
  const size = amount < 0n ? -amount : amount;
  return format.money(size, displayStep(size), currency);
}

export function kindWord(kind: EntryKind, t: Translate): string {
  return t(`audit.value.kind.${kind}`);
}

function estimateWords(
  { from, amount, since, unknownDays }: EstimateBasis,
  { balance, account }: CreditStatement,
  { format, t }: Speech,
) {
  return {
    basis: t(`purchases.estimate_${from}`, {
      amount: moneyOf(amount, balance.currency, format),
      time: format.dateTime(since, account.timezone),
    }),
    unknown:
      unknownDays === 0
        ? null
        : t('purchases.days_unknown', { count: unknownDays, formatted: format.count(unknownDays) }),
  };
}

function runwayWords(
  runway: Runway | NoRunwayReason,
  statement: CreditStatement,
  speech: Speech,
): StatementView['runway'] {
  const { t, format } = speech;
  const { account, balance } = statement;
  if (typeof runway === 'string') {
    const sentence = t(`purchases.no_runway_${runway}`);
    return { reason: runway, sentence, range: null, driver: null, basis: null };
  }
  return {
    reason: null,
    sentence: sentenceOf(runway, statement, speech),
    range: rangeOf(runway, statement, speech),
    driver: runway.driver && driverOf(runway.driver, statement, speech),
    basis: [
      t(`purchases.runway_basis_${balance.source}`, {
        time: balance.asOf ? format.dateTime(balance.asOf, account.timezone) : '',
        timezone: account.timezone,
      }),
      ...(statement.outlook?.events.length ? [] : [t('purchases.runway_without_events')]),
    ].join(' '),
  };
}

function sentenceOf({ until }: Runway, statement: CreditStatement, speech: Speech): string {
  const { t } = speech;
  if (until === null) return t('purchases.runway_beyond', { days: HORIZON_DAYS });
  if (until.equals(statement.now)) return t('purchases.runway_over');
  return t('purchases.runway_until', { day: dayOf(until, statement, speech) });
}

function rangeOf(
  { until, earliest, latest }: Runway,
  statement: CreditStatement,
  speech: Speech,
): string | null {
  const { t } = speech;
  if (earliest === null || until?.equals(statement.now)) return null;
  const from = dayOf(earliest, statement, speech);
  if (latest === null) return t('purchases.range_open', { from, days: HORIZON_DAYS });
  const to = dayOf(latest, statement, speech);
  return from === to ? null : t('purchases.range', { from, to });
}

function driverOf(
  { assumption, without }: RunwayDriver,
  statement: CreditStatement,
  speech: Speech,
): string {
  const { t } = speech;
  // The range says already until when they would last.
  if (assumption === 'pace') return t('purchases.driver_pace');
  return t(`purchases.driver_${assumption}`, {
    without: without
      ? t('purchases.without_until', { day: dayOf(without, statement, speech) })
      : t('purchases.without_beyond', { days: HORIZON_DAYS }),
  });
}

/** No estimate is good to the hour of a day months away; of the next hours, the hour may be over. */
function dayOf(
  at: Temporal.Instant,
  { account, now }: CreditStatement,
  { format }: Speech,
): string {
  const hours = (at.epochMilliseconds - now.epochMilliseconds) / 3_600_000;
  const moment = at.toZonedDateTimeISO(account.timezone).round({
    smallestUnit: hours < 2 ? 'minute' : 'hour',
    roundingMode: 'floor',
  });
  return format.bucket(moment, hours < 60 * 24 ? 'long_day_and_hour' : 'long_day');
}

function proposalView(
  { after, until, amount, low, high }: TopUp,
  { account: { timezone }, balance: { currency } }: CreditStatement,
  { format, t }: Speech,
): ProposalView {
  const [from, to] = [after, until].map((at) => at.toZonedDateTimeISO(timezone));
  const isOneDay = from && to && from.toPlainDate().equals(to.toPlainDate());
  const money = (nano: Nano) => moneyOf(nano, currency, format);
  return {
    sentence: t(isOneDay ? 'purchases.proposal_on' : 'purchases.proposal_between', {
      amount: money(amount),
      day: format.date(after, timezone),
      from: from && isOneDay ? format.bucket(from, 'hour') : format.dateTime(after, timezone),
      to: to && isOneDay ? format.bucket(to, 'hour') : format.dateTime(until, timezone),
    }),
    bounds:
      money(low) === money(high)
        ? null
        : t('purchases.proposal_bounds', { low: money(low), high: money(high) }),
    after: after.toString(),
  };
}

function expiringWords(
  runway: Runway | NoRunwayReason,
  statement: CreditStatement,
  { format, t }: Speech,
): string[] {
  const { account, balance } = statement;
  return expiringOf(statement, runway).map(({ entry, amount, expiresAt }) =>
    t('purchases.expires_unused', {
      amount: moneyOf(amount, balance.currency, format),
      what: kindWord(entry.kind, t),
      came: format.date(entry.at, account.timezone),
      time: format.dateTime(expiresAt, account.timezone),
    }),
  );
}
