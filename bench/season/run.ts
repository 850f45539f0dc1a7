import { type FalAccount, listAccounts } from '../../src/accounts/accounts.ts';
import type { Actor } from '../../src/audit/audit.ts';
import { readConfig } from '../../src/config.ts';
import { confirmTopUp, recordEntries } from '../../src/credits/change-ledger.ts';
import { PURCHASE_DAYS } from '../../src/credits/ledger.ts';
import type { CostRange, EventCost } from '../../src/credits/projection.ts';
import { runwayOf } from '../../src/credits/runway.ts';
import { type CreditStatement, readStatement } from '../../src/credits/statement.ts';
import type { TopUp } from '../../src/credits/top-ups.ts';
import { madeUpKey, type Purchase } from '../../src/demo/accounts.ts';
import { jsonAnswer } from '../../src/demo/answer.ts';
import { custom, failWith } from '../../src/demo/faults.ts';
import { createRandom } from '../../src/demo/prng.ts';
import { leftOfPurchases } from '../../src/demo/purchases.ts';
import { type Simulator, startSimulator } from '../../src/demo/simulator.ts';
import { createLogger, logFile } from '../../src/log.ts';
import { type Nano, sumNano, toNano } from '../../src/money.ts';
import { planEvent } from '../../src/planner/change-events.ts';
import { checkPlan } from '../../src/planner/check.ts';
import type { CheckRequest } from '../../src/planner/check-request.ts';
import { FORM_USUAL, PROGRAM_USUAL } from '../../src/planner/plan-fields.ts';
import { readCheck } from '../../src/planner/read-check.ts';
import type { Verdict } from '../../src/planner/verdict.ts';
import { createServices, type Services } from '../../src/services.ts';
import { syncOnce } from '../../test/history/synced.ts';
import { stoppedClock } from '../../test/support/clock.ts';
import { storeAccount } from '../../test/support/stored-account.ts';
import {
  ADMIN_KEY,
  BOOTH_KEY_ID,
  DAYS_BEFORE,
  FIRST_DAY,
  listPrice,
  type Season,
  type SeasonEvent,
  seasonOf,
  ZONE,
} from './calendar.ts';

export interface SeasonOptions {
  seed: number;
  weeks: number;
  events: number;
  /** Hours between two rounds when nothing is going on; one otherwise. */
  calmHours: number;
  /** An empty folder for the database. */
  folder: string;
}

/** Credits that came, and what the panel made of them. */
export interface SeenTopUp {
  at: Temporal.Instant;
  amount: Nano;
  why: string;
  proposal: TopUp | null;
}

/** An event's check three days before, and what came of it. */
export interface CheckedEvent {
  name: string;
  start: Temporal.ZonedDateTime;
  /** As the form has it, untouched. */
  cost: CostRange;
  /** The range for a program that says neither an allowance nor a margin. */
  said: CostRange;
  actual: Nano;
  verdict: Verdict;
  available: Nano;
  /** What was there when it began, without what was bought after the check. */
  there: Nano;
}

/** What was said a week before credits would have run out. */
export interface ForecastRunway {
  at: Temporal.Instant;
  until: Temporal.Instant | null;
  /** When they would have, had nothing been bought since. */
  truth: Temporal.Instant;
  /** Whether that was between the earliest and the latest end. */
  isWithin: boolean;
}

export interface SeasonReport {
  topUps: SeenTopUp[];
  /** Proposals that nothing true is behind. */
  invented: TopUp[];
  events: CheckedEvent[];
  runways: ForecastRunway[];
  ledger: {
    bought: Nano;
    spent: Nano;
    expired: Nano;
    remaining: Nano;
    unfunded: Nano;
    /** fal's charges since the first credits. */
    charged: Nano;
    difference: Nano | null;
    openProposals: number;
  };
  rounds: { done: number; failed: number };
}

const ANA: Actor = { kind: 'person', name: 'ana@example.com', address: null };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How late fal tells of a charge. */
const LAG_MS = 90_000;
/** Planned events so far ahead are priced for a runway. */
const AHEAD_DAYS = 21;

/** A purchase and what it was for. */
interface Bought extends Purchase {
  why: string;
}

