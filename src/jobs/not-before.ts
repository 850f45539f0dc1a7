/** A run failed, and knows that another one soon would be in vain. */
export class NotBeforeError extends Error {
  override readonly name = 'NotBeforeError';
  /** How long to wait at least. */
  readonly wait: Temporal.Duration;

  /** @param cause why it failed. */
  constructor(wait: Temporal.DurationLike, cause: unknown) {
    super('not again for a while', { cause });
    this.wait = Temporal.Duration.from(wait);
  }
}
