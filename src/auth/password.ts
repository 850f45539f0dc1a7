import { RequestError } from '../http/failure.ts';
import { createQueue } from '../queue.ts';

/**
 * How many passwords are hashed at a time: each takes 32 MB, and one of the four threads that
 * compress pages and look up names too.
 */
const PARALLEL = 2;
/** Who waits behind this many waits about two seconds. */
const WAITING = 64;
const RETRY_AFTER_SECONDS = 5;

const inTurn = createQueue({
  parallel: PARALLEL,
  waiting: WAITING,
  full: () => new RequestError('rate_limited', { retryAfterSeconds: RETRY_AFTER_SECONDS }),
});

/**
 * better-auth's default: scrypt, N=16384, r=16, p=1, about 60 ms and 32 MB.
 * @throws RequestError `rate_limited` when too many want it at once.
 */
export async function hashPassword(password: string): Promise<string> {
  const { hashPassword } = await import('better-auth/crypto');
  return inTurn(() => hashPassword(password));
}

/** Whether it is the password of that hash, at the same cost. @throws as `hashPassword` does. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const { verifyPassword } = await import('better-auth/crypto');
  return inTurn(() => verifyPassword({ hash, password }));
}
