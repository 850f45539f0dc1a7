import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { emptyPlace, openAt } from '../support/stores.ts';

const timeout = sql<string>`current_setting('idle_in_transaction_session_timeout')`.as('timeout');

test('PostgreSQL ends a transaction that does nothing, but no stream whose consumer pauses', async () => {
  const { db, reader } = await openAt(await emptyPlace('postgres'));
  const asked = await db.transaction().execute((trx) => trx.selectNoFrom(timeout).execute());
  expect(asked).toEqual([{ timeout: '30s' }]);
  expect(await Array.fromAsync(reader.stream((on) => on.selectNoFrom(timeout)))).toEqual([
    { timeout: '0' },
  ]);
  // Only of that transaction: its connection is used again.
  expect(await db.selectNoFrom(timeout).execute()).toEqual([{ timeout: '30s' }]);
});
