import { type Request, type Response, Router } from 'express';
import { chosenAccounts } from '../accounts/choose-account.ts';
import { allow } from '../auth/access.ts';
import { looksLikeKey } from '../fal/key.ts';
import type { Price } from '../fal/pricing.ts';
import { callerSignal } from '../http/caller.ts';
import { failureProblem, logFailure } from '../http/errors.ts';
import type { ProblemView } from '../http/problem.ts';
import { typedText } from '../http/typed-text.ts';
import { earlier } from '../instants.ts';
import type { Services } from '../services.ts';
import { usualTimezone } from '../usage/explorer-query.ts';
import { isEndpointId } from '../usage/request-fields.ts';
import { type FoundView, foundView } from './found-view.ts';
import { type FoundModels, searchModels } from './live-prices.ts';
import { chosenMonth, monthsUntil } from './month.ts';
import { type MonthView, monthView } from './month-view.ts';
import { readPriceList } from './price-list.ts';
import { type PriceListView, priceListView } from './price-list-view.ts';

/** What the page shows. */
interface PricingPageView {
  list: PriceListView;
  search: { text: string; found: FoundView | null; problem: ProblemView | null };
  month: MonthView;
}

const MAX_WORDS = 100;

/**
 * `/admin/pricing`: what the models in use cost and when that changed, what a month would have cost at
 * today's prices or on another model, and the price of any model. fal is asked for the last alone.
 */
export function pricingPage(services: Services): Router {
  const { history, now, settings } = services;
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const { accountChoice, format, t } = res.locals;
    const timezone = usualTimezone(chosenAccounts(accountChoice), settings.current());
    const at = now();
    const words = wordsOf(req);
    const months = monthsUntil(at.toZonedDateTimeISO(timezone));
    const month = chosenMonth(months, typedText(req.query, 'month'));
    const accountId = accountChoice.chosen?.id ?? null;
    const [usage, { found, problem }] = await Promise.all([
      history.usage({
        ...{ start: month.start.toInstant(), end: earlier(month.end.toInstant(), at), timezone },
        ...{ resolution: 'month', groupBy: 'endpoint', groupsApart: 0 },
        ...{ accountId, endpointIds: [], apiKeyIds: [] },
      }),
      trySearch(words, req, res),
    ]);
    const searched = found?.models.map(({ endpointId }) => endpointId) ?? [];
    const list = await readPriceList(services, {
      accountId,
      also: [...usage.groups.map(({ key }) => key), ...searched],
    });
    const asked = { model: modelIn(req, 'model'), other: modelIn(req, 'other') };
    res.locals.keptQuery = new URLSearchParams({
      ...(words && { q: words }),
      ...(month !== months[1] && { month: month.name }),
      ...(asked.model && asked.other && asked),
    });
    res.render('pricing/index', {
      list: priceListView(list, searched, { timezone, now: at }, format, t),
      search: { text: words, found: found && foundView(found, format, t), problem },
      month: monthView(
        { usage, list, found: listedNow(found), asked, month, months, now: at },
        format,
        t,
      ),
    } satisfies PricingPageView);
  });

  /** A failure takes the search's place and spoils nothing else. */
  async function trySearch(
    words: string,
    req: Request,
    res: Response,
  ): Promise<{ found: FoundModels | null; problem: ProblemView | null }> {
    if (words === '') return { found: null, problem: null };
    const signal = callerSignal(res);
    try {
      return { found: await searchModels(services, words, signal), problem: null };
    } catch (error) {
      signal.throwIfAborted();
      return { found: null, problem: failureProblem(logFailure(error, req), req, res) };
    }
  }

  return router;
}

/** Words to search for. People paste keys into any field: those are not sent on, nor shown again. */
function wordsOf(req: Request): string {
  const typed = typedText(req.query, 'q').trim();
  return looksLikeKey(typed) ? '' : typed.slice(0, MAX_WORDS);
}

function modelIn(req: Request, field: string): string {
  const id = typedText(req.query, field);
  return isEndpointId(id) ? id : '';
}

function listedNow(found: FoundModels | null): Price[] {
  return found?.models.flatMap(({ price }) => price ?? []) ?? [];
}
