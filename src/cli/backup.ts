import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BackupError, backUpSqlite, fileTime } from '../store/backup.ts';
import { SQLITE_FILE } from '../store/store.ts';
import { type Command, CommandError, UsageError } from './command.ts';

/** Where backups go that are given no name, in the data folder. */
const FOLDER = 'backups';

export const backup: Command = {
  name: 'backup',
  summary: 'copies the database to a file, also while the panel runs',
  usage: `Usage: npm run -s cli -- backup [FILE]

Copies the SQLite database as it is at this moment, also while the panel runs, checks the copy and
prints its path. Without a FILE it goes to DATA_DIR/${FOLDER}/panel-<UTC time>.sqlite. A file that is
there is never written over.

The copy is of no use without the APP_SECRET that it was made under, or the file DATA_DIR/app-secret:
keep that too, in another place. PostgreSQL has its own tool: pg_dump (docs/operations.md).`,

  async run(args, { config, print }) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [named, ...more] = positionals;
    if (more.length > 0) throw new UsageError(`One file at a time: "${more[0]}" is one too many.`);
    if (config.databaseUrl) {
      throw new CommandError(
        'The database is PostgreSQL, which has its own tool for a copy: ' +
          'pg_dump --format=custom --no-owner --file=panel.dump "$DATABASE_URL"',
      );
    }
    const usual = `panel-${fileTime(Temporal.Now.instant())}.sqlite`;
    const target = resolve(named ?? join(config.dataDir, FOLDER, usual));
    orCommandError(() => backUpSqlite(join(config.dataDir, SQLITE_FILE), target));
    print(target);
  },
};

/** What can't be done is said in a line; @throws CommandError */
export function orCommandError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { message, syscall } = error as NodeJS.ErrnoException;
    if (!(error instanceof BackupError) && !syscall) throw error;
    throw new CommandError(message, { cause: error });
  }
}
