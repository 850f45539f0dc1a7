import { HORIZON_DAYS } from '../credits/runway.ts';
import { type MomentView, momentView } from '../http/moment-view.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { displayStep } from '../money.ts';
import {
  estimated,
  type NextEventView,
  nextEventView,
  runwayView,
} from '../overview/outlook-view.ts';
import { costFigure } from '../usage/figures.ts';
import {
  type EmbedBalance,
  type EmbedState,
  type EmbedStatus,
  toldReasons,
} from './embed-status.ts';
import type { Embed } from './embed-tokens.ts';

/** What a badge and a widget say. What is not to be shown is `null`; what is not known is said to be. */
export interface EmbedView {
  state: EmbedState;
  word: string;
  /** The account, or that it is all of them. */
  name: string;
  /** Why it is not well, a sentence each. */
  why: string[];
  /** Today's spend and the balance; the note says of when or of how many accounts, where that is not plain. */
  amounts: { today: EmbedAmount; balance: EmbedAmount } | null;
  runway: {
    /** `6 días` */
    short: string;
    /** `6 días, hasta cerca del vie 13 mar, 18:00` */
    text: string;
  } | null;
  /** `event` is `null` where none is planned. */
  next: { event: Omit<NextEventView, 'href' | 'account'> | null } | null;
  read: MomentView | null;
  /** In its place. */
  neverRead: string;
}

export interface EmbedAmount {
  text: string;
  note: string | null;
  /** Else the text says that it is not. */
  isKnown: boolean;
}

/** The words of a token's language, and how its amounts are written. */
export interface Words {
  format: Format;
  t: Translate;
  now: Temporal.Instant;
}

export function embedView(
  status: EmbedStatus,
  { shows }: Pick<Embed, 'shows'>,
  words: Words,
): EmbedView {
  const { account, state, reasons, timezone, readAt } = status;
  const { format, t, now } = words;
  const showsAmounts = shows.includes('amounts');
  return {
    state,
    word: t(`embeds.state_${state}`),
    name: account?.name ?? t('embeds.all_accounts'),
    why: toldReasons(reasons, shows).map((reason) => t(`embeds.why_${reason}`)),
    amounts: showsAmounts
      ? { today: todayView(status, words), balance: balanceView(status, words) }
      : null,
    runway: shows.includes('runway')
      ? { short: shortRunway(status, words), text: runwayText(status, words) }
      : null,
    next: shows.includes('event') ? { event: eventView(status, showsAmounts, words) } : null,
    neverRead: t(status.accounts > 1 ? 'embeds.never_read_some' : 'embeds.never_read'),
    read: readAt && momentView(readAt, 'overview.read_from_fal_at', now, timezone, format, t),
  };
}

function todayView(
  { spentToday: { value, isWhole } }: EmbedStatus,
  { format, t }: Words,
): EmbedAmount {
  // At least nothing is no news, and would pass for zero.
  if (value === null || (value === 0n && !isWhole)) return unknown(t('embeds.today_unknown'));
  const { text } = costFigure(value, displayStep(value), format);
  return {
    text: isWhole ? text : t('embeds.at_least', { amount: text }),
    note: null,
    isKnown: true,
  };
}

function unknown(text: string): EmbedAmount {
  return { text, note: null, isKnown: false };
}

function balanceView({ balance, accounts }: EmbedStatus, { format, t, now }: Words): EmbedAmount {
  if (!balance) return unknown(t('embeds.balance_unknown'));
  const { known, isOld, asOf } = balance;
  const notes = [
    ...(known < accounts ? [t('embeds.balance_part', { known, all: accounts })] : []),
    ...(isOld ? [format.ago(asOf, now)] : []),
  ];
  return { text: money(balance, format), note: notes.join(', ') || null, isKnown: true };
}

/** A balance can be a debt. */
function money({ amount, currency }: EmbedBalance, format: Format): string {
  return format.money(amount, displayStep(amount < 0n ? -amount : amount), currency);
}

function shortRunway({ runway }: EmbedStatus, { format, t, now }: Words): string {
  const found = runway?.outlook.runway;
  if (found === undefined || typeof found === 'string') return t('embeds.runway_unknown');
  if (found.until === null) return t('overview.beyond', { days: HORIZON_DAYS });
  if (Temporal.Instant.compare(found.until, now) <= 0) return t('embeds.runway_over');
  const days = Math.floor(now.until(found.until).total('hours') / 24);
  if (days < 1) return t('embeds.runway_under_a_day');
  return t('embeds.runway_days', { count: days, formatted: format.count(days) });
}

/** With when that is, or why it is not known; of several accounts with the name of the one that ends first. */
function runwayText(status: EmbedStatus, words: Words): string {
  const { runway: found, accounts } = status;
  const text = found && ofAccount(found, shortRunway(status, words), words);
  if (!text) return words.t('embeds.lasts_unknown');
  return accounts > 1 ? words.t('embeds.whose', { name: found.account.name, text }) : text;
}

function ofAccount(
  { account, outlook }: NonNullable<EmbedStatus['runway']>,
  short: string,
  { format, t, now }: Words,
): string | null {
  const { runway } = outlook;
  if (typeof runway === 'string') {
    return runwayView(outlook, account, now, format, t)?.text ?? null;
  }
  const { until } = runway;
  if (!until || Temporal.Instant.compare(until, now) <= 0) return short;
  const when = estimated(until, account.timezone, now, format);
  return t('embeds.lasts_until', { days: short, when });
}

/** What to add is an amount. */
function eventView({ event: next }: EmbedStatus, showsAmounts: boolean, { format, t, now }: Words) {
  if (!next) return null;
  const { href: _, account: __, ...view } = nextEventView(next.event, next.state, now, format, t);
  return { ...view, topUp: showsAmounts ? view.topUp : null };
}

/** What the badge says: its parts in a line, the word for how it is doing first. */
export function badgeText({ word, amounts, runway }: EmbedView): string {
  const { text, note } = amounts?.balance ?? { text: null, note: null };
  const balance = [text, note].filter(Boolean).join(' ');
  return [word, balance, runway?.short].filter(Boolean).join(' · ');
}
