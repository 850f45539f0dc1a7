/** Keeps this process busy, so that a kill falls somewhere between two lines and not on one. */
export function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
