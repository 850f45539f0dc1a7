import { once } from 'node:events';
import type { RequestHandler, Response } from 'express';
import { requireAccount } from '../accounts/stored-account.ts';
import type { BillingEvent } from '../fal/billing-events.ts';
import { isFalError } from '../fal/errors.ts';
import type { PageStop } from '../fal/pages.ts';
import { openQuestion } from '../fal/transport.ts';
import { callerSignal } from '../http/caller.ts';
import { logFailure } from '../http/errors.ts';
import { toFailure } from '../http/failure.ts';
import { cutOffStalled } from '../http/stalled.ts';
import { toJsonNumber } from '../money.ts';
import type { Services } from '../services.ts';
import { chargeAnswer, zoned } from './answer.ts';
import { readChargesRequest } from './history-request.ts';

/** Charges a question to fal: what is in memory at once, and half a second of fal's time. */
const PAGE_SIZE = 5_000;

/**
 * `GET /api/v1/billing-events`: single charges, newest first, live from fal, as one JSON document
 * that is written page by page, no faster than it is taken. A failure before the first page is an
 * ordinary one; a later one ends the list with `partial` and why.
 */
export function answerBillingEvents(services: Services): RequestHandler {
  const { fal, config, now } = services;
  return async function answerBillingEvents(req, res) {
    const { account, key } = await requireAccount(services, req.query);
    const asked = readChargesRequest(req.query, account, now());
    const caller = callerSignal(res);
    cutOffStalled(res);
    const inZone = (instant: Temporal.Instant) => zoned(instant, asked.timezone);
    const sums = { count: 0, cost: 0n };
    let begins = `${JSON.stringify({
      ok: true,
      account: account.slug,
      start: inZone(asked.start),
      end: inZone(asked.end),
      timezone: asked.timezone,
      currency: 'USD',
    }).slice(0, -1)},"billing_events":[`;

    async function writePage(events: readonly BillingEvent[]): Promise<undefined> {
      const charges = events.map((event) => JSON.stringify(chargeAnswer(event, inZone)));
      const separator = sums.count > 0 && charges.length > 0 ? ',' : '';
      for (const { cost } of events) sums.cost += cost;
      sums.count += events.length;
      await write(res, begins + separator + charges.join(','), caller);
      begins = '';
    }

    let reasons: string[];
    try {
      const stops = await fal.billingEvents(
        // A deadline a page: how long all of them take is for the caller to say.
        () => openQuestion(key, config.falTimeoutMs, caller),
        { ...asked, pageSize: PAGE_SIZE },
        writePage,
      );
      reasons = stops.map(reasonOf);
    } catch (error) {
      if (!res.headersSent || caller.aborted) throw error;
      if (!isFalError(error)) {
        // The list can't be closed in good faith: what was sent is cut off, and no JSON.
        res.destroy();
        throw error;
      }
      reasons = [logFailure(error, req).code];
    }
    const tail = JSON.stringify({
      count: sums.count,
      total_cost: toJsonNumber(sums.cost),
      partial: reasons.length > 0,
      partial_reason: [...new Set(reasons)].join(',') || null,
      message: res.locals.t('usage.success'),
    });
    await write(res, `${begins}],${tail.slice(1)}`, caller);
    res.end();
  };
}

/** fal's failure, or that its pages ended before their end. */
function reasonOf({ reason, cause }: PageStop): string {
  return cause ? toFailure(cause).code : reason;
}

/** Resolves when the caller has room for more. @throws the caller's own reason when it went away. */
async function write(res: Response, text: string, caller: AbortSignal): Promise<void> {
  caller.throwIfAborted();
  if (!res.headersSent) res.status(200).type('application/json');
  if (res.write(text)) return;
  await once(res, 'drain', { signal: caller });
}
