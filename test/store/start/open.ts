import { createLogger } from '../../../src/log.ts';
import { openStore } from '../../../src/store/store.ts';

/** Waits for a word, so that many of these open the same store at the same moment. */
const [databaseUrl, dataDir = ''] = process.argv.slice(2);
process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  const store = await openStore({
    databaseUrl: databaseUrl || null,
    dataDir,
    log: createLogger('silent'),
  });
  await store.close();
  process.exit();
});
