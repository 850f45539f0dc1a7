import { writeSync } from 'node:fs';
import { recordAudit } from '../../../src/audit/audit.ts';
import { createLogger } from '../../../src/log.ts';
import { openStore } from '../../../src/store/store.ts';
import { toText } from '../../../src/store/values.ts';

/**
 * Writes until it is killed: a row and its audit entry in one transaction, and only when that is
 * committed the row's name to standard output, past every buffer.
 */
const [databaseUrl, dataDir = '', series = ''] = process.argv.slice(2);
writeSync(1, 'begun\n');
const store = await openStore({
  databaseUrl: databaseUrl || null,
  dataDir,
  log: createLogger('silent'),
});
const actor = { kind: 'command_line', name: '', address: null } as const;
for (let index = 0; ; index += 1) {
  const name = `${series}-${index}`;
  const now = Temporal.Now.instant();
  await store.db.transaction().execute(async (trx) => {
    const row = { name, value: 'x'.repeat(index % 3_000), updated_at: toText(now) };
    await trx.insertInto('settings').values(row).execute();
    await recordAudit(trx, now, { actor, action: 'settings.changed', target: name });
  });
  writeSync(1, `${name}\n`);
}
