import fc from 'fast-check';
import type { CompiledQuery, Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { insertRows } from '../../src/store/insert-rows.ts';
import type { Tables } from '../../src/store/tables.ts';

test('rows of any number go in their order, by a handful of statements', async () => {
  const statements = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.nat(1_000), async (count) => {
      const inserted: unknown[] = [];
      const trx = {
        executeQuery: async ({ sql, parameters }: CompiledQuery) => {
          statements.add(sql);
          inserted.push(...parameters);
        },
      } as unknown as Kysely<Tables>;
      const rows = Array.from({ length: count }, (_, index) => [index, -index]);
      await insertRows(
        trx,
        'postgres',
        'usage_slots',
        ['series_id', 'slot'],
        ['cost'],
        rows.flat(),
        '',
      );
      expect(inserted).toEqual(rows.flat());
    }),
  );
  expect(statements.size).toBeLessThanOrEqual(8);
});
