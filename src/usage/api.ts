import type { RequestHandler } from 'express';
import type { FalAccount } from '../accounts/accounts.ts';
import { isFalError } from '../fal/errors.ts';
import { openQuestion } from '../fal/transport.ts';
import { callerSignal } from '../http/caller.ts';
import { toFailure } from '../http/failure.ts';
import type { Translate } from '../i18n/index.ts';
import type { Logger } from '../log.ts';
import type { Services } from '../services.ts';
import { usageOrCopy } from './account-usage.ts';
import { type RecordsAnswer, usageAnswer } from './answer.ts';
import { periodLabel } from './period-label.ts';
import { readRecords } from './records.ts';
import type { UsageReport } from './report.ts';
import { type RecordsPlace, readUsageRequest, type UsageRequest } from './request.ts';

/** In which language, and of which stored account if it is one. */
interface AnswerWords {
  t: Translate;
  account: FalAccount | null;
}

/** `POST /api/config/falai-usage`: what fal says was used, for programs. */
export function answerUsage(services: Services): RequestHandler {
  const { config, settings, fal, now } = services;
  // The same answer for the same report: ten people asking at once cost one serialization.
  const bodies = new WeakMap<UsageReport, Map<Translate, string>>();

  async function answerWithRecords(
    asked: UsageRequest,
    page: RecordsPlace,
    caller: AbortSignal,
    words: AnswerWords,
    log: Logger,
  ): Promise<string> {
    // Records are of no use without the totals, and are dropped when those can't be had.
    const dropped = new AbortController();
    const signal = AbortSignal.any([caller, dropped.signal]);
    const records = askRecords(asked, page, signal, log);
    records.catch(() => {});
    try {
      const report = await usageOrCopy(services, words.account, asked, () => signal);
      return answerBody(report, words, await records);
    } catch (error) {
      dropped.abort();
      throw error;
    }
  }

  async function askRecords(
    asked: UsageRequest,
    page: RecordsPlace,
    caller: AbortSignal,
    log: Logger,
  ): Promise<RecordsAnswer> {
    using question = openQuestion(asked.key, config.falTimeoutMs, caller);
    const query = { period: asked.period(now()), endpointIds: asked.endpointIds, ...page };
    try {
      return { ...(await readRecords(fal, question, query)), reason: null };
    } catch (error) {
      caller.throwIfAborted();
      if (!isFalError(error)) log.error({ err: error }, 'unforeseen error');
      return { records: null, hasMore: null, reason: reasonOf(error) };
    }
  }

  function rememberedBody(report: UsageReport, words: AnswerWords): string {
    const { t, account } = words;
    if (account !== null) return answerBody(report, words);
    const known = bodies.get(report) ?? new Map<Translate, string>();
    bodies.set(report, known);
    const body = known.get(t) ?? answerBody(report, words);
    known.set(t, body);
    return body;
  }

  return async function answerUsage(req, res) {
    const { storedAccount: stored } = req;
    const timezone = stored?.account.timezone ?? settings.current().timezone;
    const asked = readUsageRequest(req.body, { timezone, key: stored?.key ?? null }, now());
    const words = { t: res.locals.t, account: stored?.account ?? null };
    const caller = () => callerSignal(res);
    const body = asked.records
      ? await answerWithRecords(asked, asked.records, caller(), words, req.log)
      : rememberedBody(await usageOrCopy(services, words.account, asked, caller), words);
    res.setHeader('Content-Type', 'application/json; charset=utf-8');
    // Not `send`: a text that is not made a buffer first leaves together with its headers.
    res.setHeader('Content-Length', Buffer.byteLength(body));
    res.end(body);
  };
}

/** The totals came, so the key is known: what fal refuses it here is the scope. */
function reasonOf(error: unknown): string {
  return isFalError(error, 'unauthorized') ? 'admin_scope_required' : toFailure(error).code;
}

function answerBody(
  report: UsageReport,
  { t, account }: AnswerWords,
  records?: RecordsAnswer,
): string {
  const usage = {
    ...usageAnswer(report, periodLabel(report.period, t), records),
    ...(account !== null && { account: account.slug }),
  };
  const message = t(report.source === 'local_copy' ? 'usage.success_copy' : 'usage.success');
  return JSON.stringify({ ok: true, usage, message });
}
