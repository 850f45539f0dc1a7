import type { LockKind } from '../accounts/diagnosis.ts';
import { BILLING_URL, KEYS_URL, USAGE_URL } from '../fal/links.ts';
import { isTextKey, type TextKey, type TextValues, type Translate } from '../i18n/index.ts';

const SUPPORT_URL = 'mailto:support@fal.ai';

/** What is known about a failure before it is put into words. */
export interface ProblemFacts {
  /** An error code of the public contract. */
  code: string;
  lockKind?: LockKind | null;
  /** A CDN challenge stood before fal. */
  challenged?: boolean;
  /** fal knows the key but not yet its owner. */
  unbound?: boolean;
  retryAfterSeconds?: number | null;
  /** What it is about, where that has words of its own. */
  subject?: string | null;
  /** What is wrong with each field, in words. */
  fields?: readonly FieldMessage[];
  requestId: string;
}

export interface FieldMessage {
  field: string;
  message: string;
}

/** A failure as a person reads it: what happened, what it means, what to do now, and the button. */
export interface ProblemView {
  code: string;
  what: string;
  means: string;
  now: string;
  action: Action | null;
  fields: { field: string; label: string; message: string }[];
  /** For who asks the log what nobody foresaw; `null` where the texts say what to do. */
  requestId: string | null;
}

export type Action =
  /** `external` opens in a new tab. */
  | { kind: 'link'; label: string; href: string; external: boolean }
  /** Sends the form again, to a path under the base path, or to the one that failed. */
  | { kind: 'ask'; label: string; path: string | null }
  /** Leads to the sign-in page. */
  | { kind: 'sign_in'; label: string };

export function problemView(facts: ProblemFacts, t: Translate): ProblemView {
  // On a page, who is not signed in was until a moment ago.
  const isOver = facts.code === 'not_signed_in';
  const { what, means, now } = isOver ? threeTexts('session_ended', t) : sentences(facts, t);
  return {
    code: facts.code,
    what,
    means,
    now,
    action: problemAction(facts, t),
    fields: (facts.fields ?? []).map(({ field, message }) => ({
      field,
      label: fieldLabel(field, t),
      message,
    })),
    requestId: asksForRequestId(facts) ? facts.requestId : null,
  };
}

/** A code without texts of its own reads as an internal error, too. */
function asksForRequestId({ code }: ProblemFacts): boolean {
  return code === 'internal_error' || !isTextKey(`problem.${code}.what`);
}

/** The same in one line, for programs' `message`. */
export function problemMessage(facts: Omit<ProblemFacts, 'requestId'>, t: Translate): string {
  const { what, now } = sentences(facts, t);
  return `${what}. ${now}`;
}

/** What is wrong with a field, in words. A fault without a text of its own gets a general one. */
export function fieldMessage(field: string, fault: string, t: Translate): string {
  const key = [`field.${field}.${fault}`, `field.any.${fault}`].find(isTextKey);
  return t(key ?? 'field.any.unusable');
}

export function lockAction(kind: LockKind, t: Translate): Action {
  return kind === 'admin_lock'
    ? { kind: 'link', label: t('problem.support'), href: SUPPORT_URL, external: false }
    : { kind: 'link', label: t('problem.billing'), href: BILLING_URL, external: true };
}

export function lockTexts(
  kind: LockKind,
  t: Translate,
): { what: string; means: string; now: string } {
  return threeTexts(kind === 'other' ? 'account_locked' : `account_locked_${kind}`, t);
}

type Sentences = { what: string; means: string; now: string };

function sentences(facts: Omit<ProblemFacts, 'requestId'>, t: Translate): Sentences {
  const { code, lockKind, retryAfterSeconds } = facts;
  if (code === 'account_locked') return lockTexts(lockKind ?? 'other', t);
  if (facts.subject && isTextKey(`problem.${code}_${facts.subject}.what`)) {
    return threeTexts(`${code}_${facts.subject}`, t, {
      count: Math.ceil((retryAfterSeconds ?? 60) / 60),
    });
  }
  if (code === 'rate_limited' && retryAfterSeconds) {
    const now = t('problem.rate_limited.now_seconds', { count: retryAfterSeconds });
    return { ...threeTexts(code, t), now };
  }
  if (code === 'fal_unavailable' && facts.challenged) {
    return threeTexts('fal_unavailable_challenged', t);
  }
  if (code === 'invalid_api_key' && facts.unbound) return threeTexts('unbound_key', t);
  return threeTexts(isTextKey(`problem.${code}.what`) ? code : 'internal_error', t);
}

function threeTexts(name: string, t: Translate, values?: TextValues): Sentences {
  const text = (part: keyof Sentences) => t(`problem.${name}.${part}` as TextKey, values);
  return { what: text('what'), means: text('means'), now: text('now') };
}

function problemAction(facts: ProblemFacts, t: Translate): Action | null {
  const external = (label: TextKey, href: string): Action => ({
    kind: 'link',
    label: t(label),
    href,
    external: true,
  });
  switch (facts.code) {
    case 'invalid_request':
      if (facts.subject === 'key') return external('problem.keys', KEYS_URL);
      return {
        kind: 'link',
        label: t('problem.fix_form'),
        href: fieldHref(facts),
        external: false,
      };
    case 'not_signed_in':
      return { kind: 'sign_in', label: t('problem.sign_in') };
    case 'invalid_api_key':
    case 'admin_scope_required':
      return external('problem.keys', KEYS_URL);
    case 'account_locked':
      return lockAction(facts.lockKind ?? 'other', t);
    case 'fal_bad_response':
      return external('problem.usage_at_fal', USAGE_URL);
    case 'rate_limited':
    case 'fal_unavailable':
    case 'fal_timeout':
    case 'store_unavailable':
    case 'internal_error':
    case 'panel_unreachable':
      return { kind: 'ask', label: t('problem.retry'), path: null };
    default:
      return null;
  }
}

function fieldHref({ fields = [] }: ProblemFacts): string {
  return `#${fields[0]?.field ?? 'api_key'}`;
}

function fieldLabel(field: string, t: Translate): string {
  // What a kind of alert rule needs to know has its kind's words.
  const key = field.startsWith('params.')
    ? field.replace('params.', 'alert_param.')
    : `field.label.${field}`;
  return isTextKey(key) ? t(key) : field;
}