/** Runs a season through the panel: readings, checks, purchases, outages, and what was true. */
export async function runSeason(options: SeasonOptions): Promise<SeasonReport> {
  const season = seasonOf(createRandom(options.seed), options.weeks, options.events);
  const clock = stoppedClock(FIRST_DAY.toInstant().add({ hours: 9 }));
  const purchases: Bought[] = openingPurchases();
  const fal = await startSimulator({
    now: clock.now,
    accounts: [
      {
        username: 'season',
        balance: purchases,
        traffic: season.requests,
        keys: [
          { key: ADMIN_KEY, alias: 'Panel', scope: 'ADMIN', createdAt: '2025-01-15T12:00:00Z' },
          {
            key: madeUpKey('c1'),
            alias: 'Cabina 1',
            scope: 'API',
            createdAt: '2025-01-15T12:00:00Z',
          },
        ],
      },
    ],
  });
  fal.quirks.lagMs = LAG_MS;
  const config = readConfig({
    FAL_API_BASE_URL: fal.url,
    DATA_DIR: options.folder,
    DEFAULT_TIMEZONE: ZONE,
    BACKFILL_DAYS: String(DAYS_BEFORE + 5),
  });
  const services = await createServices(config, {
    ...{ now: clock.now, backoffMs: 1, cacheMs: 0 },
    log: createLogger(config.logLevel, logFile('/dev/null')),
  });
  try {
    await storeAccount(services, {
      slug: 'season',
      name: 'Season',
      key: ADMIN_KEY,
      timezone: ZONE,
    });
    const [account] = await listAccounts(services.store.db);
    if (!account) throw new Error('no account');
    return await live({ season, clock, purchases, fal, services, account, options });
  } finally {
    await services.close();
    await fal.close();
  }
}

interface Stage {
  season: Season;
  clock: ReturnType<typeof stoppedClock>;
  purchases: Bought[];
  fal: Simulator;
  services: Services;
  account: FalAccount;
  options: SeasonOptions;
}

