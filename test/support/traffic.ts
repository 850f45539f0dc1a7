import fc from 'fast-check';
import { keyId, madeUpKey } from '../../src/demo/accounts.ts';
import {
  type BillingRequest,
  type Caller,
  type Correction,
  charge,
} from '../../src/demo/billing-request.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Longer than this fal is not known to take, for late usage as for corrections. */
const LATEST_MS = 72 * HOUR_MS;

const FAMILY = 'fal-ai/kling-video/v2.1/standard';

/** What can be called, with prices in nano-USD: several units, several prices, other ids on the bill. */
const OFFERS: readonly Pick<
  BillingRequest,
  'endpointId' | 'billedId' | 'unit' | 'unitPriceNano'
>[] = [
  offer('fal-ai/flux/dev', 'images', 25_000_000n),
  offer('fal-ai/flux/dev', 'images', 30_000_000n),
  offer('fal-ai/flux/dev', 'megapixels', 25_000_000n),
  offer('fal-ai/flux/dev/image-to-image', 'images', 25_000_000n),
  offer('fal-ai/fast-sdxl', 'compute seconds', 1_110_000n),
  offer('fal-ai/whisper', 'seconds', 555_556n),
  offer('fal-ai/a-nano', 'units', 1n),
  offer('fal-ai/for-free', 'units', 0n),
  offer(`${FAMILY}/image-to-video`, 'seconds', 50_000_000n, FAMILY),
  offer(`${FAMILY}/text-to-video`, 'seconds', 50_000_000n, FAMILY),
];

/** Every id that can be called, as analytics has to be asked for them. */
export const CALLED_IDS = [...new Set(OFFERS.map(({ endpointId }) => endpointId))];

const SOMEBODY: Caller = { detail: 'Cabina 1', apiKeyId: keyId(madeUpKey('a1')) };
/** Keys, two of one name; a person; and somebody of whom fal says neither. */
const CALLERS: readonly Caller[] = [
  SOMEBODY,
  { detail: 'Cabina 2', apiKeyId: keyId(madeUpKey('a2')) },
  { detail: 'Cabina 2', apiKeyId: keyId(madeUpKey('a3')) },
  { detail: 'ana', loginUsername: 'ana' },
  { detail: 'User token' },
];

/** By which they are told apart. */
export const CALLER_IDS = [
  ...new Set(CALLERS.map((caller) => caller.apiKeyId ?? caller.loginUsername ?? caller.detail)),
];

/** Some times are likelier than others: buckets begin at them. */
const momentsOfHour = fc.oneof(
  fc
    .tuple(fc.constantFrom(0, 15, 30, 45), fc.constantFrom(0, 1, MINUTE_MS - 1))
    .map(([minute, ms]) => minute * MINUTE_MS + ms),
  fc.nat({ max: HOUR_MS - 1 }),
);

const quantities = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 4n }).map((count) => count * 10n ** 9n) },
  { weight: 4, arbitrary: fc.bigInt({ min: 1n, max: 100n * 10n ** 9n }) },
  { weight: 1, arbitrary: fc.constant(0n) },
);

const delays = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat({ max: HOUR_MS }) },
  { weight: 1, arbitrary: fc.nat({ max: LATEST_MS }) },
);

/** To as many times the cost, or a nano more; the units as many times too, or as they were. */
const corrections = fc.option(
  fc.record({
    afterMs: fc.integer({ min: 1, max: LATEST_MS }),
    times: fc.constantFrom(0n, 1n, 3n),
    nanoMore: fc.constantFrom(0n, 1n),
    withQuantity: fc.boolean(),
  }),
  { freq: 8 },
);

const calls = fc.record({
  day: fc.nat(),
  hour: fc.nat({ max: 23 }),
  momentOfHour: momentsOfHour,
  offer: fc.constantFrom(...OFFERS),
  caller: fc.constantFrom(...CALLERS),
  outcome: fc.oneof(
    { weight: 8, arbitrary: fc.constant('success' as const) },
    { weight: 2, arbitrary: fc.constant('user_error' as const) },
    { weight: 1, arbitrary: fc.constant('server_error' as const) },
  ),
  isFailureBilled: fc.boolean(),
  quantityNano: quantities,
  percentDiscount: fc.constantFrom(null, null, null, 0, 12.5, 33.33, 100),
  delayMs: delays,
  correction: corrections,
  hasSurcharge: fc.nat({ max: 9 }).map((luck) => luck === 9),
  durationMs: fc.nat({ max: 40_000 }),
});

type Call = typeof calls extends fc.Arbitrary<infer T> ? T : never;

