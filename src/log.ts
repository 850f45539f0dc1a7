import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/**
 * Structured logs: JSON lines on standard output, readable ones when that is a terminal. Of an
 * error only its kind, message, codes and stack are kept: those of a body parser carry the whole
 * body, key and all, in other properties and quote it in their message.
 */
export function createLogger(
  level: string,
  destination: DestinationStream | 'terminal' = logFile(1),
): Logger {
  const options = { level, base: null, serializers: { err: describeError } };
  return destination === 'terminal'
    ? pino({
        ...options,
        transport: { target: 'pino-pretty', options: { translateTime: 'SYS:HH:MM:ss' } },
      })
    : pino(options, destination);
}

/**
 * Writes to a file or descriptor without holding up requests: at once when there is little to
 * write, together when there is much.
 */
export function logFile(dest: string | number): DestinationStream {
  return pino.destination({ dest, sync: false });
}

/** What of an error may stand in a log. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: 'not an error' };
  const { name, message, stack, cause } = error;
  const { code, status, type } = error as { code?: unknown; status?: unknown; type?: unknown };
  if (typeof type === 'string' && type.startsWith('entity.')) return { name, type, status };
  return { name, message, code, status, stack, ...(cause ? { cause: describeError(cause) } : {}) };
}
