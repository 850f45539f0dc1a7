/**
 * Whether the database could not do its work now, though nothing was wrong with what it was asked:
 * it is locked, read-only, full, damaged or away. The same question may be answered later.
 */
export function isStoreError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code === 'ERR_SQLITE_ERROR') return SQLITE.has(Number(errcode) & 0xff);
  if (typeof code === 'string' && POSTGRES.test(code)) return true;
  return POSTGRES_MESSAGE.test(error.message);
}

/** SQLITE_PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB (sqlite.org/rescode.html). */
const SQLITE = new Set([3, 5, 6, 7, 8, 10, 11, 13, 14, 26]);

/**
 * PostgreSQL's classes 08 (connection), 25006 (read-only), 53 (resources), 57P (intervention), 58
 * (system), and what Node says of a connection that can't be made.
 */
const POSTGRES =
  /^(?:08\w{3}|25006|53\w{3}|57P\w{2}|58\w{3}|ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|ETIMEDOUT)$/;

/** pg has no codes for a connection that broke or that was not to be had in time. */
const POSTGRES_MESSAGE = /^(?:Connection terminated|timeout exceeded when trying to connect)/;
