import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { restoreSqlite } from '../store/backup.ts';
import { SQLITE_FILE } from '../store/store.ts';
import { orCommandError } from './backup.ts';
import { type Command, CommandError, UsageError } from './command.ts';

export const restore: Command = {
  name: 'restore',
  summary: 'puts a backup in the place of the database; stop the panel first',
  usage: `Usage: npm run -s cli -- restore FILE

Puts a backup in the place of the SQLite database. It is refused while the panel runs, and for a file
that is damaged, not a panel's, or of a newer panel; then nothing is changed. The database that is
replaced is kept beside it, and its path is printed.

Start the panel with the APP_SECRET that the backup was made under. PostgreSQL has its own tool:
pg_restore (docs/operations.md).`,

  async run(args, { config, print }) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [named, ...more] = positionals;
    if (named === undefined) throw new UsageError('Which FILE?');
    if (more.length > 0) throw new UsageError(`One file at a time: "${more[0]}" is one too many.`);
    if (config.databaseUrl) {
      throw new CommandError(
        'The database is PostgreSQL, which has its own tool for it: ' +
          'pg_restore --clean --if-exists --no-owner --single-transaction --dbname="$DATABASE_URL" panel.dump',
      );
    }
    const file = resolve(config.dataDir, SQLITE_FILE);
    const now = Temporal.Now.instant();
    const aside = orCommandError(() => restoreSqlite(resolve(named), file, now));
    print(`restored: ${file}`);
    if (aside !== null) print(`the database before: ${aside}`);
  },
};
