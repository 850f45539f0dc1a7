import { type Request, type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { requireAccount } from '../accounts/stored-account.ts';
import { allow, identifyCaller } from '../auth/access.ts';
import { isFalError } from '../fal/errors.ts';
import type { Price } from '../fal/pricing.ts';
import { openQuestion } from '../fal/transport.ts';
import type { KnownPrice, PriceChange } from '../history/model-prices.ts';
import { readBody } from '../http/body.ts';
import { callerSignal } from '../http/caller.ts';
import { logFailure } from '../http/errors.ts';
import { parseBody } from '../http/parse-body.ts';
import { toJsonNumber } from '../money.ts';
import type { Services } from '../services.ts';
import { zoned } from '../usage/answer.ts';
import { endpointIdsField, withoutBlanks } from '../usage/request-fields.ts';
import { readEstimateRequest, refuseUnpriced } from './estimate-request.ts';
import { livePrices } from './live-prices.ts';
import { isStale, readPriceList } from './price-list.ts';

export const pricingQuery = z.object({ endpoint_id: endpointIdsField });

/**
 * `/api/v1/pricing` and `/api/v1/estimate`: what models cost, for programs with a token and for people
 * of the panel.
 * @param limit for what is asked of fal.
 */
export function pricingApi(services: Services, limit: RequestHandler): Router {
  const { config, fal, now, settings } = services;
  const router = Router();
  router.use(['/pricing', '/estimate'], identifyCaller(services), limit);
  router.use('/estimate', readBody());

  router.get('/pricing', allow('viewer'), async (req, res) => {
    const { timezone } = settings.current();
    const { endpoint_id: endpointIds = [] } = parseBody(pricingQuery, withoutBlanks(req.query));
    const list = await readPriceList(
      services,
      endpointIds.length > 0 ? { endpointIds } : { accountId: null, also: [] },
    );
    const at = now();
    const missing = [...list.prices].flatMap(([id, known]) =>
      known && !isStale(known, at) ? [] : [id],
    );
    const { prices, reason } = await tryLive(missing, req, callerSignal(res));
    res.json({
      ok: true,
      prices: [...list.prices].map(([id, known]) => {
        const live = prices.get(id) ?? null;
        return {
          endpoint_id: id,
          ...(known && !live
            ? knownAnswer(known, timezone)
            : liveAnswer(live, reason, zoned(at, timezone))),
        };
      }),
      changes: list.changes.map((change) => changeAnswer(change, timezone)),
      message: res.locals.t('pricing.success'),
    });
  });

  // It changes nothing: a viewer may ask.
  router.post('/estimate', allow('viewer'), async (req, res) => {
    const asked = readEstimateRequest(req.body);
    const { account, key } = await requireAccount(services, req.body);
    using question = openQuestion(key, config.falTimeoutMs, callerSignal(res));
    const { cost, currency } = await fal.estimate(question, asked).catch((error: unknown) => {
      if (isFalError(error, 'not_found')) refuseUnpriced();
      throw error;
    });
    const caveat = asked.type === 'unit_price' ? 'before_discounts' : 'may_be_too_low';
    res.json({
      ok: true,
      estimate: { cost: toJsonNumber(cost), currency, source: asked.type, caveat },
      account: account.slug,
      message: res.locals.t(`pricing.caveat_${caveat}`),
    });
  });

  /** Of models that the snapshots don't have, or not of late; a failure is a reason why there is no price. */
  async function tryLive(
    endpointIds: readonly string[],
    req: Request,
    signal: AbortSignal,
  ): Promise<{ prices: ReadonlyMap<string, Price>; reason: string }> {
    try {
      return { prices: await livePrices(services, endpointIds, signal), reason: 'no_price' };
    } catch (error) {
      signal.throwIfAborted();
      return { prices: new Map(), reason: logFailure(error, req).code };
    }
  }

  return router;
}

function priceAnswer({ unitPrice, unit, currency }: Price) {
  return { unit_price: toJsonNumber(unitPrice), unit, currency };
}

function knownAnswer(price: KnownPrice, timezone: string) {
  return {
    ...priceAnswer(price),
    since: zoned(price.from, timezone),
    as_of: zoned(price.until, timezone),
    source: 'snapshot',
    reason: null,
  };
}

function liveAnswer(price: Price | null, reason: string, asOf: string) {
  if (price)
    return { ...priceAnswer(price), since: null, as_of: asOf, source: 'fal', reason: null };
  const unknown = { unit_price: null, unit: null, currency: null, since: null, as_of: null };
  return { ...unknown, source: null, reason };
}

function changeAnswer({ endpointId, before, after }: PriceChange, timezone: string) {
  return {
    endpoint_id: endpointId,
    before: priceAnswer(before),
    after: priceAnswer(after),
    last_seen_before: zoned(before.until, timezone),
    first_seen_after: zoned(after.from, timezone),
  };
}
