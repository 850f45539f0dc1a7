import { keyId, madeUpKey } from '../../src/demo/accounts.ts';
import { type BillingRequest, type Caller, charge } from '../../src/demo/billing-request.ts';
import { type CatalogueModel, findModel } from '../../src/demo/models.ts';
import { pick, type Random, uuid } from '../../src/demo/prng.ts';
import { toNano } from '../../src/money.ts';

/** Its clocks go forward in the night of 28 to 29 March. */
export const ZONE = 'Europe/Madrid';
export const FIRST_DAY = Temporal.ZonedDateTime.from(`2026-02-16T00:00[${ZONE}]`);
/** Before the season there is nothing but everyday use. */
export const DAYS_BEFORE = 35;
/** Everyday use goes on for so long after the last event, so that it is known when credits would end. */
const DAYS_AFTER = 35;
/** From then on the model that is used most costs a fifth more. */
const PRICE_CHANGE = { endpointId: 'fal-ai/flux-pro/kontext', day: 45, times: 1.2 };

export const ADMIN_KEY = madeUpKey('aa');
const BOOTH_KEY = madeUpKey('c1');
const BOOTH: Caller = { detail: 'Cabina 1', apiKeyId: keyId(BOOTH_KEY) };
const OFFICE: Caller = { detail: 'Oficina', apiKeyId: keyId(madeUpKey('c2')) };

/** An event as it is planned, and as it turns out. */
export interface SeasonEvent {
  name: string;
  start: Temporal.ZonedDateTime;
  end: Temporal.ZonedDateTime;
  /** As planned. */
  participants: number;
  outputsPerParticipant: number;
  models: { endpointId: string; share: number; unitsPerOutput?: number }[];
  /** Every call made at it. */
  requests: BillingRequest[];
}

export interface Season {
  days: number;
  events: SeasonEvent[];
  /** All there is to bill, oldest first: events, and every day from long before to long after. */
  requests: BillingRequest[];
}

/** By which the events' calls are told from the others. */
export const BOOTH_KEY_ID = keyId(BOOTH_KEY);

const KONTEXT = 'fal-ai/flux-pro/kontext';
const GEMINI = 'fal-ai/gemini-3-pro-image-preview/edit';
const VIDEO = 'fal-ai/kling-video/v2.1/standard/image-to-video';
const SDXL = 'fal-ai/fast-sdxl';
const UPSCALER = 'fal-ai/clarity-upscaler';

const MIXES: readonly SeasonEvent['models'][] = [
  [{ endpointId: KONTEXT, share: 100 }],
  [
    { endpointId: KONTEXT, share: 70 },
    { endpointId: GEMINI, share: 30 },
  ],
  [
    { endpointId: GEMINI, share: 60 },
    { endpointId: SDXL, share: 40 },
  ],
  [
    { endpointId: KONTEXT, share: 85 },
    { endpointId: VIDEO, share: 15, unitsPerOutput: 5 },
  ],
  [
    { endpointId: GEMINI, share: 80 },
    { endpointId: UPSCALER, share: 20 },
  ],
];
/** Somebody tries something out at the office each day. */
const EVERYDAY = [
  { endpointId: KONTEXT, share: 45 },
  { endpointId: GEMINI, share: 25 },
  { endpointId: SDXL, share: 15 },
  { endpointId: UPSCALER, share: 10 },
  { endpointId: VIDEO, share: 5 },
];
/** Calls of an everyday, Monday to Sunday. */
const CALLS = [26, 28, 30, 34, 48, 60, 38];

/** When events begin: days after the last one, and hours of the day. Two are on at once, one is in the night of the clocks. */
const RHYTHM: readonly { weekday: number; hour: number; hours: number }[] = [
  { weekday: 6, hour: 18, hours: 5 },
  { weekday: 5, hour: 20, hours: 6 },
  { weekday: 6, hour: 21, hours: 7 },
  { weekday: 4, hour: 10, hours: 8 },
  { weekday: 6, hour: 12, hours: 9 },
  { weekday: 6, hour: 19, hours: 4 },
  { weekday: 7, hour: 11, hours: 6 },
];

