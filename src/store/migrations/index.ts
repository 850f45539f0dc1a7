import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine.ts';
import * as peopleAndAccounts from './0001-people-accounts.ts';
import * as usageHistory from './0002-usage-history.ts';
import * as credits from './0003-credits.ts';
import * as plannedEvents from './0004-planned-events.ts';
import * as alerts from './0005-alerts.ts';
import * as reports from './0006-reports.ts';
import * as embedTokens from './0007-embed-tokens.ts';

/** Every version of the schema, in order. What has been released is never changed. */
export function migrationsFor(engine: Engine): Record<string, Migration> {
  return {
    '0001-people-accounts': { up: (db) => peopleAndAccounts.up(db, engine) },
    '0002-usage-history': { up: (db) => usageHistory.up(db, engine) },
    '0003-credits': { up: (db) => credits.up(db) },
    '0004-planned-events': { up: (db) => plannedEvents.up(db) },
    '0005-alerts': { up: (db) => alerts.up(db) },
    '0006-reports': { up: (db) => reports.up(db) },
    '0007-embed-tokens': { up: (db) => embedTokens.up(db) },
  };
}
