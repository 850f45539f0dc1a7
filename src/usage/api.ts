import { Router } from 'express';
import { openQuestion } from '../fal/transport.ts';
import { callerSignal } from '../http/caller.ts';
import { toFailure } from '../http/failure.ts';
import type { Translate } from '../i18n/index.ts';
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
    const caller = callerSignal(res);
    const { t } = res.locals;
    const [report, records] = await Promise.all([
      liveUsage(asked, caller),
      asked.records ? askRecords(asked, asked.records, caller) : undefined,
    ]);
    const body = records ? answerBody(report, t, records) : rememberedBody(report, t);
    res.set('Cache-Control', 'no-store').type('application/json').send(body);
  });

  async function askRecords(
    asked: UsageRequest,
    page: { page: number; pageSize: number },
    caller: AbortSignal,
  ): Promise<RecordsAnswer> {
    const question = openQuestion(asked.key, config.falTimeoutMs, caller);
    const query = { period: asked.period(now()), endpointIds: asked.endpointIds, ...page };
    try {
      return { ...(await readRecords(fal, question, query)), reason: null };
    } catch (error) {
      caller.throwIfAborted();
      return { records: null, hasMore: null, reason: toFailure(error).code };
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

function answerBody(report: UsageReport, t: Translate, records?: RecordsAnswer): string {
  const usage = usageAnswer(report, periodLabel(report.period, t), records);
  return JSON.stringify({ ok: true, usage, message: t('usage.success') });
}
