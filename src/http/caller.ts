import type { Response } from 'express';

const signals = new WeakMap<Response, AbortSignal>();

/** Aborts when the caller hangs up before it was answered: the same signal however often it is asked for. */
export function callerSignal(res: Response): AbortSignal {
  const signal = signals.get(res) ?? listen(res);
  signals.set(res, signal);
  return signal;
}

function listen(res: Response): AbortSignal {
  const abort = new AbortController();
  res.once('close', () => {
    if (!res.writableFinished) abort.abort(new DOMException('the caller went away', 'AbortError'));
  });
  return abort.signal;
}
