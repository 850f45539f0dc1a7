import type { FalClient } from '../fal/client.ts';
import { FalError, isFalError } from '../fal/errors.ts';
import { isWellFormedKey, keyHint } from '../fal/key.ts';
import { WELL_KNOWN_MODEL } from '../fal/refusal.ts';
import { openQuestion, type Question } from '../fal/transport.ts';
import type { Balance } from '../usage/report.ts';
import type { Capability, Diagnosis, Probe, Verdict } from './diagnosis.ts';

export interface DoctorOptions {
  fal: FalClient;
  now: () => Temporal.Instant;
  /** How long fal may take for one question, retries included, in ms. */
  timeoutMs: number;
}

/** Finds out what a key can read at fal, by asking for a little of everything. */
export type Doctor = (key: string, caller?: AbortSignal) => Promise<Diagnosis>;

interface Finding {
  capability: Capability;
  error: FalError | null;
  latencyMs: number;
}

export function createDoctor({ fal, now, timeoutMs }: DoctorOptions): Doctor {
  return async function diagnose(key, caller) {
    using question = openQuestion(key, timeoutMs, caller);
    const began = performance.now();
    const end = now();
    const window = {
      start: end.subtract({ hours: 1 }),
      end,
      timezone: 'UTC',
      timeframe: 'hour',
    } as const;
    let account: string | null = null;
    let balance: Balance = { amount: null, currency: null, reason: 'not_stated' };

    const asked: Record<Capability, (question: Question) => Promise<unknown>> = {
      usage: (q) => fal.usage(q, window),
      billing_events: (q) => fal.billingEvents(q, { ...window, pageSize: 1 }, () => 'enough'),
      balance: async (q) => {
        const billing = await fal.accountBilling(q);
        account = billing.username;
        if (billing.credits) {
          const { balance: amount, currency } = billing.credits;
          balance = { amount, currency, reason: null };
        }
      },
      analytics: async (q) => {
        const endpointIds = [WELL_KNOWN_MODEL];
        const { unanswered } = await fal.analytics(q, {
          ...window,
          endpointIds,
          metrics: ['request_count'],
        });
        if (unanswered.length > 0) {
          throw new FalError('fal_unavailable', 'analytics could not be read', { status: 500 });
        }
      },
      pricing: (q) => fal.pricing(q, [WELL_KNOWN_MODEL]),
    };
    const findings = await Promise.all(
      Object.entries(asked).map(([capability, ask]) =>
        probe(capability as Capability, () => ask(question)),
      ),
    );
    const known = isKnown(findings);
    const probes = findings.map(({ capability, error, latencyMs }) => ({
      capability,
      access: accessOf(error),
      code: error && publicCode(error, known),
      latencyMs,
    }));
    const refused = probes.find((probe) => probe.capability === 'balance')?.code;
    if (refused) balance = { amount: null, currency: null, reason: refused };
    return {
      verdict: verdictOf(findings, known, isWellFormedKey(key)),
      wellFormed: isWellFormedKey(key),
      known,
      adminScope: adminScope(findings, known),
      lock: findings.find((finding) => finding.error?.lock)?.error?.lock ?? null,
      account,
      balance,
      probes,
      latencyMs: Math.round(performance.now() - began),
      keyHint: keyHint(key),
    };
  };
}

async function probe(capability: Capability, ask: () => Promise<unknown>): Promise<Finding> {
  const began = performance.now();
  let error: FalError | null = null;
  try {
    await ask();
  } catch (failed) {
    if (!(failed instanceof FalError)) throw failed;
    error = failed;
  }
  return { capability, error, latencyMs: Math.round(performance.now() - began) };
}

function accessOf(error: FalError | null): Probe['access'] {
  if (error === null) return 'granted';
  const denied = isFalError(error, 'unauthorized', 'forbidden', 'account_locked');
  return denied ? 'denied' : 'unknown';
}

/** fal refuses an unknown key and a missing scope in the same words. */
function publicCode({ code }: FalError, known: boolean | null): string {
  if (code !== 'unauthorized' && code !== 'forbidden') return code;
  return known === true || code === 'forbidden' ? 'admin_scope_required' : 'invalid_api_key';
}

/** Every valid key may read prices: refused there with 401, it is not one. */
function isKnown(findings: readonly Finding[]): boolean | null {
  const errors = findings.map((finding) => finding.error);
  if (errors.some((error) => error === null || isFalError(error, 'forbidden', 'account_locked'))) {
    return true;
  }
  const pricing = findings.find((finding) => finding.capability === 'pricing');
  return pricing?.error?.code === 'unauthorized' ? false : null;
}

function adminScope(findings: readonly Finding[], known: boolean | null): boolean | null {
  if (known !== true) return null;
  const scoped = findings.filter(({ capability }) => ADMIN_CAPABILITIES.has(capability));
  if (scoped.some(isRefusal)) return false;
  return scoped.some(({ error }) => error === null) ? true : null;
}

const ADMIN_CAPABILITIES = new Set<Capability>(['usage', 'billing_events', 'balance']);

function isRefusal({ error }: Finding): boolean {
  return isFalError(error, 'unauthorized', 'forbidden');
}

function verdictOf(
  findings: readonly Finding[],
  known: boolean | null,
  wellFormed: boolean,
): Verdict {
  const errors = findings.flatMap((finding) => finding.error ?? []);
  if (errors.some((error) => error.lock)) return 'account_locked';
  if (known === false) {
    if (errors.some((error) => error.unbound)) return 'unbound_key';
    return wellFormed ? 'unknown_key' : 'malformed_key';
  }
  if (known === null) {
    if (errors.some((error) => error.challenged)) return 'challenged';
    if (errors.some((error) => error.code === 'rate_limited')) return 'rate_limited';
    return 'fal_unavailable';
  }
  if (
    findings.some((finding) => ADMIN_CAPABILITIES.has(finding.capability) && isRefusal(finding))
  ) {
    return 'admin_scope_missing';
  }
  return errors.length > 0 ? 'degraded' : 'ready';
}
