import { createLogger } from '../../../src/log.ts';
import { openStore } from '../../../src/store/store.ts';

const [dataDir = ''] = process.argv.slice(2);
const { reader } = await openStore({ databaseUrl: null, dataDir, log: createLogger('silent') });
await reader.snapshot((db) => db.selectFrom('settings').selectAll().execute());
process.stdout.write('asked');
