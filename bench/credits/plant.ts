import { type Kysely, sql } from 'kysely';
import { PURCHASE_DAYS } from '../../src/credits/ledger.ts';
import { insertEntries } from '../../src/credits/ledger-rows.ts';
import { slotCosts } from '../../src/credits/queries.ts';
import { slotStart } from '../../src/history/slots.ts';
import { NANO_PER_UNIT } from '../../src/money.ts';
import { WHOLE_PERCENT } from '../../src/planner/expected-cost.ts';
import type { PlannedEvent } from '../../src/planner/planned-event.ts';
import { putEvent } from '../../src/planner/queries.ts';
import type { Engine } from '../../src/store/engine.ts';
import { jsonRows, textCell } from '../../src/store/json-rows.ts';
import type { Tables } from '../../src/store/tables.ts';
import { toText } from '../../src/store/values.ts';
import { END, MODELS, ZONE } from '../history/ten-million-rows.ts';

/** Whose credits they are. */
export const ACCOUNT = 'account-7';
const PURCHASES = 30;
const EVENTS = 20;
/** An event that has begun and is not over. */
export const EVENT_ON = 'event-on';
/** How often every model got another price. */
const PRICE_CHANGES = 4;
/** About one in ten minutes, for a year. */
const SAMPLES = 50_000;
const YEAR_MS = 364 * 86_400_000;
/** To spend a year of. */
const AMOUNT = 5_000n * NANO_PER_UNIT;

/**
 * A year of balances that fall as usage goes, of purchases and of prices, and 21 events of three models
 * and a key: ten that were closed, ten to come, one that is on.
 */
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
  await putEvent(db, eventAt(EVENT_ON, END.subtract({ hours: 3 })), END.toInstant());
  const priceMs = (index: number) => startMs + (YEAR_MS * index) / (PRICE_CHANGES + 1);
  await db
    .insertInto('model_prices')
    .values(
      Array.from({ length: MODELS * (PRICE_CHANGES + 1) }, (_, index) => {
        const change = index % (PRICE_CHANGES + 1);
        return {
          endpoint_id: `fal-ai/model-${Math.floor(index / (PRICE_CHANGES + 1)) + 1}`,
          from_at: toText(instant(priceMs(change))),
          until_at: toText(instant(priceMs(change + 1))),
          ...{
            unit: 'images',
            unit_price: 5_000_000n + 100_000n * BigInt(change),
            currency: 'USD',
          },
        };
      }),
    )
    .execute();
}

function ended(slot: number): number {
  return slotStart(slot + 60).epochMilliseconds;
}

/** Six hours long, and closed where it is over. */
function eventAt(id: string, start: Temporal.ZonedDateTime): PlannedEvent {
  const end = start.add({ hours: 6 });
  const isOver = Temporal.ZonedDateTime.compare(end, END) <= 0;
  return {
    ...{ id, accountId: ACCOUNT, name: id, venue: '', client: '', note: '', timezone: ZONE },
    ...{ start: start.toInstant(), end: end.toInstant() },
    ...{ participants: 400, outputsPerParticipant: NANO_PER_UNIT, pricePerOutput: null },
    ...{ allowancePercent: 0n, marginPercent: 10n * NANO_PER_UNIT },
    models: SHARES.map(([endpointId, percent]) => {
      return { endpointId, share: (WHOLE_PERCENT * percent) / 100n, unitsPerOutput: null };
    }),
    ...{ peakParticipants: 120, concurrency: 10, apiKeyIds: ['key-7-2'] },
    participantsCame: isOver ? 380 : null,
    priceCharged: isOver ? AMOUNT : null,
    closedAt: isOver ? end.toInstant() : null,
    version: 1,
  };
}

const SHARES = [
  ['fal-ai/model-3', 60n],
  ['fal-ai/model-5', 30n],
  ['fal-ai/model-8', 10n],
] as const;
