import type { RuleKind } from '../../src/alerts/rule.ts';
import {
  EXHAUSTED_BALANCE,
  madeUpKey,
  type Purchase,
  type SimulatedAccount,
} from '../../src/demo/accounts.ts';
import type { BillingRequest } from '../../src/demo/billing-request.ts';
import { createRandom, mixSeeds, type Random } from '../../src/demo/prng.ts';
import { type Calls, callsOf, requestAt } from './traffic.ts';

/** The days that are replayed; in Madrid and New York clocks go back meanwhile. */
const FIRST_DAY = Temporal.PlainDate.from('2026-09-01');
export const DAYS = 90;
/** Use before them, which is what is usual later. */
export const DAYS_BEFORE = 60;

export const KONTEXT = 'fal-ai/flux-pro/kontext';
export const GEMINI = 'fal-ai/gemini-3-pro-image-preview/edit';
const VIDEO = 'fal-ai/kling-video/v2.1/standard/image-to-video';
const BOOTH = [
  { endpointId: KONTEXT, share: 65 },
  { endpointId: GEMINI, share: 35 },
];
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** From then on the model costs a quarter more, on the list and on the bill. */
export const PRICE_CHANGE = {
  endpointId: KONTEXT,
  times: 1.25,
  fromMs: instantOf(55, '00:00', 'UTC').epochMilliseconds,
};

/** An event that is planned in the panel. */
export interface WorldEvent {
  name: string;
  start: Temporal.ZonedDateTime;
  hours: number;
  participants: number;
  /** When somebody writes it down. */
  plannedAt: Temporal.Instant;
}

export interface WorldAccount {
  slug: string;
  /** Nothing out of the ordinary ever happens to it alone. */
  isOrdinary: boolean;
  zone: string;
  key: string;
  fal: SimulatedAccount;
  /** What whoever runs it would say is too much, USD: in a day, and in a month. */
  limits: { day: number; month: number };
  events: WorldEvent[];
}

/** Something that happens to the world at a moment. */
export interface Turn {
  at: Temporal.Instant;
  /** Faults of fal as a whole are told by name; the others change the account. */
  does: 'outage' | 'challenge' | 'fal_recovers' | 'panel_off' | 'panel_on' | (() => void);
}

/** What somebody has to be told of, and how soon. */
export interface Situation {
  name: string;
  /** Of which account; `null`: of one of those it happens to. */
  slug: string | null;
  kind: RuleKind;
  begins: Temporal.Instant;
  /** When it is over at the latest; what it leads to may be told until then. */
  ends: Temporal.Instant;
  /** How long after it began somebody must have been told, in minutes. */
  within: number;
  /** It happens to every account, and is to be told once for all of them. */
  isShared?: true;
  /** Of these kinds, too, something may be told meanwhile: one thing leads to another. */
  leadsTo: readonly RuleKind[];
  /** A word of what is found, where a kind finds several things. */
  subject?: string;
}

export interface World {
  accounts: WorldAccount[];
  turns: Turn[];
  situations: Situation[];
}

/** The same world for the same seed. */
export function worldOf(seed: number): World {
  const random = (salt: number) => createRandom(mixSeeds(seed, salt));
  const turns: Turn[] = [];
  const situations: Situation[] = [];
  const plot: Plot = { turns, situations };
  const accounts = [
    office(random(1)),
    weddings(random(2)),
    nights(random(3)),
    steady(random(4)),
    idle(),
    spending(random(5), plot),
    money(random(6), plot),
    access(random(7), plot),
  ];
  everybody(plot);
  turns.sort((one, other) => Temporal.Instant.compare(one.at, other.at));
  for (const { fal } of accounts) {
    if (Array.isArray(fal.traffic)) fal.traffic.sort((one, other) => one.atMs - other.atMs);
  }
  return { accounts, turns, situations };
}

type Plot = Pick<World, 'turns' | 'situations'>;