/**
 * Random traffic, oldest first: models of several units, prices and discounts, some billed under
 * another id; keys, people and callers without either; failures, billed or not; calls for free;
 * second charges of one request; usage that is known up to 72 hours late or corrected up to 72 hours
 * later; hours in which nothing ever happens; and times at the edges of buckets. It shrinks call by
 * call, and the same seed of fast-check's gives the same traffic.
 * @param shape `requests`: how many calls there are, from tens to thousands; a second charge of one
 *   comes on top. All of them happen in `days` days from `start` on, a whole UTC hour.
 */
export function traffic(shape: {
  start: Temporal.Instant;
  days: number;
  requests: { min: number; max: number };
}): fc.Arbitrary<BillingRequest[]> {
  const { start, days, requests } = shape;
  const quietHours = fc.uniqueArray(fc.nat({ max: 23 }), { maxLength: 20 });
  const list = fc.array(calls, { minLength: requests.min, maxLength: requests.max, size: 'max' });
  return fc.tuple(quietHours, list).map(([quiet, all]) => {
    const open = Array.from({ length: 24 }, (_, hour) => hour).filter(
      (hour) => !quiet.includes(hour),
    );
    const timeOf = ({ day, hour, momentOfHour }: Call) =>
      start.epochMilliseconds +
      (day % days) * DAY_MS +
      (open[hour % open.length] ?? 0) * HOUR_MS +
      momentOfHour;
    return all
      .flatMap((call, index) => chargesOf(call, timeOf(call), `request-${index + 1}`))
      .sort((a, b) => a.atMs - b.atMs);
  });
}

/** One call of everything there is, paid for and never corrected: whoever sees these knows all ids. */
export function oneOfEach(at: Temporal.Instant): BillingRequest[] {
  return OFFERS.map((each, index) => {
    const quantityNano = 10n ** 9n;
    return {
      requestId: `one-of-each-${index + 1}`,
      atMs: at.epochMilliseconds,
      ...each,
      caller: SOMEBODY,
      outcome: 'success',
      call: true,
      quantityNano,
      percentDiscount: null,
      ...charge(quantityNano, each.unitPriceNano, null),
      durationMs: 1_000,
      prepareMs: 100,
      coldBootMs: 0,
    };
  });
}

/** From when on nothing about the traffic changes any more, in epoch milliseconds. */
export function settledMs(requests: readonly BillingRequest[]): number {
  return requests.reduce(
    (latest, { atMs, knownAtMs = atMs, correction }) =>
      Math.max(latest, knownAtMs, correction?.atMs ?? 0),
    0,
  );
}

function chargesOf(call: Call, atMs: number, requestId: string): BillingRequest[] {
  const { offer, caller, outcome, percentDiscount, durationMs, delayMs, correction } = call;
  const isBilled = outcome === 'success' || (outcome === 'user_error' && call.isFailureBilled);
  const quantityNano = isBilled ? call.quantityNano : 0n;
  const { costNano, ...sums } = charge(quantityNano, offer.unitPriceNano, percentDiscount);
  const first: BillingRequest = {
    requestId,
    atMs,
    ...offer,
    caller,
    outcome,
    call: true,
    quantityNano,
    percentDiscount,
    costNano,
    ...sums,
    durationMs,
    prepareMs: Math.round(durationMs / 10),
    coldBootMs: 0,
    ...(delayMs > 0 && { knownAtMs: atMs + delayMs }),
    ...(correction &&
      isBilled && { correction: correctionOf({ atMs, quantityNano, costNano }, correction) }),
  };
  if (!isBilled || !call.hasSurcharge) return [first];
  const { correction: _, ...alike } = first;
  const price = { unit: 'searches', unitPriceNano: 15_000_000n, quantityNano: 10n ** 9n };
  const second = charge(price.quantityNano, price.unitPriceNano, percentDiscount);
  return [first, { ...alike, call: false, ...price, ...second }];
}

function correctionOf(
  { atMs, quantityNano, costNano }: Pick<BillingRequest, 'atMs' | 'quantityNano' | 'costNano'>,
  { afterMs, times, nanoMore, withQuantity }: NonNullable<Call['correction']>,
): Correction {
  const quantity = withQuantity ? quantityNano * times : quantityNano;
  return {
    atMs: atMs + afterMs,
    // What is not billed costs nothing.
    costNano: quantity === 0n ? 0n : costNano * times + nanoMore,
    ...(withQuantity && { quantityNano: quantity }),
  };
}

function offer(endpointId: string, unit: string, unitPriceNano: bigint, billedId = endpointId) {
  return { endpointId, billedId, unit, unitPriceNano };
}
