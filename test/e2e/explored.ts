import { findAccount } from '../../src/accounts/accounts.ts';
import { syncJob } from '../../src/history/sync-account.ts';
import { testLease } from '../history/synced.ts';
import { signIn } from '../support/sign-in.ts';
import { storeAccount } from '../support/stored-account.ts';
import { test as panelTest } from './panel.ts';

/** The panel with two accounts, one of which was read from fal; once for each panel. */
export const test = panelTest.extend<object, { copy: undefined }>({
  copy: [
    async ({ panel: { services, fal } }, use) => {
      const { admin, locked } = fal.keys;
      const first = { slug: 'futurelab', name: 'FutureLab', key: admin, isDefault: true };
      await storeAccount(services, first);
      await storeAccount(services, { slug: 'bodas', name: 'Bodas & XV', key: locked, color: 2 });
      const read = await findAccount(services.store.db, 'futurelab');
      await syncJob(services, read?.id ?? '').run(testLease());
      await signIn(services, 'viewer');
      await use(undefined);
    },
    { scope: 'worker', auto: true },
  ],
});
