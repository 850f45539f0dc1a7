import { toNano } from '../money.ts';
import { DEMO_CALLERS } from './accounts.ts';
import { type BillingRequest, charge, type Outcome } from './billing-request.ts';
import { CATALOGUE, type CatalogueModel, type Tier } from './models.ts';
import { createRandom, mixSeeds, pick, type Random, uuid } from './prng.ts';

export const HOUR_MS = 3_600_000;

/** Requests an hour at a venue on a plain day, by local hour: quiet nights, lunch, a full evening. */
const PLAIN_DAY = [
  3, 1, 0.4, 0.2, 0.2, 0.3, 0.6, 2, 5, 8, 10, 12, 16, 22, 18, 12, 11, 14, 22, 36, 46, 44, 28, 12,
];

/** Monday to Sunday: how the evening (from 18:00) and the rest of the day compare to a plain one. */
const EVENINGS = [0.8, 0.85, 0.95, 1.1, 2, 4.4, 1.1];
const DAYTIMES = [0.9, 0.9, 1, 1, 1.2, 1.6, 1.5];
const RUSH = 1.8;

/**
 * All requests of one UTC hour, oldest first. The same hour and seed always give the same
 * requests, whenever they are asked for.
 * @param timezone where the venue is (IANA).
 */
export function trafficOfHour(seed: number, hourMs: number, timezone: string): BillingRequest[] {
  const random = createRandom(mixSeeds(seed, hourMs / HOUR_MS));
  const expected = requestsExpected(seed, hourMs, timezone) * (0.75 + random() / 2);
  const count = Math.floor(expected + random());
  const requests = Array.from({ length: count }, () => requestIn(random, hourMs)).flat();
  return requests.sort((a, b) => a.atMs - b.atMs);
}

function requestsExpected(seed: number, hourMs: number, timezone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(hourMs).toZonedDateTimeISO(timezone);
  const { hour, dayOfWeek, year, dayOfYear } = local;
  const factors = hour >= 18 ? EVENINGS : DAYTIMES;
  // Somewhere in each evening the crowd comes all at once.
  const rushHour = 19 + (mixSeeds(seed, year * 366 + dayOfYear) % 4);
  const rush = hour === rushHour ? RUSH : 1;
  return (PLAIN_DAY[hour] ?? 0) * (factors[dayOfWeek - 1] ?? 1) * rush;
}

/** A request is one charge, sometimes two. */
function requestIn(random: Random, hourMs: number): BillingRequest[] {
  const model = pick(random, CATALOGUE);
  const atMs = hourMs + Math.floor(random() * HOUR_MS);
  const outcome = outcomeOf(random);
  const { caller } = pick(random, DEMO_CALLERS);
  const [fastest, slowest] = model.seconds;
  const durationMs = Math.round((fastest + random() ** 3 * (slowest - fastest)) * 1000);
  const coldBootMs = random() < 0.04 ? Math.round(1000 + random() * 9000) : 0;
  const common = {
    requestId: uuid(random),
    atMs,
    endpointId: model.endpointId,
    billedId: model.billedId ?? model.endpointId,
    caller,
    outcome,
    percentDiscount: discountAt(model, atMs),
    durationMs: outcome === 'success' ? durationMs : Math.round(durationMs / 4),
    prepareMs: Math.round(80 + random() * 900) + coldBootMs,
    coldBootMs,
  };
  // Server errors are free; a third of what the caller did wrong is charged all the same.
  const billed = outcome === 'success' || (outcome === 'user_error' && random() < 1 / 3);
  const first = {
    ...common,
    call: true,
    ...bill(random, pick(random, model.tiers), common, billed),
  };
  const { surcharge } = model;
  if (!billed || !surcharge || random() >= surcharge.share) return [first];
  return [first, { ...common, call: false, ...bill(random, surcharge, common, true) }];
}

function bill(
  random: Random,
  tier: Tier,
  { percentDiscount }: { percentDiscount: number | null },
  billed: boolean,
) {
  const unitPriceNano = toNano(tier.unitPrice);
  const quantityNano = billed ? toNano(tier.quantity(random)) : 0n;
  return {
    unit: tier.unit,
    unitPriceNano,
    quantityNano,
    ...charge(quantityNano, unitPriceNano, percentDiscount),
  };
}

function outcomeOf(random: Random): Outcome {
  const luck = random();
  if (luck < 0.015) return 'server_error';
  return luck < 0.045 ? 'user_error' : 'success';
}

function discountAt({ discount }: CatalogueModel, atMs: number): number | null {
  if (!discount) return null;
  const { day } = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO('UTC');
  return day >= discount.fromDay ? discount.percent : null;
}
