import type { FalAccount } from '../accounts/accounts.ts';
import { type Action, type ProblemView, problemView } from '../http/problem.ts';
import type { Format } from '../i18n/format.ts';
import type { TextKey, Translate } from '../i18n/index.ts';
import type { Reconciliation } from './compare-days.ts';
import { COVERAGES, type CoverageKind, type CoverageRun } from './kept-days.ts';
import { type EpochDay, utcDayStart } from './slots.ts';
import type { SyncProgress, SyncState, SyncStatus } from './sync-status.ts';

/** Days that differed which are shown. */
const DRIFTS_SHOWN = 3;

interface TimeView {
  ago: string;
  time: string;
  iso: string;
}

/** How an account's local copy is doing, as a person reads it. */
export interface SyncStatusView {
  account: FalAccount;
  state: SyncState;
  word: string;
  why: string;
  /** Null while no round runs. */
  progress: { value: number; max: number; percent: string; what: string } | null;
  lastSuccess: TimeView | null;
  /** What the next reading is called, and when it is. */
  nextLabel: string;
  next: string;
  problem:
    | (Pick<ProblemView, 'code' | 'what' | 'means' | 'now'> & {
        action: Action | null;
        /** Where another key is written. */
        keyHref: string | null;
        when: string;
      })
    | null;
}

/** Which days are kept. */
export interface CoverageView {
  summary: string;
  /** Days in all. */
  total: number;
  runs: { coverage: CoverageKind; x: number; days: number }[];
  counts: { coverage: CoverageKind; word: string; days: string }[];
}

/** How days compare with fal's own totals of them. */
export interface ChecksView {
  summary: string;
  drifts: { day: string; local: string; fal: string; why: string; state: string }[];
}

export interface Words {
  format: Format;
  t: Translate;
  now: Temporal.Instant;
}

/** @param accountsHref where accounts are, for whoever may change a key; `null` for others. */
export function syncStatusView(
  account: FalAccount,
  status: SyncStatus,
  { format, t, now }: Words,
  accountsHref: string | null,
): SyncStatusView {
  const { state, progress, lastSuccessAt, lastError, nextRunAt } = status;
  const time = (at: Temporal.Instant) => format.exactTime(at, account.timezone);
  return {
    account,
    state,
    word: t(`history.state_${state}`),
    why: t(`history.state_${state}_why`),
    progress: progress && progressView(progress, format, t),
    lastSuccess: lastSuccessAt && {
      ago: format.ago(lastSuccessAt, now),
      time: time(lastSuccessAt),
      iso: lastSuccessAt.toString(),
    },
    nextLabel: t(state === 'failing' ? 'history.next_try' : 'history.next_run'),
    next: nextRunAt ? format.dateTime(nextRunAt, account.timezone) : t(nextText(state)),
    problem:
      state === 'failing' && lastError
        ? {
            ...problemOf(lastError.code, t),
            keyHref:
              accountsHref !== null && isAboutKey(lastError.code)
                ? `${accountsHref}/${account.id}/key`
                : null,
            when: t('history.failed_at', {
              ago: format.ago(lastError.at, now),
              time: time(lastError.at),
            }),
          }
        : null,
  };
}

function progressView(
  { done, total, percent, rows, secondsLeft }: SyncProgress,
  format: Format,
  t: Translate,
) {
  const days = t('history.progress_days', {
    count: total,
    done: format.count(done),
    formatted: format.count(total),
  });
  const parts = [
    days,
    t('history.progress_rows', { count: rows, formatted: format.count(rows) }),
    timeLeft(secondsLeft, format, t),
  ];
  return {
    value: done,
    max: Math.max(total, 1),
    percent: format.percent(percent),
    what: total === 0 ? t('history.progress_preparing') : parts.join(' · '),
  };
}

function timeLeft(seconds: number | null, format: Format, t: Translate): string {
  if (seconds === null) return t('history.left_unknown');
  if (seconds < 60) return t('history.left_seconds');
  const minutes = Math.round(seconds / 60);
  return t('history.left_minutes', { count: minutes, formatted: format.count(minutes) });
}

function nextText(state: SyncState): TextKey {
  if (state === 'running') return 'history.next_running';
  return state === 'paused' ? 'history.next_paused' : 'history.next_soon';
}

/** Asking again is what the next try does: that needs no button of its own. */
function problemOf(code: string, t: Translate) {
  const { what, means, now, action } = problemView({ code, requestId: '' }, t);
  return { code, what, means, now, action: action?.kind === 'link' ? action : null };
}

function isAboutKey(code: string): boolean {
  return ['invalid_api_key', 'admin_scope_required', 'key_unreadable'].includes(code);
}

/** @param first the UTC day the runs begin with. */
export function coverageView(
  runs: readonly CoverageRun[],
  first: EpochDay,
  { format, t }: Pick<Words, 'format' | 't'>,
): CoverageView {
  const daysThat = (is: (coverage: CoverageKind) => boolean) =>
    runs.reduce((sum, { coverage, days }) => sum + (is(coverage) ? days : 0), 0);
  const known = daysThat((coverage) => coverage !== 'unread');
  const [oldest] = runs;
  const unreadBefore = oldest?.coverage === 'unread' ? oldest.days : 0;
  let x = 0;
  return {
    summary:
      known === 0
        ? t('history.no_days_yet')
        : t('history.coverage_from', {
            count: known,
            formatted: format.count(known),
            date: format.date(utcDayStart(first + unreadBefore), 'UTC'),
          }),
    total: daysThat(() => true),
    runs: runs.map((run) => {
      const placed = { ...run, x };
      x += run.days;
      return placed;
    }),
    counts: COVERAGES.flatMap((coverage) => {
      const days = daysThat((each) => each === coverage);
      const word = t(`history.coverage_${coverage}`);
      return days > 0 ? [{ coverage, word, days: format.count(days) }] : [];
    }),
  };
}

/** @param checks in order; the last ones that differed are shown. */
export function checksView(
  checks: readonly Reconciliation[],
  { format, t }: Pick<Words, 'format' | 't'>,
): ChecksView {
  const count = checks.length;
  const drifts = checks.filter(({ cause }) => cause !== null);
  const agree = () =>
    count === 0
      ? t('history.checks_none')
      : t('history.checks_agree', { count, formatted: format.count(count) });
  return {
    summary: drifts.length > 0 ? t('history.checks_differ') : agree(),
    drifts: drifts
      .slice(-DRIFTS_SHOWN)
      .reverse()
      .map(({ day, localCost, falCost, cause, repairedAt }) => ({
        day: format.date(Temporal.PlainDate.from(day).toZonedDateTime('UTC').toInstant(), 'UTC'),
        // To the last decimal: the difference may be the smallest.
        local: format.price(localCost),
        fal: format.price(falCost),
        why: t(`history.cause_${cause ?? 'unknown'}`),
        state: t(repairedAt ? 'history.check_repaired' : 'history.check_open'),
      })),
  };
}