async function live(stage: Stage): Promise<SeasonReport> {
  const { season, clock, purchases, fal, services, account, options } = stage;
  const opening = purchases.length;
  const answerPrices = () => fal.fault('/models/pricing', priceList(clock.now));
  answerPrices();
  await recordEntries(services, ANA, account.id, purchases.map(entryOf), 'hand');
  for (const event of season.events) await planEvent(services, ANA, account.id, planOf(event));

  const outages = outagesOf(season);
  const planned = plannedPurchases(season, outages);
  const checked = new Map<SeasonEvent, CheckedEvent>();
  const runways = new Map<number, ForecastRunway>();
  const proposals = new Map<Bought, TopUp>();
  const invented: TopUp[] = [];
  const rounds = { done: 0, failed: 0 };
  let restore: (() => void) | null = null;
  let lastMorning = '';

  const buy = (amount: number, why: string) => {
    const atMs = nowMs() + 20 * 60_000;
    purchases.push({ atMs, amount, expiresAtMs: atMs + PURCHASE_DAYS * DAY_MS, why });
  };
  const nowMs = () => clock.now().epochMilliseconds;
  const statement = (events: readonly EventCost[] = []) => readStatement(services, account, events);

  async function settle({ proposals: open }: CreditStatement): Promise<void> {
    for (const proposal of open) {
      const behind = purchases.filter(
        ({ atMs }) =>
          atMs > proposal.after.epochMilliseconds && atMs <= proposal.until.epochMilliseconds,
      );
      for (const one of behind) proposals.set(one, proposal);
      const [first] = behind;
      if (!first) invented.push(proposal);
      const { kind, expiresAt } = entryOf(first ?? { atMs: 0, amount: 0, why: 'none' });
      await confirmTopUp(services, ANA, account.id, proposal, {
        ...{ kind, expiresAt, currency: 'USD', note: '' },
        ...{ amount: proposal.amount, at: proposal.until },
      });
    }
  }

  const endMs = FIRST_DAY.add({ days: season.days + 4 }).epochMilliseconds;
  while (nowMs() < endMs) {
    const isDown = outages.some(({ fromMs, toMs }) => fromMs <= nowMs() && nowMs() < toMs);
    if (isDown && !restore) restore = fal.fault(/./, failWith(503));
    if (!isDown && restore) {
      fal.reset();
      fal.quirks.lagMs = LAG_MS;
      answerPrices();
      restore = null;
    }
    try {
      await syncOnce({ services }, 'season');
      rounds.done += 1;
    } catch {
      rounds.failed += 1;
    }

    const local = clock.now().toZonedDateTimeISO(ZONE);
    const morning = local.toPlainDate().toString();
    if (local.hour >= 9 && morning !== lastMorning && !isDown) {
      lastMorning = morning;
      await settle(await statement());
      const events = await costsAhead(stage, null);
      const { outlook } = await statement(events);
      if (outlook) {
        const { until, earliest, latest } = runwayOf(outlook);
        noteRunway(stage, runways, { until, earliest, latest });
        const isLow = until && until.epochMilliseconds < nowMs() + 3 * DAY_MS;
        if (isLow) buy(150, 'runs out soon');
      }
    }
    for (const event of season.events) {
      const isDue = nowMs() >= event.start.epochMilliseconds - 3 * DAY_MS;
      if (!isDue || checked.has(event)) continue;
      const check = await checkEvent(stage, event);
      checked.set(event, check.result);
      if (check.topUp > 0n) buy(25 * Math.ceil(Number(check.topUp) / 25e9), 'the check says so');
    }

    const stepMs = isBusy(stage, planned, outages) ? HOUR_MS : options.calmHours * HOUR_MS;
    const toMs = nowMs() + stepMs;
    for (const one of planned) if (one.atMs > nowMs() && one.atMs <= toMs) purchases.push(one);
    purchases.sort((one, other) => one.atMs - other.atMs);
    clock.forward({ milliseconds: stepMs });
  }
  await syncOnce({ services }, 'season');
  await settle(await statement());
  const last = await statement();

  const { lots, unfunded } = last.burned;
  const firstMs = Math.min(...purchases.map(({ atMs }) => atMs));
  return {
    topUps: purchases.slice(opening).map((one) => ({
      at: Temporal.Instant.fromEpochMilliseconds(one.atMs),
      amount: toNano(one.amount),
      why: one.why,
      proposal: proposals.get(one) ?? null,
    })),
    invented,
    events: [...checked.values()],
    runways: [...runways.values()],
    ledger: {
      bought: sumNano(lots.map(({ lot }) => lot.amount)),
      spent: sumNano(lots.map(({ spent }) => spent)),
      expired: sumNano(lots.map(({ expired }) => expired)),
      remaining: sumNano(lots.map(({ remaining }) => remaining)),
      unfunded,
      charged: sumNano(
        chargesUntil(season, nowMs() - LAG_MS, firstMs).map(({ costNano }) => costNano),
      ),
      difference: last.difference?.amount ?? null,
      openProposals: last.proposals.length,
    },
    rounds,
  };
}

/** Keeps what is said closest to a week before the end, of each end. */
function noteRunway(
  { season, purchases, clock }: Stage,
  runways: Map<number, ForecastRunway>,
  { until, earliest, latest }: Record<'until' | 'earliest' | 'latest', Temporal.Instant | null>,
): void {
  const nowMs = clock.now().epochMilliseconds;
  const known = purchases.filter(({ atMs }) => atMs <= nowMs);
  const truthMs = runsOutMs(known, season, nowMs);
  if (truthMs === null || Math.abs(truthMs - nowMs - 7 * DAY_MS) > DAY_MS / 2) return;
  const isWithin =
    (earliest?.epochMilliseconds ?? Infinity) <= truthMs &&
    truthMs <= (latest?.epochMilliseconds ?? Infinity);
  const truth = Temporal.Instant.fromEpochMilliseconds(truthMs);
  runways.set(truthMs, { at: clock.now(), until, truth, isWithin });
}

