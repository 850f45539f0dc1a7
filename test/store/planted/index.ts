import type { Engine } from '../../../src/store/engine.ts';
import { rowsOf0001 } from './0001-people-accounts.ts';
import { rowsOf0002 } from './0002-usage-history.ts';
import { rowsOf0003 } from './0003-credits.ts';
import { rowsOf0004 } from './0004-planned-events.ts';
import { rowsOf0005 } from './0005-alerts.ts';
import { rowsOf0006 } from './0006-reports.ts';
import { rowsOf0007 } from './0007-embed-tokens.ts';

/** Rows by the table they stand in; parents stand before their children. */
export type Rows = Record<string, Record<string, unknown>[]>;

/**
 * What each version of the schema brought in rows: planted as soon as the version is there, before
 * the next. A migration that gives an old row another shape says so in its own test.
 */
export const PLANTED: Record<string, (engine: Engine) => Rows> = {
  '0001-people-accounts': rowsOf0001,
  '0002-usage-history': rowsOf0002,
  '0003-credits': rowsOf0003,
  '0004-planned-events': rowsOf0004,
  '0005-alerts': rowsOf0005,
  '0006-reports': rowsOf0006,
  '0007-embed-tokens': rowsOf0007,
};
