import type { FalClient } from '../fal/client.ts';
import { isFalError } from '../fal/errors.ts';
import { openQuestion } from '../fal/transport.ts';

const FRESH_MS = 24 * 60 * 60 * 1_000;
/** How long an incomplete list keeps from reading it again, in ms: it may have hundreds of pages. */
const RETRY_MS = 60 * 1_000;
const TIMEOUT_MS = 20_000;
/** How long it is not asked for again by those who can do without for now. */
const FAILED_MS = 15 * 60 * 1_000;

/** The ids that can be called at fal; `null` while fal's list could not be read. */
export type CallableIds = ReadonlySet<string> | null;

/**
 * fal's list of callable models, read once a day for everybody. It is needed because fal bills some
 * calls under an id that nobody calls.
 */
export interface Catalogue {
  /** Starts reading the list unless it is known or being read; resolves with what is known then. */
  load(): Promise<CallableIds>;
  /** The same, but where fal failed to hand it out a moment ago that is not waited for again. */
  loadUnlessFailed(): Promise<CallableIds>;
  /** What is known now. */
  known(): CallableIds;
}

export function createCatalogue(
  fal: Pick<FalClient, 'models'>,
  now: () => Temporal.Instant = Temporal.Now.instant,
): Catalogue {
  const nowMs = () => now().epochMilliseconds;
  let ids: CallableIds = null;
  let loading: Promise<CallableIds> | undefined;
  let expires = 0;
  let failedUntil = 0;

  // fal shows the list to anybody, so it is nobody's question: one bad key can't spoil it for all.
  async function read(): Promise<CallableIds> {
    try {
      using question = openQuestion(null, TIMEOUT_MS);
      const { models, stop } = await fal.models(question, {});
      if (stop === null) ids = new Set(models.map((model) => model.endpointId));
      expires = nowMs() + (stop === null ? FRESH_MS : RETRY_MS);
      failedUntil = 0;
    } catch (error) {
      failedUntil = nowMs() + FAILED_MS;
      // The next question tries again: without the list its answer would lack counts.
      if (!isFalError(error)) throw error;
    }
    return ids;
  }

  function load(): Promise<CallableIds> {
    if (!loading && nowMs() < expires) return Promise.resolve(ids);
    loading ??= read().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  return {
    known: () => ids,
    load,
    loadUnlessFailed: () => (nowMs() < failedUntil ? Promise.resolve(ids) : load()),
  };
}

/**
 * The ids under which the calls of a billed id are made. fal bills some by family: for
 * `fal-ai/kling-video/v2.1/standard` it is `.../standard/image-to-video` that is called. Where the
 * billed id itself can't be called, those are the callable ids below it.
 */
export function calledIds(billedId: string, callable: CallableIds): string[] {
  if (!callable || callable.has(billedId)) return [billedId];
  const below = [...callable].filter((id) => id.startsWith(`${billedId}/`));
  return below.length > 0 ? below : [billedId];
}

/**
 * The other way round: the id that calls of an id are billed under. An id that is billed itself
 * belongs to no other.
 */
export function billedIdOf(
  calledId: string,
  billed: ReadonlySet<string>,
  callable: CallableIds,
): string {
  if (billed.has(calledId) || !callable) return calledId;
  const segments = calledId.split('/');
  for (let length = segments.length - 1; length > 1; length -= 1) {
    const above = segments.slice(0, length).join('/');
    if (billed.has(above) && !callable.has(above)) return above;
  }
  return calledId;
}
