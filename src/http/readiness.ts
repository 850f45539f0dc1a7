import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestHandler } from 'express';
import type { Services } from '../services.ts';
import { StoreAwayError } from '../store/errors.ts';

/** How long an answer of the database is taken for true, and how long one is waited for, in ms. */
const FRESH_MS = 1_000;
const PATIENCE_MS = 1_000;

/**
 * `GET /readyz`: whether requests should be sent here. Not while the process stops, nor while the
 * database is away; it is asked at most once a second, however often the question comes.
 */
export function answerReadiness(services: Services): RequestHandler {
  const isThere = watch(services);
  return async function answerReadiness(_req, res) {
    const ready = !services.stopping && (await isThere());
    res.status(ready ? 200 : 503).json({ ok: ready });
  };
}

/** Asks the database, and says in the log when it goes and when it comes back. */
function watch({ store, log }: Services): () => Promise<boolean> {
  let asked = Number.NEGATIVE_INFINITY;
  let answer = Promise.resolve(true);

  async function ask(before: Promise<boolean>): Promise<boolean> {
    const wasThere = await before;
    try {
      await withPatience(store.check());
      if (!wasThere) log.info('the database is back');
      return true;
    } catch (error) {
      if (wasThere) log.error({ err: error }, 'the database is away');
      return false;
    }
  }

  return () => {
    const now = performance.now();
    if (now - asked >= FRESH_MS) {
      asked = now;
      answer = ask(answer);
    }
    return answer;
  };
}

async function withPatience(work: Promise<void>): Promise<void> {
  const over = new AbortController();
  const impatience = sleep(PATIENCE_MS, null, { signal: over.signal }).then(() => {
    throw new StoreAwayError(`no answer within ${PATIENCE_MS} ms`);
  });
  try {
    await Promise.race([work, impatience]);
  } finally {
    over.abort();
    impatience.catch(() => {});
  }
}
