/** The database is not where it should be, or did not answer in time. */
export class StoreAwayError extends Error {
  override readonly name = 'StoreAwayError';
}

/**
 * Whether the database could not do its work now, though nothing was wrong with what it was asked:
 * it is locked, read-only, full, damaged or away. The same question may be answered later.
 */
export function isStoreError(error: unknown): boolean {
  if (error instanceof StoreAwayError) return true;
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code === 'ERR_SQLITE_ERROR') return SQLITE.has(Number(errcode) & 0xff);
  if (typeof code === 'string' && POSTGRES.test(code)) return true;
  return POSTGRES_MESSAGE.test(error.message);
}

/** SQLITE_PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB (sqlite.org/rescode.html). */
const SQLITE = new Set([3, 5, 6, 7, 8, 10, 11, 13, 14, 26]);

/**
 * PostgreSQL's classes 08 (connection), 25006 (read-only), 28 (no longer let in), 3D000 (no such
 * database), 40 (a deadlock, a conflict), 53 (resources), 55P03 (locked), 57P and 57014
 * (intervention, out of time), 58 (system), XX001 and XX002 (damaged)
 * (postgresql.org/docs/current/errcodes-appendix.html), and what Node says of a connection that
 * can't be made.
 */
const POSTGRES =
  /^(?:08\w{3}|25006|28\w{3}|3D000|40\w{3}|53\w{3}|55P03|57014|57P\w{2}|58\w{3}|XX00[12]|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT)$/;

/** pg has no codes for a connection that broke or that was not to be had in time. */
const POSTGRES_MESSAGE =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client (?:has encountered a connection error|was closed) and is not queryable)/;

/** What an error says; that of several addresses tried in vain says nothing but its code. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  return error.message || String(code ?? error.name);
}
