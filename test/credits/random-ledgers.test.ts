import fc from 'fast-check';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import type { Actor } from '../../src/audit/audit.ts';
import { burnDown } from '../../src/credits/burn-down.ts';
import { correctEntry, recordEntries, voidEntry } from '../../src/credits/change-ledger.ts';
import { type EntryFields, standing } from '../../src/credits/ledger.ts';
import { entriesOf } from '../../src/credits/ledger-rows.ts';
import { readStatement } from '../../src/credits/statement.ts';
import { slotStart } from '../../src/history/slots.ts';
import { earlier } from '../../src/instants.ts';
import { sumNano } from '../../src/money.ts';
import { digits } from '../../src/store/big-numbers.ts';
import { syncOnce } from '../history/synced.ts';
import { ENGINES, NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

const ANA: Actor = { kind: 'person', name: 'ana@example.com', address: null };
const DAYS = 10;

const fields: fc.Arbitrary<EntryFields> = fc
  .record({
    kind: fc.constantFrom('purchase' as const, 'promotion' as const, 'adjustment' as const),
    amount: fc.bigInt({ min: 1n, max: 900_000_000_000n }),
    isNegative: fc.boolean(),
    hoursAgo: fc.integer({ min: 1, max: 24 * DAYS }),
    lasts: fc.option(fc.integer({ min: 1, max: 24 * 20 })),
  })
  .map(({ kind, amount, isNegative, hoursAgo, lasts }) => {
    const at = NOW.subtract({ hours: hoursAgo });
    return {
      ...{ kind, currency: 'USD', note: '', at },
      amount: kind === 'adjustment' && isNegative ? -amount : amount,
      expiresAt: lasts === null ? null : at.add({ hours: lasts }),
    };
  });
const changes = fc.array(fc.record({ entry: fc.nat(), isVoid: fc.boolean(), corrected: fields }), {
  maxLength: 4,
});

describe.each(ENGINES)('a statement of any ledger, on %s', (engine) => {
  test('has bought = spent + expired + remaining, and estimates what is bought less what is spent', async () => {
    const panel = await startPanel({ BACKFILL_DAYS: '12' }, { engine });
    const { services, fal } = panel;
    const { db } = services.store;
    await storeAccount(services, { slug: 'booth', name: 'Booth', key: fal.keys.admin });
    await syncOnce(panel, 'booth');
    // Nobody knows the balance but by the ledger.
    await db.deleteFrom('balance_samples').execute();
    const [account] = await listAccounts(db);
    if (!account) throw new Error('no account');
    const { id } = account;
    const slots = await db
      .selectFrom('usage_slots')
      .innerJoin('usage_series', 'usage_series.id', 'usage_slots.series_id')
      .where('scope', '=', 'by_account')
      .where('measure', '=', 'billed')
      .select(['slot', digits(sql.ref('cost')).as('cost')])
      .execute();
    const used = slots.map(({ slot, cost }) => ({ at: slotStart(slot), amount: BigInt(cost) }));
    expect(used.length).toBeGreaterThan(100);

    await fc.assert(
      fc.asyncProperty(
        fc.array(fields, { minLength: 1, maxLength: 6 }),
        changes,
        async (entries, corrections) => {
          await db.deleteFrom('credit_entries').execute();
          await recordEntries(services, ANA, id, entries, 'hand');
          for (const { entry, isVoid, corrected } of corrections) {
            const known = standing(await entriesOf(db, id));
            const seen = known[entry % Math.max(known.length, 1)];
            if (!seen) continue;
            if (isVoid) await voidEntry(services, ANA, id, seen);
            else await correctEntry(services, ANA, id, seen, corrected);
          }
          const { burned, balance } = await readStatement(services, account);
          const known = standing(await entriesOf(db, id));
          const lots = known.filter(({ amount }) => amount > 0n);
          for (const { lot, spent, expired, remaining } of burned.lots) {
            expect(spent + expired + remaining).toBe(lot.amount);
            expect(spent >= 0n && expired >= 0n && remaining >= 0n).toBe(true);
          }
          const bought = sumNano(burned.lots.map(({ lot }) => lot.amount));
          expect(bought).toBe(sumNano(lots.map(({ amount }) => amount)));
          const gone = sumNano(burned.lots.map(({ spent, expired }) => spent + expired));
          // Days are as good as their hours, for those in which something comes or expires are told by them.
          const first = lots.map(({ at }) => at).reduce(earlier, NOW);
          const hour = first.round({ smallestUnit: 'hour', roundingMode: 'floor' });
          const bySlot = burnDown(
            lots.map((lot) => ({ ...lot, from: lot.at })),
            [
              ...known.flatMap(({ at, amount }) => (amount < 0n ? [{ at, amount: -amount }] : [])),
              ...used.filter(
                ({ at }) => lots.length > 0 && Temporal.Instant.compare(at, hour) >= 0,
              ),
            ],
            NOW,
          );
          expect(burned.unfunded).toBe(bySlot.unfunded);
          expect(burned.lots.map(({ lot, ...parts }) => [lot.id, parts])).toEqual(
            bySlot.lots.map(({ lot, ...parts }) => [lot.id, parts]),
          );
          expect(balance).toMatchObject({
            source: 'estimate',
            amount: lots.length === 0 ? null : bought - gone - burned.unfunded,
          });
        },
      ),
      { numRuns: 25 },
    );
  });
});