/** @param day of the replay, from 0; before it below 0. */
function zonedOf(day: number, time: string, zone: string): Temporal.ZonedDateTime {
  return FIRST_DAY.add({ days: day }).toZonedDateTime({
    timeZone: zone,
    plainTime: Temporal.PlainTime.from(time),
  });
}

export function instantOf(day: number, time: string, zone: string): Temporal.Instant {
  return zonedOf(day, time, zone).toInstant();
}

function account(
  parts: Pick<WorldAccount, 'slug' | 'isOrdinary' | 'zone' | 'limits'> & {
    requests: BillingRequest[];
    purchases?: Purchase[];
    events?: WorldEvent[];
    number: number;
  },
): WorldAccount {
  const { slug, isOrdinary, zone, limits, requests, number, events = [] } = parts;
  const key = madeUpKey(`b${number}`);
  const boughtMs = instantOf(-DAYS_BEFORE - 5, '12:00', 'UTC').epochMilliseconds;
  const plenty = [{ atMs: boughtMs, amount: 9_000, expiresAtMs: boughtMs + 365 * DAY_MS }];
  return {
    ...{ slug, isOrdinary, zone, key, limits, events },
    fal: {
      username: slug,
      balance: parts.purchases ?? plenty,
      traffic: requests,
      keys: [{ key, alias: 'Panel', scope: 'ADMIN', createdAt: '2025-01-15T12:00:00Z' }],
    },
  };
}

/** Use of every day of the world, as its weekday has it. */
function everyDay(
  random: Random,
  zone: string,
  of: (day: Temporal.ZonedDateTime, index: number) => Omit<Calls, 'models' | 'from'> | null,
  start = '09:00',
): BillingRequest[] {
  return Array.from({ length: DAYS_BEFORE + DAYS + 2 }, (_, number) => {
    const index = number - DAYS_BEFORE;
    const day = zonedOf(index, start, zone);
    const calls = of(day, index);
    if (!calls) return [];
    return callsOf(random, { ...calls, from: day, models: BOOTH, dearer: PRICE_CHANGE });
  }).flat();
}

/** Ups and downs that are nobody's fault. */
function about(random: Random, count: number): number {
  return Math.round(count * (0.6 + random() * 0.8));
}

function office(random: Random): WorldAccount {
  const zone = 'Europe/Madrid';
  const requests = everyDay(random, zone, ({ dayOfWeek }) =>
    dayOfWeek > 5 ? null : { hours: 9, count: about(random, 70) },
  );
  return account({
    ...{ slug: 'office', isOrdinary: true, zone, requests, number: 1 },
    limits: { day: 20, month: 320 },
  });
}

/** A little each day, and a party each Friday or Saturday, which is planned two weeks before. */
function weddings(random: Random): WorldAccount {
  const zone = 'America/Mexico_City';
  const requests = everyDay(random, zone, () => ({ hours: 10, count: about(random, 14) }));
  const events: WorldEvent[] = [];
  for (let day = -DAYS_BEFORE; day < DAYS; day += 1) {
    const start = zonedOf(day, '19:00', zone);
    const isParty = start.dayOfWeek === 6 || (start.dayOfWeek === 5 && random() < 0.6);
    if (!isParty) continue;
    const participants = 120 + 20 * Math.floor(random() * 10);
    const count = Math.round(participants * (0.9 + random() * 0.3));
    requests.push(
      ...callsOf(random, { from: start, hours: 5, count, models: BOOTH, dearer: PRICE_CHANGE }),
    );
    if (day < 3) continue;
    const plannedAt = instantOf(Math.max(0, day - 14), '10:00', zone);
    events.push({ name: `Boda ${day}`, start, hours: 5, participants, plannedAt });
  }
  return account({
    ...{ slug: 'weddings', isOrdinary: true, zone, requests, events, number: 2 },
    limits: { day: 80, month: 480 },
  });
}

/** Some nights are busy, and nobody says so before. */
function nights(random: Random): WorldAccount {
  const zone = 'America/New_York';
  const requests = everyDay(
    random,
    zone,
    () => (random() < 0.35 ? { hours: 4, count: about(random, 220) } : null),
    '20:00',
  );
  return account({
    ...{ slug: 'nights', isOrdinary: true, zone, requests, number: 3 },
    limits: { day: 60, month: 520 },
  });
}

