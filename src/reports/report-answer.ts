import { toJsonNumber } from '../money.ts';
import { numberOrNull, zoned } from '../usage/answer.ts';
import type { Report, ReportCredits, ReportEvent, ReportSummary } from './report.ts';
import type { ListedReport, StoredReport } from './report-rows.ts';

/** A report that may be kept. */
export interface AnsweredReport extends Pick<StoredReport, 'report' | 'isLate'> {
  /** `null`: it was read just now. */
  id: string | null;
}

/** A report in the words of `/api/v1/reports`. Amounts are JSON numbers, times have the zone's offset. */
export function reportAnswer({ id, isLate, report }: AnsweredReport) {
  const { period, before, accounts, credits, chart } = report;
  const inZone = (at: Temporal.Instant) => zoned(at, period.timezone);
  return {
    id,
    ...headAnswer(report),
    is_late: isLate,
    start: inZone(report.start),
    end: inZone(report.end),
    is_over: report.isOver,
    currency: 'USD',
    ...sumsAnswer(report.total),
    is_complete: isComplete(report.total),
    before: before && {
      start: inZone(before.start),
      end: inZone(before.end),
      ...sumsAnswer(before),
      is_complete: isComplete(before),
    },
    change_percent: changePercent(report),
    most_used: report.mostUsed,
    models: report.models.map(({ endpointId, ...part }) => ({
      endpoint_id: endpointId,
      ...partAnswer(part),
    })),
    other_models: report.otherModels && othersAnswer(report.otherModels),
    accounts:
      accounts?.listed.map(({ slug, name, ...part }) => ({
        account: slug,
        name,
        ...partAnswer(part),
      })) ?? null,
    other_accounts: accounts?.others ? othersAnswer(accounts.others) : null,
    other_currencies: report.otherCurrencies.map(({ currency, cost }) => ({
      currency,
      cost: toJsonNumber(cost),
    })),
    series: chart.buckets.map(({ start, state, cost, calls }) => ({
      bucket: inZone(start),
      state,
      cost: numberOrNull(cost),
      calls,
    })),
    balance: numberOrNull(credits.total),
    credits: credits.accounts.map(creditsAnswer),
    credits_left_out: credits.leftOut,
    credits_left_out_unknown: credits.leftOutUnknown,
    planned_events: report.events.map(eventAnswer),
    open_incidents: report.openIncidents,
  };
}

/** What the archive lists of a report. */
export function listedAnswer({ id, isLate, report }: ListedReport) {
  return {
    id,
    ...headAnswer(report),
    is_late: isLate,
    ...sumsAnswer(report.total),
    is_complete: isComplete(report.total),
  };
}

function headAnswer({ period, account, state, madeAt }: ReportSummary) {
  const { cadence, firstDay, endDay, timezone } = period;
  return {
    cadence,
    first_day: firstDay.toString(),
    last_day: endDay.subtract({ days: 1 }).toString(),
    timezone,
    account: account?.slug ?? null,
    state,
    made_at: zoned(madeAt, timezone),
  };
}

type Sums = Report['total'];

function sumsAnswer({ cost, calls, failures }: Sums) {
  return { cost: numberOrNull(cost.value), calls: calls.value, failures: failures.value };
}

function isComplete({ cost, calls, failures }: Sums): boolean {
  return cost.isWhole && calls.isWhole && failures.isWhole;
}

/** Of the cost, to the hundredth; `null` where either is not known for sure, or nothing was spent before. */
function changePercent({ total, before }: Report): number | null {
  if (!before?.cost.isWhole || !total.cost.isWhole) return null;
  const [now, then] = [total.cost.value, before.cost.value];
  if (now === null || then === null || then === 0n) return null;
  return Number(((now - then) * 10_000n) / then) / 100;
}

type Part = Omit<Report['models'][number], 'endpointId'>;

function partAnswer({ cost, calls, failures }: Part) {
  return { cost: toJsonNumber(cost), calls, failures };
}

function othersAnswer({ number, ...part }: NonNullable<Report['otherModels']>) {
  return { number, ...partAnswer(part) };
}

function creditsAnswer(credits: ReportCredits) {
  const { timezone, runway, asOf } = credits;
  const orNull = (at: Temporal.Instant | null) => at && zoned(at, timezone);
  return {
    account: credits.slug,
    balance: numberOrNull(credits.balance),
    balance_currency: credits.currency,
    balance_as_of: orNull(asOf),
    balance_is_estimate: credits.isEstimate,
    balance_reason: credits.reason,
    runway: runway && {
      until: orNull(runway.until),
      earliest: orNull(runway.earliest),
      latest: orNull(runway.latest),
    },
    runway_reason: credits.runwayReason,
    expiring: credits.expiring.map(({ amount, expiresAt }) => ({
      amount: toJsonNumber(amount),
      expires_at: zoned(expiresAt, timezone),
    })),
  };
}

function eventAnswer(event: ReportEvent) {
  return {
    id: event.id,
    name: event.name,
    account: event.slug,
    starts_at: zoned(event.start, event.timezone),
    verdict: event.verdict,
    cost_low: numberOrNull(event.costLow),
    cost_high: numberOrNull(event.costHigh),
    top_up_amount: numberOrNull(event.topUp),
    top_up_by: event.topUpBy && zoned(event.topUpBy, event.timezone),
    check_reason: event.missing,
  };
}
