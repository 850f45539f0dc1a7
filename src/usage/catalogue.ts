import type { FalClient } from '../fal/client.ts';
import { isFalError } from '../fal/errors.ts';
import { openQuestion } from '../fal/transport.ts';

const FRESH_MS = 24 * 60 * 60 * 1_000;
/** After a failure, how long until it is tried again, in ms. */
const RETRY_MS = 60 * 1_000;
const TIMEOUT_MS = 20_000;

/** The ids that can be called at fal; `null` while fal's list could not be read. */
export type CallableIds = ReadonlySet<string> | null;

/**
 * fal's list of callable models, read once a day for everybody. It is needed because fal bills some
 * calls under an id that nobody calls.
 */
export interface Catalogue {
  /** Starts reading the list with this key, unless it is known or being read. */
  load(key: string): Promise<CallableIds>;
  /** What is known now. */
  known(): CallableIds;
}

export function createCatalogue(fal: Pick<FalClient, 'models'>): Catalogue {
  let ids: CallableIds = null;
  let loading: Promise<CallableIds> | undefined;
  let expires = 0;

  // Not the caller's own question: others wait for the list too when that caller goes away.
  async function read(key: string): Promise<CallableIds> {
    try {
      const { models, stop } = await fal.models(openQuestion(key, TIMEOUT_MS), {});
      if (stop === null) ids = new Set(models.map((model) => model.endpointId));
      expires = performance.now() + (stop === null ? FRESH_MS : RETRY_MS);
    } catch (error) {
      if (!isFalError(error)) throw error;
      expires = performance.now() + RETRY_MS;
    }
    return ids;
  }

  return {
    known: () => ids,
    load(key) {
      if (!loading && performance.now() < expires) return Promise.resolve(ids);
      loading ??= read(key).finally(() => {
        loading = undefined;
      });
      return loading;
    },
  };
}

/**
 * The ids under which an endpoint's calls are counted. fal bills some calls by family: for
 * `fal-ai/kling-video/v2.1/standard` it is `.../standard/image-to-video` that is called. Where the
 * billed id itself can't be called, those are the callable ids below it.
 * @param billed ids that are billed on their own and so belong to no other.
 */
export function calledIds(
  endpointId: string,
  callable: CallableIds,
  billed: ReadonlySet<string>,
): string[] {
  if (!callable || callable.has(endpointId)) return [endpointId];
  const below = [...callable].filter((id) => id.startsWith(`${endpointId}/`) && !billed.has(id));
  return below.length > 0 ? below : [endpointId];
}