/** When nothing would be left of these, whatever is bought later; `null`: not before the last charge. */
function runsOutMs(known: readonly Purchase[], season: Season, nowMs: number): number | null {
  const { requests } = season;
  let low = requests.findIndex(({ atMs }) => atMs > nowMs);
  let high = requests.length - 1;
  const isOut = (index: number) => {
    const atMs = requests[index]?.atMs ?? Infinity;
    return leftOfPurchases(known, requests.slice(0, index + 1), atMs) <= 0n;
  };
  if (low < 0 || !isOut(high)) return null;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isOut(middle)) high = middle;
    else low = middle + 1;
  }
  return requests[low]?.atMs ?? null;
}

async function checkEvent(stage: Stage, event: SeasonEvent) {
  const { services, account, season, purchases, clock } = stage;
  const request = requestOf(event);
  const { check, models, start } = await readCheck(services, request, never());
  const { outlook } = await readStatement(services, account, await costsAhead(stage, event));
  if (!outlook) throw new Error('nobody knows what is left');
  const { verdict, available, topUp } = checkPlan(
    { ...request, start, models },
    { outlook },
    clock.now(),
  );
  const { cost: said } = checkPlan(
    { ...request, ...PROGRAM_USUAL, start, models },
    { outlook },
    clock.now(),
  );
  const startMs = event.start.epochMilliseconds;
  const known = purchases.filter(({ atMs }) => atMs <= clock.now().epochMilliseconds);
  const there = trueBalance(known, season, startMs);
  const result: CheckedEvent = {
    ...{ name: event.name, start: event.start, cost: check.cost, said },
    ...{ actual: sumNano(event.requests.map(({ costNano }) => costNano)) },
    ...{ verdict, available, there },
  };
  return { result, topUp };
}

/** What planned events that are not over will cost. */
async function costsAhead(
  { services, season, clock }: Stage,
  besides: SeasonEvent | null,
): Promise<EventCost[]> {
  const nowMs = clock.now().epochMilliseconds;
  const ahead = season.events.filter(
    (event) =>
      event !== besides &&
      event.end.epochMilliseconds > nowMs &&
      event.start.epochMilliseconds < nowMs + AHEAD_DAYS * DAY_MS,
  );
  const costs: EventCost[] = [];
  for (const event of ahead) {
    const { check } = await readCheck(services, requestOf(event), never());
    const [start, end] = [event.start.toInstant(), event.end.toInstant()];
    costs.push({ start, end, cost: check.cost });
  }
  return costs;
}

function requestOf(event: SeasonEvent): CheckRequest {
  const { participants, outputsPerParticipant, allowancePercent, marginPercent, models } =
    planOf(event);
  return {
    ...{ participants, outputsPerParticipant, allowancePercent, marginPercent, models },
    ...{ pricePerOutput: null, start: event.start.toInstant(), timezone: ZONE },
    ...{ creditLimit: null, account: 'season' },
  };
}

function planOf(event: SeasonEvent) {
  return {
    ...{ name: event.name, venue: '', client: '', note: '', timezone: ZONE },
    ...{ start: event.start.toInstant(), end: event.end.toInstant() },
    ...{ participants: event.participants, pricePerOutput: null },
    outputsPerParticipant: toNano(event.outputsPerParticipant),
    ...FORM_USUAL,
    models: event.models.map(({ endpointId, share, unitsPerOutput }) => ({
      endpointId,
      share: toNano(share),
      unitsPerOutput: unitsPerOutput === undefined ? null : toNano(unitsPerOutput),
    })),
    ...{ peakParticipants: null, concurrency: null, apiKeyIds: [BOOTH_KEY_ID] },
  };
}

function openingPurchases(): Bought[] {
  const day = (days: number) => FIRST_DAY.add({ days }).epochMilliseconds;
  return [
    // Most of it is used when it expires; the rest is lost.
    { atMs: day(-345) + 1, amount: 300, expiresAtMs: day(20), why: 'opening' },
    { atMs: day(-40), amount: 250, expiresAtMs: day(325), why: 'opening' },
  ];
}

interface Outage {
  fromMs: number;
  toMs: number;
}

