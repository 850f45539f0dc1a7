/** What is read: a million charges over the longest period fal takes in one question. */
export const PAGES = 100;
export const PAGE_ROWS = 10_000;
export const END_MS = Date.parse('2026-03-01T00:00:00Z');
export const START_MS = END_MS - 90 * 24 * 3_600_000;

/** What a child that has read them all says. */
export interface Reading {
  seconds: number;
  /** The most memory the process ever had (RSS), in bytes. */
  peakBytes: number;
  /** The sum of all costs in nano-USD, as text; `null` where nothing was added up. */
  totalNano: string | null;
}

/** The peak is the kernel's own account: sampling would miss what comes and goes between samples. */
export function peakBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
