import { KEYS_URL } from '../fal/links.ts';
import { type Action, lockAction, lockTexts } from '../http/problem.ts';
import type { Format } from '../i18n/format.ts';
import { isTextKey, type Translate } from '../i18n/index.ts';
import type { Preset } from '../usage/period.ts';
import { type CreditsView, creditsView } from './credits-view.ts';
import type { Diagnosis, Probe, Verdict } from './diagnosis.ts';

/** The form of `/admin/config` as it was filled in. The key is never among what is shown again. */
export interface ConfigForm {
  period: Preset | 'custom';
  /** As written: a date, or empty. */
  startDate: string;
  endDate: string;
  /** An IANA name; empty for the zone of the stored account. */
  timezone: string;
  /** The chosen stored account; `null` when none is stored. */
  account: string | null;
}

/** What the key doctor found, as a person reads it. */
export interface DiagnosisView {
  verdict: Verdict;
  tone: 'ok' | 'warn' | 'danger';
  /** One line. */
  headline: string;
  /** What to do now. */
  next: string;
  /** fal's own words on a lock. */
  falSaid: string | null;
  action: Action;
  account: string | null;
  keyHint: string;
  took: string;
  /** What is to be said of the key's right to spend, where there is a key to speak of. */
  spending: string | null;
  probes: ProbeView[];
  credits: CreditsView;
}

export interface ProbeView {
  name: string;
  /** What the panel needs it for. */
  purpose: string;
  access: Probe['access'];
  /** A sign beside the word: colour alone says nothing. */
  sign: '✓' | '✗' | '?';
  word: string;
  /** Why not; `null` when granted. */
  reason: string | null;
  took: string;
}

const SIGN = { granted: '✓', denied: '✗', unknown: '?' } as const;

const TONE: Record<Verdict, DiagnosisView['tone']> = {
  ready: 'ok',
  degraded: 'warn',
  challenged: 'warn',
  rate_limited: 'warn',
  fal_unavailable: 'warn',
  unbound_key: 'warn',
  admin_scope_missing: 'danger',
  unknown_key: 'danger',
  malformed_key: 'danger',
  account_locked: 'danger',
};

export function diagnosisView(diagnosis: Diagnosis, format: Format, t: Translate): DiagnosisView {
  const { verdict, lock } = diagnosis;
  return {
    verdict,
    tone: TONE[verdict],
    ...sentences(diagnosis, t),
    falSaid: lock && t('diagnosis.fal_said', { reason: lock.reason }),
    action: nextAction(diagnosis, t),
    account: diagnosis.account,
    keyHint: diagnosis.keyHint,
    took: format.milliseconds(diagnosis.latencyMs),
    spending: diagnosis.known ? t('diagnosis.spending') : null,
    probes: diagnosis.probes.map((probe) => ({
      name: t(`capability.${probe.capability}`),
      purpose: t(`capability.${probe.capability}_for`),
      access: probe.access,
      sign: SIGN[probe.access],
      word: t(`diagnosis.access_${probe.access}`),
      reason: probe.code && probeReason(probe.code, t),
      took: format.milliseconds(probe.latencyMs),
    })),
    credits: creditsView(diagnosis.balance, format, t),
  };
}

function sentences({ verdict, lock }: Diagnosis, t: Translate) {
  if (verdict === 'account_locked') {
    const { what, means, now } = lockTexts(lock?.kind ?? 'other', t);
    return { headline: what, next: `${means} ${now}` };
  }
  return { headline: t(`diagnosis.${verdict}`), next: t(`diagnosis.${verdict}_next`) };
}

function nextAction({ verdict, lock }: Diagnosis, t: Translate): Action {
  switch (verdict) {
    case 'ready':
      return { kind: 'ask', label: t('diagnosis.action_usage'), path: '/admin/config/usage' };
    case 'account_locked':
      return lockAction(lock?.kind ?? 'other', t);
    case 'admin_scope_missing':
      return keysLink(t('diagnosis.action_create_key'));
    case 'unknown_key':
    case 'malformed_key':
      return keysLink(t('diagnosis.action_keys'));
    case 'degraded':
    case 'unbound_key':
    case 'challenged':
    case 'rate_limited':
    case 'fal_unavailable':
      return { kind: 'ask', label: t('diagnosis.action_again'), path: '/admin/config/test' };
    default:
      return verdict satisfies never;
  }
}

function keysLink(label: string): Action {
  return { kind: 'link', label, href: KEYS_URL, external: true };
}

function probeReason(code: string, t: Translate): string {
  const key = `probe.${code}`;
  return t(isTextKey(key) ? key : 'probe.other');
}
