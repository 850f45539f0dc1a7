interface Flight<T> {
  promise: Promise<T>;
  waiting: number;
  abort: AbortController;
}

/**
 * Lets everybody who asks the same question at the same moment share one answer. The work is
 * aborted when the last of them has gone away.
 */
export function createSingleFlight<T>() {
  const flights = new Map<string, Flight<T>>();

  return async function share(
    question: string,
    caller: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    caller?.throwIfAborted();
    let flight = flights.get(question);
    if (!flight) {
      const abort = new AbortController();
      const promise = work(abort.signal).finally(() => {
        if (flights.get(question)?.abort === abort) flights.delete(question);
      });
      // Whoever still waits sees the failure; when nobody does, it must not crash the process.
      promise.catch(() => {});
      flight = { promise, waiting: 0, abort };
      flights.set(question, flight);
    }
    const joined = flight;
    joined.waiting += 1;
    const gone = Promise.withResolvers<never>();
    const leave = () => gone.reject(caller?.reason);
    caller?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([joined.promise, gone.promise]);
    } finally {
      caller?.removeEventListener('abort', leave);
      joined.waiting -= 1;
      if (joined.waiting === 0) {
        if (flights.get(question) === joined) flights.delete(question);
        joined.abort.abort(new DOMException('nobody waits any more', 'AbortError'));
      }
    }
  };
}