/** All day and all night, by a program. */
function steady(random: Random): WorldAccount {
  const zone = 'Asia/Tokyo';
  const requests = everyDay(random, zone, () => ({ hours: 24, count: about(random, 60) }), '00:00');
  return account({
    ...{ slug: 'steady', isOrdinary: true, zone, requests, number: 4 },
    limits: { day: 20, month: 320 },
  });
}

function idle(): WorldAccount {
  return account({
    ...{ slug: 'idle', isOrdinary: true, zone: 'America/Lima', requests: [], number: 5 },
    limits: { day: 5, month: 50 },
  });
}

/** A burst, failures, one ruinous request, late and corrected usage, and a slow leak. */
function spending(random: Random, { situations }: Plot): WorldAccount {
  const zone = 'America/Bogota';
  const requests = everyDay(random, zone, () => ({ hours: 10, count: about(random, 50) }));
  const at = (day: number, time: string) => zonedOf(day, time, zone);

  // A loop that somebody forgot: as much as a good day, in three hours of an evening.
  const burst = at(20, '20:00');
  requests.push(...callsOf(random, { from: burst, hours: 3, count: 160, models: BOOTH }));
  situations.push({
    ...{ name: 'burst of spending', slug: 'spending', kind: 'spend_unusual' },
    ...{ begins: burst.toInstant(), ends: burst.add({ hours: 30 }).toInstant() },
    ...{ within: 150, leadsTo: ['spend_above', 'budget'] },
  });

  const failing = at(35, '12:00');
  requests.push(
    ...callsOf(random, { from: failing, hours: 2, count: 160, models: BOOTH, failing: 0.6 }),
  );
  situations.push({
    ...{ name: 'half of the calls fail', slug: 'spending', kind: 'failure_rate' },
    ...{ begins: failing.toInstant(), ends: failing.add({ hours: 6 }).toInstant() },
    ...{ within: 75, leadsTo: ['spend_unusual'] },
  });

  // Told twelve hours late: what is learnt late must not look like a burst of now.
  const late = at(27, '10:00');
  requests.push(
    ...callsOf(random, { from: late, hours: 6, count: 40, models: BOOTH }).map((request) => ({
      ...request,
      knownAtMs: request.atMs + 12 * 60 * MINUTE_MS,
    })),
  );

  // A charge fal takes back the next day.
  const taken = at(45, '11:00').epochMilliseconds;
  requests.push({
    ...requestAt(random, taken, { endpointId: KONTEXT, unit: 'images', unitPrice: 0.04, units: 4 }),
    correction: { atMs: taken + DAY_MS, costNano: 0n, quantityNano: 0n },
  });

  // An 80-second clip billed as 10,272 seconds was seen; fal took it back days later.
  const ruinous = at(50, '16:20');
  for (let index = 0; index < 30; index += 1) {
    const atMs = at(47, '10:00').epochMilliseconds + index * 20 * MINUTE_MS;
    requests.push(
      requestAt(random, atMs, { endpointId: VIDEO, unit: 'seconds', unitPrice: 0.056, units: 5 }),
    );
  }
  requests.push({
    ...requestAt(random, ruinous.epochMilliseconds, {
      ...{ endpointId: VIDEO, unit: 'seconds', unitPrice: 0.056 },
      units: 10_272,
    }),
    correction: { atMs: ruinous.epochMilliseconds + 2 * DAY_MS, costNano: 280_000_000n },
  });
  situations.push({
    ...{ name: 'one ruinous request', slug: 'spending', kind: 'costly_request' },
    ...{ begins: ruinous.toInstant(), ends: ruinous.add({ hours: 60 }).toInstant() },
    ...{ within: 10, leadsTo: ['spend_above', 'spend_unusual', 'budget', 'runway_short'] },
  });

  // A little more each day than the month is meant to have.
  const leak = at(63, '00:00');
  for (let day = 63; day < 88; day += 1) {
    const from = at(day, '00:00');
    requests.push(...callsOf(random, { from, hours: 24, count: 60, models: BOOTH }));
  }
  situations.push({
    ...{ name: 'slow leak', slug: 'spending', kind: 'budget' },
    ...{ begins: leak.toInstant(), ends: at(90, '00:00').toInstant() },
    // Long before the month's budget is spent.
    ...{ within: 14 * 24 * 60, leadsTo: ['spend_unusual', 'spend_above'] },
  });
  situations.push(priceChange());
  return account({
    ...{ slug: 'spending', isOrdinary: false, zone, requests, number: 6 },
    limits: { day: 25, month: 260 },
  });
}

