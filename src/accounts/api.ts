import type { RequestHandler } from 'express';
import { z } from 'zod';
import { callerSignal } from '../http/caller.ts';
import { parseBody } from '../http/parse-body.ts';
import { toJsonNumber } from '../money.ts';
import type { Services } from '../services.ts';
import { apiKeyField } from './api-key-field.ts';
import type { Diagnosis } from './diagnosis.ts';
import { diagnosisView } from './diagnosis-view.ts';

export const testBody = z.object({ api_key: apiKeyField });

/** Reads the key to be tested from a body. @throws RequestError */
export function readTestedKey(body: unknown): string {
  return parseBody(testBody, body).api_key;
}

/** `POST /api/config/falai-test`: what a key can read at fal, for programs. */
export function answerTest({ doctor }: Services): RequestHandler {
  return async function answerTest(req, res) {
    const { storedAccount: stored } = req;
    const key = stored?.key ?? readTestedKey(req.body);
    const diagnosis = await doctor(key, callerSignal(res));
    const { format, t } = res.locals;
    const { headline, next, action } = diagnosisView(diagnosis, format, t);
    res.json({
      ok: true,
      test: {
        ...testAnswer(diagnosis, { next, link: action?.kind === 'link' ? action.href : null }),
        ...(stored && { stored_account: stored.account.slug }),
      },
      message: headline,
    });
  };
}

function testAnswer(diagnosis: Diagnosis, step: { next: string; link: string | null }) {
  const { amount, currency, reason } = diagnosis.balance;
  return {
    verdict: diagnosis.verdict,
    next_step: step.next,
    link: step.link,
    key: diagnosis.keyHint,
    well_formed: diagnosis.wellFormed,
    known: diagnosis.known,
    admin_scope: diagnosis.adminScope,
    // fal has no harmless question that would tell: see docs/decisions/0008.
    can_spend: null,
    locked: diagnosis.lock !== null,
    lock_kind: diagnosis.lock?.kind ?? null,
    lock_reason: diagnosis.lock?.reason ?? null,
    account: diagnosis.account,
    balance: amount === null ? null : toJsonNumber(amount),
    balance_currency: currency,
    balance_reason: reason,
    latency_ms: diagnosis.latencyMs,
    capabilities: diagnosis.probes.map(({ capability, access, code, latencyMs }) => ({
      capability,
      access,
      code,
      latency_ms: latencyMs,
    })),
  };
}
