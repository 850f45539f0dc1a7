/** A run did what it could, but not all of it: a failure that does not put off the next run. */
export class PartlyDoneError extends Error {
  override readonly name = 'PartlyDoneError';
  readonly nextRunAt: Temporal.Instant;

  /** @param cause why it could not do the rest. */
  constructor(nextRunAt: Temporal.Instant, cause: unknown) {
    super('a part of it could not be done', { cause });
    this.nextRunAt = nextRunAt;
  }
}
