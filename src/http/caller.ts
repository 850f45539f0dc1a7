import type { Response } from 'express';

/** Aborts when the caller hangs up before it was answered. */
export function callerSignal(res: Response): AbortSignal {
  const abort = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) abort.abort(new DOMException('the caller went away', 'AbortError'));
  });
  return abort.signal;
}
