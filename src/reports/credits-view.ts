import { balanceReason } from '../accounts/credits-view.ts';
import type { Format } from '../i18n/format.ts';
import { displayStep, type Nano } from '../money.ts';
import { type RunwayView, runwayView } from '../overview/outlook-view.ts';
import {
  missingText,
  momentText,
  rangeText,
  TONES,
  type Tone,
  topUpText,
} from '../planner/events-view.ts';
import { dash, type Figure } from '../usage/figures.ts';
import type { Report, ReportCredits, ReportEvent } from './report.ts';
import type { Words } from './report-words.ts';

export interface CreditsView {
  /** Of several accounts together; `null` for one. */
  total: { balance: string; text: string } | null;
  accounts: {
    slug: string;
    name: string;
    balance: Figure;
    /** When that was so, and whether it is an estimate. */
    asOf: string | null;
    runway: RunwayView | null;
    expiring: string[];
  }[];
  leftOut: string | null;
}

export interface EventView {
  id: string;
  name: string;
  when: string;
  account: string;
  verdict: { tone: Tone; word: string } | null;
  cost: string | null;
  topUp: string | null;
  missing: string | null;
}

/** What was left when the report was made, and how long that lasts. */
export function creditsView({ credits, madeAt, account }: Report, words: Words): CreditsView {
  const { format, t } = words;
  const { total, known, accounts } = credits;
  return {
    total:
      account || accounts.length < 2 || total === null
        ? null
        : {
            balance: balanceText(total, 'USD', format),
            text: t('overview.balance_total', { count: known, formatted: format.count(known) }),
          },
    accounts: accounts.map((each) => creditsRow(each, madeAt, words)),
    leftOut: leftOutText(credits, words),
  };
}

function leftOutText(
  { leftOut, leftOutUnknown: unknown }: Report['credits'],
  { format, t }: Words,
): string | null {
  const counted = (count: number) => ({ count, formatted: format.count(count) });
  const more = leftOut - unknown;
  const texts = [
    ...(more > 0 ? [t('reports.credits_left_out', counted(more))] : []),
    ...(unknown > 0 ? [t('reports.credits_left_out_unknown', counted(unknown))] : []),
  ];
  return texts.length > 0 ? texts.join(' ') : null;
}

function creditsRow(
  credits: ReportCredits,
  madeAt: Temporal.Instant,
  { format, t }: Words,
): CreditsView['accounts'][number] {
  const { slug, name, balance, currency, asOf, isEstimate, reason, timezone } = credits;
  const time = asOf && format.dateTime(asOf, timezone);
  const runway = credits.runway ?? credits.runwayReason;
  return {
    ...{ slug, name },
    balance:
      balance === null
        ? dash(
            reason === null || reason === 'never_read'
              ? t('overview.balance_never_read')
              : balanceReason(reason, t),
          )
        : {
            text: balanceText(balance, currency, format),
            atLeast: false,
            exact: format.exactMoney(balance, currency),
            rounded: true,
            unknown: null,
          },
    asOf: time && t(isEstimate ? 'reports.balance_estimated' : 'reports.balance_read', { time }),
    runway: runway && runwayView({ runway }, { timezone }, madeAt, format, t),
    expiring: credits.expiring.map(({ amount, expiresAt }) =>
      t('overview.todo_expiring', {
        amount: format.money(amount, displayStep(amount)),
        date: format.date(expiresAt, timezone),
      }),
    ),
  };
}

/** A balance can be a debt. */
function balanceText(balance: Nano, currency: string, format: Format): string {
  return format.money(balance, displayStep(balance < 0n ? -balance : balance), currency);
}

/** Whether credits were going to last through an event when the report was made. */
export function eventView(
  event: ReportEvent,
  { credits, madeAt }: Report,
  words: Words,
): EventView {
  const { format, t } = words;
  const { id, name, slug, start, timezone, verdict, costLow, costHigh } = event;
  const account = credits.accounts.find((each) => each.slug === slug)?.name ?? slug;
  return {
    ...{ id, name, account },
    when: momentText(start, timezone, format, madeAt),
    verdict: verdict && { tone: TONES[verdict], word: t(`events.verdict_${verdict}`) },
    cost:
      costLow === null || costHigh === null
        ? null
        : rangeText({ low: costLow, high: costHigh }, format, t),
    topUp: topUpText(
      { topUp: event.topUp ?? 0n, topUpBy: event.topUpBy },
      { timezone },
      { format, t, now: madeAt },
    ),
    missing:
      event.missing === null
        ? null
        : missingText(
            { missing: event.missing, endpointId: event.missingModel },
            { name: account },
            t,
          ),
  };
}
