import { onTestFinished } from 'vitest';
import { createLogger } from '../../src/log.ts';
import type { Engine } from '../../src/store/engine.ts';
import { openStore, type Store, type StoreOptions } from '../../src/store/store.ts';
import { temporaryDatabase } from './databases.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A place for a store, with nothing in it yet, which goes when the test is over. */
export async function emptyPlace(engine: Engine): Promise<StoreOptions> {
  return {
    databaseUrl: engine === 'postgres' ? await temporaryDatabase() : null,
    dataDir: temporaryFolder(),
    log: createLogger('silent'),
  };
}

/** Opens the store at a place; it is closed when the test is over, if not before. */
export async function openAt(place: StoreOptions): Promise<Store> {
  const store = await openStore(place);
  onTestFinished(() => store.close());
  return store;
}