/** Credits that expire, run low, run out, come back to a locked account, and don't last for an event. */
function money(random: Random, { turns, situations }: Plot): WorldAccount {
  const zone = 'America/Mexico_City';
  const at = (day: number, time: string) => instantOf(day, time, zone);
  const requests = everyDay(random, zone, () => ({ hours: 10, count: about(random, 12) }));
  const purchases = [
    purchase(at(-DAYS_BEFORE - 5, '12:00'), 600, 365),
    // Promotional credits beside them, more than can be used until they are lost on day 45.
    purchase(at(-45, '12:00'), 400, 90),
  ];
  const made = account({
    ...{ slug: 'money', isOrdinary: false, zone, requests, purchases, number: 7 },
    limits: { day: 400, month: 2_000 },
  });
  const { fal } = made;
  const say = (day: number, time: string, does: () => void) => {
    turns.push({ at: at(day, time), does });
  };
  const has = (day: number, time: string, balance: number) => {
    say(day, time, () => {
      fal.balance = balance;
    });
  };
  const locked = (day: number, time: string, reason: string | null) => {
    say(day, time, () => {
      if (reason === null) delete fal.lock;
      else fal.lock = reason;
    });
  };

  situations.push({
    ...{ name: 'credits expire unused', slug: 'money', kind: 'credits_expiring' },
    ...{ begins: at(15, '12:00'), ends: at(46, '00:00'), within: 120, leadsTo: [] },
  });

  // A big night that nobody planned eats all there is.
  const night = zonedOf(52, '14:00', zone);
  requests.push(...callsOf(random, { from: night, hours: 8, count: 4_000, models: BOOTH }));
  const credits: RuleKind[] = ['balance_below', 'runway_short', 'spend_unusual', 'spend_above'];
  has(52, '14:00', 380);
  has(52, '16:00', 180);
  has(52, '18:00', 9.2);
  has(52, '20:00', 1.5);
  has(52, '21:00', 0);
  locked(52, '21:00', EXHAUSTED_BALANCE);
  // What was paid for is there, and the account stays locked: for another reason, even.
  has(53, '00:00', 300);
  locked(53, '09:00', 'Admin lock. Please contact support@fal.ai');
  locked(54, '12:00', null);
  situations.push(
    {
      ...{ name: 'a night nobody planned', slug: 'money', kind: 'spend_unusual' },
      ...{ begins: night.toInstant(), ends: night.add({ hours: 36 }).toInstant() },
      ...{ within: 150, leadsTo: ['spend_above', ...credits] },
    },
    {
      ...{ name: 'balance below $10', slug: 'money', kind: 'balance_below' },
      ...{ begins: at(52, '18:00'), ends: at(53, '06:00'), within: 10, leadsTo: credits },
    },
    {
      ...{ name: 'locked: exhausted balance', slug: 'money', kind: 'account_trouble' },
      ...{ begins: at(52, '21:00'), ends: at(53, '09:00'), within: 10, leadsTo: credits },
    },
    {
      ...{ name: 'top-up, and then an admin lock', slug: 'money', kind: 'account_trouble' },
      ...{ begins: at(53, '09:00'), ends: at(54, '18:00'), within: 10, leadsTo: credits },
    },
  );

  // To and fro around what a rule asks for.
  for (let step = 0; step < 8; step += 1) {
    say(61, `${String(8 + step).padStart(2, '0')}:00`, () => {
      fal.balance = step % 2 === 0 ? 9.8 : 10.3;
    });
  }
  has(61, '16:00', 60);
  situations.push({
    ...{ name: 'balance to and fro around $10', slug: 'money', kind: 'balance_below' },
    ...{ begins: at(61, '08:00'), ends: at(62, '06:00'), within: 10, leadsTo: ['runway_short'] },
  });

  // Planned a week ahead, for more than there is.
  made.events.push({
    ...{ name: 'Aniversario', start: zonedOf(71, '19:00', zone), hours: 5 },
    ...{ participants: 1_500, plannedAt: at(64, '10:00') },
  });
  has(67, '10:00', 600);
  situations.push({
    ...{ name: 'planned event not covered', slug: 'money', kind: 'event_uncovered' },
    ...{ begins: at(64, '10:00'), ends: at(67, '12:00'), within: 20, leadsTo: ['runway_short'] },
  });
  return made;
}

