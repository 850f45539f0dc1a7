/** The job that keeps an account's local copy up to date. */
export function syncJobName(accountId: string): string {
  return `sync:${accountId}`;
}
