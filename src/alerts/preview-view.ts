import type { FalAccount } from '../accounts/accounts.ts';
import type { Services } from '../services.ts';
import { zoned } from '../usage/answer.ts';
import type { Finding } from './finding.ts';
import { sentenceFound } from './incident-words.ts';
import { PREVIEW_DAYS, type Preview, type PreviewedFinding, previewRule } from './preview.ts';
import type { Rule, RuleKind } from './rule.ts';
import { listRules } from './rule-rows.ts';
import { watchedBy } from './rules.ts';
import { type SeverityView, severityView, type Words } from './rules-view.ts';

/** What a rule would have told of one account. */
export interface AccountPreview {
  account: FalAccount;
  preview: Preview;
}

/** Of a rule for all accounts as many are tried. */
const MAX_ACCOUNTS = 10;
/** The latest of what would have been told. */
const SHOWN = 20;

/** What a rule would have told lately, whether it is kept or not. */
export interface RulePreview {
  accounts: AccountPreview[];
  /** Accounts that the rule is for but that were not tried. */
  untried: number;
  /** Accounts that the rule gives way in, as they have their own of its kind. */
  replaced: FalAccount[];
}

/**
 * Tries a rule on what is kept of the accounts that it would watch, one after the other: somebody
 * waits, but others do not.
 */
export async function previewOf(
  services: Services,
  rule: Pick<Rule, 'kind' | 'params' | 'severity' | 'accountId'>,
  accounts: readonly FalAccount[],
): Promise<RulePreview> {
  const watched = watchedBy(rule, accounts, await listRules(services.store.db));
  const tried: AccountPreview[] = [];
  for (const account of watched.slice(0, MAX_ACCOUNTS)) {
    tried.push({ account, preview: await previewRule(services, account, rule) });
  }
  const replaced =
    rule.accountId === null ? accounts.filter((each) => !watched.includes(each)) : [];
  return { accounts: tried, untried: watched.length - tried.length, replaced };
}

/** A preview as the form shows it. */
export interface PreviewView {
  summary: string;
  /** What else to know of it. */
  notes: string[];
  rows: PreviewRow[];
  showsAccount: boolean;
  /** The zone of the times; `null` where it is not the same in all rows. */
  timezone: string | null;
}

export interface PreviewRow {
  account: FalAccount;
  /** Where it is not the rule's. */
  severity: SeverityView | null;
  when: string;
  iso: string;
  /** How long it lasted; `null`: it happened once, or it still lasts. */
  until: string | null;
  sentence: string;
}

/** What the form shows of what a rule would have told. */
export function previewView(
  rule: Pick<Rule, 'kind' | 'severity'>,
  { accounts, untried, replaced }: RulePreview,
  words: Words,
): PreviewView {
  const { t } = words;
  const found = accounts.flatMap(({ account, preview }) =>
    preview.found.map((each) => ({ account, ...each })),
  );
  found.sort((one, other) => Temporal.Instant.compare(other.at, one.at));
  const count = found.length;
  const notes: string[] = [];
  const unknown = accounts.filter(({ preview }) => preview.state === 'kept' && !preview.isKnown);
  if (unknown.length > 0 && unknown.length < accounts.length) {
    const names = unknown.map(({ account }) => account.name).join(', ');
    notes.push(t('alerts.preview_unknown', { count: unknown.length, accounts: names }));
  }
  if (replaced.length > 0) {
    const names = replaced.map(({ name }) => name).join(', ');
    notes.push(t('alerts.not_for', { count: replaced.length, accounts: names }));
  }
  if (untried > 0) {
    notes.push(t('alerts.preview_untried', { count: untried, tried: accounts.length }));
  }
  if (count > SHOWN) notes.push(t('alerts.preview_shown', { count: SHOWN }));
  const zones = new Set(found.map(({ account }) => account.timezone));
  const [timezone = null] = zones;
  return {
    summary: summaryOf(accounts, count, words),
    notes,
    rows: found.slice(0, SHOWN).map((each) => previewRow(rule, each, words)),
    showsAccount: accounts.length > 1,
    timezone: zones.size === 1 ? timezone : null,
  };
}

function summaryOf(
  accounts: readonly AccountPreview[],
  count: number,
  { t, format }: Words,
): string {
  if (accounts.length === 0) return t('alerts.preview_no_account');
  const kept = accounts.filter(({ preview }) => preview.state === 'kept');
  if (kept.length === 0) return t('alerts.preview_not_kept');
  const days = PREVIEW_DAYS;
  if (!kept.some(({ preview }) => preview.isKnown)) {
    return t('alerts.preview_nothing_known', { days });
  }
  return count === 0
    ? t('alerts.preview_never', { days })
    : t('alerts.preview_count', { count, formatted: format.count(count), days });
}

function previewRow(
  { kind, severity }: Pick<Rule, 'kind' | 'severity'>,
  { account, finding, at, until }: PreviewedFinding & { account: FalAccount },
  { t, format }: Words,
): PreviewRow {
  const { timezone } = account;
  return {
    account,
    severity:
      finding.severity && finding.severity !== severity ? severityView(finding.severity, t) : null,
    when: format.dateTime(at, timezone),
    iso: at.toString(),
    until: until && format.dateTime(until, timezone),
    sentence: findingText(kind, finding, account, { t, format }),
  };
}

function findingText(
  kind: RuleKind,
  { nature, facts }: Finding,
  { timezone }: FalAccount,
  words: Words,
): string {
  return sentenceFound({ kind, nature, state: 'open', latestFacts: facts }, { ...words, timezone });
}

/** A preview in the words of `/api/v1/alert-rules`. */
export function previewAnswer(
  { kind, severity }: Pick<Rule, 'kind' | 'severity'>,
  { accounts, untried }: RulePreview,
  { t, format }: Words,
) {
  return {
    days: PREVIEW_DAYS,
    untried_accounts: untried,
    accounts: accounts.map(({ account, preview }) => ({
      account: account.slug,
      timezone: account.timezone,
      state: preview.state,
      is_known: preview.isKnown,
      found: preview.found.map(({ at, until, finding }) => ({
        at: zoned(at, account.timezone),
        until: until && zoned(until, account.timezone),
        severity: finding.severity ?? severity,
        message: findingText(kind, finding, account, { t, format }),
      })),
    })),
  };
}