/** A key that is revoked, and one that loses its scope. */
function access(random: Random, { turns, situations }: Plot): WorldAccount {
  const zone = 'Europe/Madrid';
  const requests = everyDay(random, zone, () => ({ hours: 10, count: about(random, 10) }));
  const made = account({
    ...{ slug: 'access', isOrdinary: false, zone, requests, number: 8 },
    limits: { day: 20, month: 200 },
  });
  const { fal } = made;
  const keys = fal.keys;
  const during = (day: number, hours: number, name: string, keysThen: typeof keys) => {
    const begins = instantOf(day, '11:00', zone);
    const over = begins.add({ hours });
    const set = (value: typeof keys) => () => {
      fal.keys = value;
    };
    turns.push({ at: begins, does: set(keysThen) }, { at: over, does: set(keys) });
    situations.push({
      ...{ name, slug: 'access', kind: 'account_trouble', begins },
      ...{ ends: over.add({ hours: 2 }), within: 10, leadsTo: ['sync_stale'] },
    });
  };
  during(10, 6, 'key revoked', []);
  during(
    25,
    5,
    'key without the Admin scope',
    keys.map((key) => ({ ...key, scope: 'API' })),
  );
  return made;
}

/** What happens to fal, or to the panel, and so to every account. */
function everybody({ turns, situations }: Plot): void {
  const outage = instantOf(15, '14:00', 'UTC');
  const challenge = instantOf(28, '09:00', 'UTC');
  turns.push(
    { at: outage, does: 'outage' },
    { at: outage.add({ hours: 3 }), does: 'fal_recovers' },
    { at: challenge, does: 'challenge' },
    { at: challenge.add({ hours: 2 }), does: 'fal_recovers' },
    { at: instantOf(80, '00:00', 'UTC'), does: 'panel_off' },
    { at: instantOf(81, '02:00', 'UTC'), does: 'panel_on' },
  );
  situations.push(
    {
      ...{ name: 'fal is down', slug: null, kind: 'account_trouble', begins: outage },
      ...{ ends: outage.add({ hours: 5 }), within: 25, isShared: true, leadsTo: [] },
    },
    {
      ...{ name: 'CDN challenge', slug: null, kind: 'account_trouble', begins: challenge },
      ...{ ends: challenge.add({ hours: 4 }), within: 25, isShared: true, leadsTo: [] },
    },
  );
}

/** Of a model in use: of one account it has to be told, and it may be of every one that uses it. */
function priceChange(): Situation {
  const begins = Temporal.Instant.fromEpochMilliseconds(PRICE_CHANGE.fromMs);
  return {
    ...{ name: 'price of a model in use', slug: null, kind: 'price_changed', begins },
    ...{ ends: begins.add({ hours: 72 }), within: 26 * 60, leadsTo: [] },
  };
}

function purchase(at: Temporal.Instant, amount: number, days: number): Purchase {
  const atMs = at.epochMilliseconds;
  return { atMs, amount, expiresAtMs: atMs + days * DAY_MS };
}
