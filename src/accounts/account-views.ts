import { includesRole, type Viewer } from '../auth/viewer.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { FalAccount } from './accounts.ts';
import type { Diagnosis, Verdict } from './diagnosis.ts';
import { type DiagnosisView, diagnosisView } from './diagnosis-view.ts';

/** What was found out about the key of an account, and when. */
export interface Checkup {
  diagnosis: Diagnosis;
  at: Temporal.Instant;
}

/** The same, as a person reads it on the account's own page, which has its own buttons. */
export interface CheckupView extends Omit<DiagnosisView, 'action'> {
  action: DiagnosisView['action'] | null;
  /** When, in the account's zone. */
  time: string;
  iso: string;
  /** fal said nothing about the key: it is stored all the same. */
  unchecked: boolean;
}

/** What somebody may do with stored accounts, beside asking with them. */
export interface AccountRights {
  test: boolean;
  change: boolean;
}

export function rightsOf(viewer: Viewer | null): AccountRights {
  const may = (role: 'operator' | 'admin') => viewer !== null && includesRole(viewer.role, role);
  return { test: may('operator'), change: may('admin') };
}

export function checkupView(
  { diagnosis, at }: Checkup,
  { timezone }: FalAccount,
  format: Format,
  t: Translate,
): CheckupView {
  const view = diagnosisView(diagnosis, format, t);
  return {
    ...view,
    action: view.action.kind === 'link' ? view.action : null,
    time: format.dateTime(at, timezone),
    iso: at.toString({ smallestUnit: 'second' }),
    unchecked: isUnchecked(diagnosis.verdict),
  };
}

/**
 * Why a key is not stored: fal refuses it, or it has not even the form of one. One that could not be
 * checked is stored, as fal can be away for hours; so is one that can't read everything.
 * @returns `null` when it may be stored.
 */
export function refusalOf({ verdict, wellFormed }: Diagnosis): Verdict | null {
  if (isUnchecked(verdict)) return wellFormed ? null : 'malformed_key';
  const refused: Verdict[] = ['unknown_key', 'malformed_key', 'unbound_key'];
  return refused.includes(verdict) ? verdict : null;
}

function isUnchecked(verdict: Verdict): boolean {
  return verdict === 'challenged' || verdict === 'rate_limited' || verdict === 'fal_unavailable';
}
