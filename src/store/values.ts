import type { Engine } from './engine.ts';
import type { Flag, Moment } from './tables.ts';

/** As our own tables keep a time: UTC with ms, so that texts sort as times do. */
export function toText(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'millisecond' });
}

/** A time as a table has it, whichever table and database. */
export function toInstant(moment: Moment): Temporal.Instant {
  return moment instanceof Date
    ? Temporal.Instant.fromEpochMilliseconds(moment.getTime())
    : Temporal.Instant.from(moment);
}

/** A time of our own tables in epoch ms: of hundreds of them no `Instant` is made. */
export function toMs(text: string): number {
  return Date.parse(text);
}

/** As better-auth's tables keep yes and no: SQLite has no booleans. */
export function toFlag(value: boolean, engine: Engine): Flag {
  return engine === 'postgres' ? value : Number(value);
}