/** The same season for the same random numbers. */
export function seasonOf(random: Random, weeks: number, count: number): Season {
  const events = Array.from({ length: count }, (_, index) => {
    const week = Math.floor((index * weeks) / count);
    const { weekday, hour, hours } = RHYTHM[index % RHYTHM.length] ?? {
      weekday: 6,
      hour: 18,
      hours: 5,
    };
    const start = FIRST_DAY.add({ days: 7 * week + weekday - 1 }).with({ hour });
    return eventOf(random, index, start, start.add({ hours }));
  });
  const everyday = Array.from({ length: DAYS_BEFORE + weeks * 7 + DAYS_AFTER }, (_, index) =>
    everydayOf(random, FIRST_DAY.add({ days: index - DAYS_BEFORE })),
  );
  const requests = [...everyday, ...events.map((event) => event.requests)].flat();
  return {
    days: weeks * 7,
    events: events.sort((one, other) => Temporal.ZonedDateTime.compare(one.start, other.start)),
    requests: requests.sort((one, other) => one.atMs - other.atMs),
  };
}

/** What fal lists for a model at a moment, USD. */
export function listPrice(endpointId: string, atMs: number): { unit: string; unitPrice: number } {
  const [{ unit, unitPrice }] = modelOf(endpointId).tiers;
  return { unit, unitPrice: unitPrice * timesAt(endpointId, atMs) };
}

function eventOf(
  random: Random,
  index: number,
  start: Temporal.ZonedDateTime,
  end: Temporal.ZonedDateTime,
): SeasonEvent {
  const participants = 120 + 20 * Math.floor(random() * 20);
  const outputsPerParticipant = index % 3 === 2 ? 2 : 1;
  const models = MIXES[index % MIXES.length] ?? [];
  // Guests come as they like, and some of what they get is made again.
  const guests = Math.round(participants * (0.85 + random() * 0.3));
  const calls = Math.round(guests * outputsPerParticipant * (1 + random() * 0.1));
  const ms = end.epochMilliseconds - start.epochMilliseconds;
  const requests = Array.from({ length: calls }, () => {
    // More come in the middle.
    const atMs = start.epochMilliseconds + Math.floor(((random() + random()) / 2) * ms);
    return requestOf(random, atMs, pick(random, models), BOOTH);
  });
  return {
    ...{ name: `Evento ${index + 1}`, start, end, participants, outputsPerParticipant, models },
    requests: requests.flat(),
  };
}

function everydayOf(random: Random, day: Temporal.ZonedDateTime): BillingRequest[] {
  const count = Math.round((CALLS[day.dayOfWeek - 1] ?? 0) * (0.6 + random() * 0.8));
  return Array.from({ length: count }, () => {
    const atMs = day.add({ seconds: Math.floor((9 + random() * 12) * 3_600) }).epochMilliseconds;
    return requestOf(random, atMs, pick(random, EVERYDAY), OFFICE);
  }).flat();
}

/** One charge, sometimes two. */
function requestOf(
  random: Random,
  atMs: number,
  { endpointId, unitsPerOutput }: { endpointId: string; unitsPerOutput?: number },
  caller: Caller,
): BillingRequest[] {
  const model = modelOf(endpointId);
  const tier = pick(random, model.tiers);
  const isFailure = random() < 0.02;
  const common = {
    requestId: uuid(random),
    atMs,
    endpointId,
    billedId: model.billedId ?? endpointId,
    caller,
    outcome: isFailure ? ('server_error' as const) : ('success' as const),
    percentDiscount: null,
    durationMs: 4_000,
    prepareMs: 100,
    coldBootMs: 0,
  };
  const quantity = unitsPerOutput ?? tier.quantity(random);
  const times = timesAt(endpointId, atMs);
  const bill = (unit: string, unitPrice: number, units: number) => {
    const [quantityNano, unitPriceNano] = [toNano(units), toNano(unitPrice * times)];
    return { unit, unitPriceNano, quantityNano, ...charge(quantityNano, unitPriceNano, null) };
  };
  const first = {
    ...common,
    call: true,
    ...bill(tier.unit, tier.unitPrice, isFailure ? 0 : quantity),
  };
  const { surcharge } = model;
  if (isFailure || !surcharge || random() >= surcharge.share) return [first];
  return [first, { ...common, call: false, ...bill(surcharge.unit, surcharge.unitPrice, 1) }];
}

function timesAt(endpointId: string, atMs: number): number {
  const from = FIRST_DAY.add({ days: PRICE_CHANGE.day }).epochMilliseconds;
  return endpointId === PRICE_CHANGE.endpointId && atMs >= from ? PRICE_CHANGE.times : 1;
}

function modelOf(endpointId: string): CatalogueModel {
  const model = findModel(endpointId);
  if (!model) throw new Error(`no model ${endpointId}`);
  return model;
}
