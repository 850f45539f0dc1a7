import { Router } from 'express';
import { isFalError } from '../fal/errors.ts';
import { openQuestion } from '../fal/transport.ts';
import { callerSignal } from '../http/caller.ts';
import { toFailure } from '../http/failure.ts';
import type { Translate } from '../i18n/index.ts';
import type { Logger } from '../log.ts';
import type { Services } from '../services.ts';
import { type RecordsAnswer, usageAnswer } from './answer.ts';
import { periodLabel } from './period-label.ts';
import { readRecords } from './records.ts';
import type { UsageReport } from './report.ts';
import { readUsageRequest, type UsageRequest } from './request.ts';

/** `POST /falai-usage`: what fal says was used, for programs. */
export function usageApi({ config, fal, liveUsage, now }: Services): Router {
  const router = Router();
  // The same answer for the same report: ten people asking at once cost one serialization.
  const bodies = new WeakMap<UsageReport, Map<Translate, string>>();

  router.post('/falai-usage', async (req, res) => {
    const asked = readUsageRequest(req.body, config.defaultTimezone, now());
    const { t } = res.locals;
    // Records are of no use without the totals, and are dropped when those can't be had.
    const dropped = new AbortController();
    const caller = AbortSignal.any([callerSignal(res), dropped.signal]);
    const [report, records] = await Promise.all([
      liveUsage(asked, caller),
      asked.records ? askRecords(asked, asked.records, caller, req.log) : undefined,
    ]).finally(() => dropped.abort());
    const body = records ? answerBody(report, t, records) : rememberedBody(report, t);
    res.set('Cache-Control', 'no-store').type('application/json').send(body);
  });

  async function askRecords(
    asked: UsageRequest,
    page: { page: number; pageSize: number },
    caller: AbortSignal,
    log: Logger,
  ): Promise<RecordsAnswer> {
    const question = openQuestion(asked.key, config.falTimeoutMs, caller);
    const query = { period: asked.period(now()), endpointIds: asked.endpointIds, ...page };
    try {
      return { ...(await readRecords(fal, question, query)), reason: null };
    } catch (error) {
      caller.throwIfAborted();
      if (!isFalError(error)) log.error({ err: error }, 'unforeseen error');
      return { records: null, hasMore: null, reason: reasonOf(error) };
    }
  }

  function rememberedBody(report: UsageReport, t: Translate): string {
    const known = bodies.get(report) ?? new Map<Translate, string>();
    bodies.set(report, known);
    const body = known.get(t) ?? answerBody(report, t);
    known.set(t, body);
    return body;
  }

  return router;
}

/** The totals came, so the key is known: what fal refuses it here is the scope. */
function reasonOf(error: unknown): string {
  return isFalError(error, 'unauthorized') ? 'admin_scope_required' : toFailure(error).code;
}

function answerBody(report: UsageReport, t: Translate, records?: RecordsAnswer): string {
  const usage = usageAnswer(report, periodLabel(report.period, t), records);
  return JSON.stringify({ ok: true, usage, message: t('usage.success') });
}