/** A working day, an evening with an event, and a whole weekend's day and night. */
function outagesOf({ days, events }: Season): Outage[] {
  const at = (part: number, hour: number, hours: number): Outage => {
    const from = FIRST_DAY.add({ days: Math.floor(days * part) }).with({ hour });
    return { fromMs: from.epochMilliseconds, toMs: from.add({ hours }).epochMilliseconds };
  };
  const during = (event: SeasonEvent | undefined, hours: number): Outage[] => {
    if (!event) return [];
    const fromMs = event.start.epochMilliseconds - HOUR_MS / 2;
    return [{ fromMs, toMs: fromMs + hours * HOUR_MS }];
  };
  const one = events[Math.floor(events.length * 0.25)];
  const another = events[Math.floor(events.length * 0.6)];
  return [at(0.3, 10, 9), at(0.75, 4, 30), ...during(one, 4), ...during(another, 9)];
}

/** What comes whatever the panel says: promotions, and top-ups at the worst moments. */
function plannedPurchases({ days, events }: Season, outages: readonly Outage[]): Bought[] {
  const day = (part: number) =>
    FIRST_DAY.add({ days: Math.floor(days * part), hours: 11, minutes: 17 }).epochMilliseconds;
  const promotion = (atMs: number, amount: number, lasts: number): Bought => {
    return { atMs, amount, expiresAtMs: atMs + lasts * DAY_MS, why: 'promotion' };
  };
  const topUp = (atMs: number, amount: number, why: string): Bought => {
    return { atMs, amount, expiresAtMs: atMs + PURCHASE_DAYS * DAY_MS, why };
  };
  const behind = outages.map(({ fromMs, toMs }) => (fromMs + 2 * toMs) / 3);
  const busy = events[Math.floor(events.length * 0.4)];
  return [
    promotion(day(0.12), 40, 21),
    promotion(day(0.66), 150, 10),
    ...behind
      .slice(0, 1)
      .concat(behind.slice(3))
      .map((atMs) => topUp(atMs, 100, 'while fal was away')),
    ...(busy ? [topUp(busy.start.epochMilliseconds + 2.3 * HOUR_MS, 10, 'during an event')] : []),
  ];
}

function isBusy(
  { season, clock, purchases }: Stage,
  planned: readonly Bought[],
  outages: readonly Outage[],
): boolean {
  const nowMs = clock.now().epochMilliseconds;
  const isNear = (fromMs: number, toMs: number) =>
    nowMs >= fromMs - 3 * HOUR_MS && nowMs <= toMs + 2 * HOUR_MS;
  return (
    season.events.some(({ start, end }) =>
      isNear(start.epochMilliseconds, end.epochMilliseconds),
    ) ||
    [...purchases, ...planned].some(({ atMs }) => isNear(atMs, atMs)) ||
    outages.some(({ fromMs, toMs }) => isNear(fromMs, toMs))
  );
}

function entryOf({ atMs, amount, expiresAtMs, why }: Bought) {
  const instant = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms);
  return {
    kind: why === 'promotion' ? ('promotion' as const) : ('purchase' as const),
    ...{ amount: toNano(amount), currency: 'USD', note: why, at: instant(atMs) },
    expiresAt: expiresAtMs === undefined ? null : instant(expiresAtMs),
  };
}

function chargesUntil({ requests }: Season, untilMs: number, fromMs = -Infinity) {
  return requests.filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs);
}

function trueBalance(purchases: readonly Purchase[], season: Season, atMs: number): Nano {
  return leftOfPurchases(purchases, chargesUntil(season, atMs), atMs);
}

/** What fal lists, at the clock. */
function priceList(now: () => Temporal.Instant) {
  return custom((req, res) => {
    const { searchParams } = new URL(req.url ?? '/', 'http://localhost');
    const ids = searchParams.getAll('endpoint_id').flatMap((each) => each.split(','));
    const prices = ids.map((endpointId) => {
      const { unit, unitPrice } = listPrice(endpointId, now().epochMilliseconds);
      return { endpoint_id: endpointId, unit, unit_price: unitPrice, currency: 'USD' };
    });
    const { status, headers, body } = jsonAnswer(200, {
      prices,
      next_cursor: null,
      has_more: false,
    });
    res.writeHead(status, headers).end(body);
  });
}

function never(): AbortSignal {
  return new AbortController().signal;
}
