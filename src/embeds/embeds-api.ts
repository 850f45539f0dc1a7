import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { LRUCache } from 'lru-cache';
import { answerApiFailures, isOver, noteFailure, refuseUnknown } from '../http/errors.ts';
import { RequestError } from '../http/failure.ts';
import { askLimit } from '../http/security.ts';
import { keepAnswer } from '../metrics/kept-answer.ts';
import type { OverviewSources } from '../overview/sources.ts';
import type { Services } from '../services.ts';
import { sendBadge, sendFailedBadge, sendFailedWidget, sendWidget } from './embed-answers.ts';
import { type EmbedStatus, readEmbedStatus } from './embed-status.ts';
import { type Embed, findEmbed } from './embed-tokens.ts';
import { statusAnswer } from './status-answer.ts';

/** How an account is doing, or all together (`null`); `null` where it is gone. */
export type ReadStatus = (accountId: string | null) => Promise<EmbedStatus | null>;

/** An account's page may be open at many desks at once: what is kept costs next to nothing. */
const LIMIT_TIMES = 10;
/** Statuses that are kept at once. */
const KEPT = 200;
/** How long a browser shows the same badge, in seconds. */
const BADGE_SECONDS = 60;

/**
 * Reads statuses, each once at a time and not again for a while, however many pages show it. What is read
 * of all accounts together is kept for all of them.
 */
export function keptStatuses(given: Services): ReadStatus {
  const services = { ...given, overviewSources: sharedSources(given) };
  const readers = new LRUCache<string, () => Promise<EmbedStatus | null>>({ max: KEPT });
  return (accountId) => {
    const name = accountId ?? '';
    const known = readers.get(name);
    if (known) return known();
    const { cacheMs } = services.overviewSources;
    const read = keepAnswer(() => readEmbedStatus(services, accountId), cacheMs);
    readers.set(name, read);
    return read();
  };
}

/** Questions that are the same for every account, asked once for all: a page an account may be open. */
function sharedSources({ overviewSources: sources, now }: Services): OverviewSources {
  const { cacheMs } = sources;
  const syncs = keepAnswer(() => sources.syncs(now()), cacheMs);
  const events = keepAnswer(() => sources.events(now()), cacheMs);
  return {
    ...sources,
    balances: keepAnswer(() => sources.balances(), cacheMs),
    syncs: () => syncs(),
    events: () => events(),
  };
}

/**
 * `/embed/:token`: what other pages show. An image or a frame can send nothing but an address, so the
 * token stands in it: it opens nothing else, the log leaves it out, and no page sends it on.
 */
export function embedsApi(services: Services, readStatus: ReadStatus): Router {
  const { config, store, now } = services;
  const router = Router();
  router.use(function embedHeaders(_req, res, next) {
    res.set({ 'Referrer-Policy': 'no-referrer', 'Cross-Origin-Resource-Policy': 'cross-origin' });
    next();
  });
  // Failures say nothing of any account: any script may read of them, also that it asks too often.
  router.get('/:token/status.json', function allowScripts(req, res, next) {
    res.set('Access-Control-Expose-Headers', 'Retry-After, X-Request-Id');
    allowOrigin(req, res, null);
    next();
  });
  router.use(askLimit(config, LIMIT_TIMES));

  router.get('/:token/badge.svg', async (req, res) => {
    const { embed, status } = await shownTo(req);
    res.set('Cache-Control', `private, max-age=${BADGE_SECONDS}`);
    sendBadge(res, services, status, embed);
  });

  router.get('/:token/widget', async (req, res) => {
    const { embed, status } = await shownTo(req);
    sendWidget(res, services, status, embed, embed.frameOrigins?.join(' ') ?? '*');
  });

  router.get('/:token/status.json', async (req, res) => {
    const { embed, status } = await shownTo(req);
    allowOrigin(req, res, embed);
    res.json({
      ok: true,
      status: statusAnswer(status, embed),
      message: res.locals.t('embeds.success'),
    });
  });

  router.use(refuseUnknown, answerFailures);

  /** @throws RequestError `not_found` for a token that is not, or no longer, good. */
  async function shownTo(req: Request): Promise<{ embed: Embed; status: EmbedStatus }> {
    const embed = await findEmbed(store.db, now(), String(req.params.token));
    const status = embed && (await readStatus(embed.accountId));
    if (!status) throw new RequestError('not_found');
    return { embed, status };
  }

  return router;
}

/** Lets scripts of those pages read the answer that may frame the widget. */
function allowOrigin(req: Request, res: Response, embed: Embed | null): void {
  res.vary('Origin');
  const allowed = embed?.frameOrigins ?? null;
  const { origin } = req.headers;
  res.removeHeader('Access-Control-Allow-Origin');
  if (allowed === null) res.set('Access-Control-Allow-Origin', '*');
  else if (origin && allowed.includes(origin)) res.set('Access-Control-Allow-Origin', origin);
}

/** Each in the form that was asked for: who sees it is somebody else's visitor. */
const answerFailures: ErrorRequestHandler = (error, req, res, next) => {
  const form = req.path.match(/\/(badge\.svg|widget)\/?$/i)?.[1]?.toLowerCase();
  if (isOver(res) || !form) {
    answerApiFailures(error, req, res, next);
    return;
  }
  const failure = noteFailure(error, req, res);
  res.set('Cache-Control', 'no-store');
  if (form === 'widget') sendFailedWidget(res, failure);
  else sendFailedBadge(res, failure, res.locals.t);
};
