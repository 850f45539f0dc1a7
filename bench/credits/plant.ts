import { type Kysely, sql } from 'kysely';
import { PURCHASE_DAYS } from '../../src/credits/ledger.ts';
import { insertEntries } from '../../src/credits/ledger-rows.ts';
import { slotCosts } from '../../src/credits/queries.ts';
import { slotStart } from '../../src/history/slots.ts';
import { NANO_PER_UNIT } from '../../src/money.ts';
import { WHOLE_PERCENT } from '../../src/planner/expected-cost.ts';
import { putEvent } from '../../src/planner/queries.ts';
import type { Engine } from '../../src/store/engine.ts';
import { jsonRows, textCell } from '../../src/store/json-rows.ts';
import type { Tables } from '../../src/store/tables.ts';
import { toText } from '../../src/store/values.ts';
import { END, ZONE } from '../history/ten-million-rows.ts';

/** Whose credits they are. */
export const ACCOUNT = 'account-7';
const PURCHASES = 30;
const EVENTS = 20;
/** About one in ten minutes, for a year. */
const SAMPLES = 50_000;
const YEAR_MS = 364 * 86_400_000;
/** To spend a year of. */
const AMOUNT = 5_000n * NANO_PER_UNIT;

/** A year of balances that fall as usage goes, of purchases, and events of which half are to come. */
export async function plantCredits(db: Kysely<Tables>, engine: Engine): Promise<void> {
  const startMs = END.epochMilliseconds - YEAR_MS;
  const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(Math.round(ms));
  const boughtMs = (index: number) => startMs + (YEAR_MS * index) / PURCHASES;
  await insertEntries(
    db,
    Array.from({ length: PURCHASES }, (_, index) => ({
      ...{ id: `entry-${index}`, accountId: ACCOUNT, revision: 0, isVoid: false },
      ...{ kind: 'purchase' as const, amount: AMOUNT, currency: 'USD', note: '' },
      ...{ source: 'hand' as const, seenAfter: null, recordedBy: 'ana' },
      at: instant(boughtMs(index)),
      expiresAt: instant(boughtMs(index) + PURCHASE_DAYS * 86_400_000),
      recordedAt: instant(boughtMs(index)),
    })),
  );
  const costs = await slotCosts(db, engine, ACCOUNT, [
    { from: instant(startMs), to: END.toInstant() },
  ]);
  const rows: string[][] = [];
  let [spent, next] = [0n, 0];
  for (let index = 0; index < SAMPLES; index += 1) {
    const atMs = startMs + (YEAR_MS * (index + 1)) / SAMPLES;
    for (let each = costs[next]; each && ended(each.slot) <= atMs; each = costs[next]) {
      spent += each.cost;
      next += 1;
    }
    const bought = Math.min(PURCHASES, Math.floor(((atMs - startMs) * PURCHASES) / YEAR_MS) + 1);
    const at = toText(instant(atMs));
    // As if something had changed each time: rows are not put together.
    rows.push([at, at, String(AMOUNT * BigInt(bought) - spent - BigInt(index))]);
  }
  await sql`
    insert into balance_samples (account_id, from_at, until_at, balance, currency, reason)
    select ${ACCOUNT}, ${textCell(0)}, ${textCell(1)}, cast(${textCell(2)} as bigint), 'USD', null
    from ${jsonRows(engine, JSON.stringify(rows))}`.execute(db);
  for (let index = 0; index < EVENTS; index += 1) {
    const start = END.add({ days: 7 * (index - EVENTS / 2) }).add({ hours: 18 });
    await putEvent(db, eventAt(`event-${index}`, start), END.toInstant());
  }
}

function ended(slot: number): number {
  return slotStart(slot + 60).epochMilliseconds;
}

function eventAt(id: string, start: Temporal.ZonedDateTime) {
  return {
    ...{ id, accountId: ACCOUNT, name: id, venue: '', client: '', note: '', timezone: ZONE },
    ...{ start: start.toInstant(), end: start.add({ hours: 6 }).toInstant() },
    ...{ participants: 400, outputsPerParticipant: NANO_PER_UNIT, pricePerOutput: NANO_PER_UNIT },
    ...{ allowancePercent: 0n, marginPercent: 10n * NANO_PER_UNIT },
    models: [{ endpointId: 'fal-ai/model-3', share: WHOLE_PERCENT, unitsPerOutput: null }],
    ...{ peakParticipants: null, concurrency: null, apiKeyIds: ['key-7-2'] },
    ...{ participantsCame: null, priceCharged: null, closedAt: null, version: 1 },
  };
}
