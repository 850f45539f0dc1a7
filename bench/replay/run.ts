import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { listAccounts } from '../../src/accounts/accounts.ts';
import type { Rule, RuleKind } from '../../src/alerts/rule.ts';
import { ruleRow } from '../../src/alerts/rule-rows.ts';
import type { Actor } from '../../src/audit/audit.ts';
import { readConfig } from '../../src/config.ts';
import { recordEntries } from '../../src/credits/change-ledger.ts';
import type { Target } from '../../src/deliveries/target.ts';
import { jsonAnswer } from '../../src/demo/answer.ts';
import { cdnChallenge, custom, failWith } from '../../src/demo/faults.ts';
import { type Simulator, startSimulator } from '../../src/demo/simulator.ts';
import { backoffMs } from '../../src/jobs/backoff.ts';
import { PartlyDoneError } from '../../src/jobs/partly-done.ts';
import { createLogger, logFile } from '../../src/log.ts';
import { toNano } from '../../src/money.ts';
import { planEvent } from '../../src/planner/change-events.ts';
import { FORM_USUAL } from '../../src/planner/plan-fields.ts';
import { createServices, type Services } from '../../src/services.ts';
import { toText } from '../../src/store/values.ts';
import { testLease } from '../../test/history/synced.ts';
import { stoppedClock } from '../../test/support/clock.ts';
import { storeAccount } from '../../test/support/stored-account.ts';
import { modelOf } from './traffic.ts';
import {
  DAYS,
  DAYS_BEFORE,
  GEMINI,
  instantOf,
  KONTEXT,
  PRICE_CHANGE,
  type Turn,
  type World,
  type WorldEvent,
  worldOf,
} from './world.ts';

export interface ReplayOptions {
  seed: number;
  /** Minutes between two looks at everything while nothing is planted. */
  calmMinutes: number;
  /** The same from a planted moment until it must have been told. */
  busyMinutes: number;
  /** Of the world's days only the first so many. */
  days?: number;
  /** An empty folder for the database. */
  folder: string;
}

/** A message somebody got. */
export interface Told {
  at: Temporal.Instant;
  /** `incident.opened`, `incident.resolved`... */
  type: string;
  /** The id the receiver knows a repeat by. */
  id: string;
  slug: string;
  kind: RuleKind;
  ruleId: string;
  subject: string;
  incidentId: string;
  title: string;
}

export interface Replay {
  world: World;
  /** How exact delays are. */
  busyMinutes: number;
  told: Told[];
  /** How often everything was looked at, and jobs that failed. */
  looks: number;
  failedJobs: Map<string, number>;
}

const ANA: Actor = { kind: 'person', name: 'ana@example.com', address: null };
/** How late fal tells of a charge. */
const LAG_MS = 90_000;
const MINUTE_MS = 60_000;

/** Runs the whole panel through the world's days, its own jobs on a clock that jumps. */
export async function runReplay(options: ReplayOptions): Promise<Replay> {
  const world = worldOf(options.seed);
  const clock = stoppedClock(instantOf(0, '00:00', 'UTC'));
  const fal = await startSimulator({
    now: clock.now,
    accounts: world.accounts.map((account) => account.fal),
  });
  const inbox = await receiver(clock.now);
  const config = readConfig({
    FAL_API_BASE_URL: fal.url,
    FAL_TIMEOUT_MS: '2000',
    DATA_DIR: options.folder,
    DEFAULT_TIMEZONE: 'UTC',
    BACKFILL_DAYS: String(DAYS_BEFORE),
    DELIVERY_ALLOW_NETWORKS: '127.0.0.0/8',
  });
  const services = await createServices(config, {
    ...{ now: clock.now, backoffMs: 1, cacheMs: 0 },
    log: createLogger(config.logLevel, logFile('/dev/null')),
  });
  try {
    return await live({ world, clock, fal, services, options, inbox });
  } finally {
    await services.close();
    await inbox.close();
    await fal.close();
  }
}

type Inbox = Awaited<ReturnType<typeof receiver>>;

interface Stage {
  world: World;
  clock: ReturnType<typeof stoppedClock>;
  fal: Simulator;
  services: Services;
  options: ReplayOptions;
  inbox: Inbox;
}

async function live(stage: Stage): Promise<Replay> {
  const { world, clock, services, inbox } = stage;
  for (const { slug, key, zone } of world.accounts) {
    await storeAccount(services, { slug, name: slug, key, timezone: zone });
  }
  stageFal(stage, null);
  await writePurchases(stage);
  await makeChannelAndRules(stage);
  const turns = [...world.turns];
  const plans = world.accounts
    .flatMap(({ slug, events }) => events.map((event) => ({ slug, event })))
    .sort((one, other) => Temporal.Instant.compare(one.event.plannedAt, other.event.plannedAt));
  const end = instantOf(stage.options.days ?? DAYS, '00:00', 'UTC');
  const due = new Map<string, { at: Temporal.Instant; failures: number }>();
  const failedJobs = new Map<string, number>();
  let looks = 0;
  let isOff = false;

  while (Temporal.Instant.compare(clock.now(), end) < 0) {
    while (turns[0] && isDue(turns[0].at)) {
      const { does } = turns.shift() as Turn;
      if (does === 'panel_off' || does === 'panel_on') isOff = does === 'panel_off';
      else if (typeof does === 'string') stageFal(stage, does);
      else does();
    }
    while (plans[0] && isDue(plans[0].event.plannedAt)) {
      const { slug, event } = plans.shift() as (typeof plans)[number];
      await plan(stage, slug, event);
    }
    if (!isOff) {
      // What one job finds out is for the next to tell: sync, rules, messages.
      for (const _ of [1, 2]) await runDueJobs();
      looks += 1;
    }
    clock.forward({ milliseconds: msUntilNextLook(stage, turns) });
  }
  const { busyMinutes } = stage.options;
  return { world, busyMinutes, told: inbox.told, looks, failedJobs };

  function isDue(at: Temporal.Instant): boolean {
    return Temporal.Instant.compare(at, clock.now()) <= 0;
  }

  async function runDueJobs(): Promise<void> {
    for (const job of inOrder(await services.jobs())) {
      const { at, failures } = due.get(job.name) ?? { at: clock.now(), failures: 0 };
      if (!isDue(at)) continue;
      try {
        due.set(job.name, { at: await job.run(testLease()), failures: 0 });
      } catch (error) {
        failedJobs.set(job.name, (failedJobs.get(job.name) ?? 0) + 1);
        const again =
          error instanceof PartlyDoneError
            ? error.nextRunAt
            : clock.now().add({ milliseconds: backoffMs(failures + 1) });
        due.set(job.name, { at: again, failures: failures + 1 });
      }
    }
  }
}

/** As they happen to be done one after the other within a minute. */
function inOrder<Job extends { name: string }>(jobs: readonly Job[]): Job[] {
  const rank = ({ name }: Job) => ['alerts', 'deliveries'].indexOf(name);
  // Reports tell what was, and nothing that is replayed depends on them.
  return jobs
    .filter(({ name }) => name !== 'reports')
    .toSorted((one, other) => rank(one) - rank(other));
}

/** Short steps where something is planted, so that a delay is known to the step. */
function msUntilNextLook({ world, clock, options }: Stage, turns: readonly Turn[]): number {
  const nowMs = clock.now().epochMilliseconds;
  const isBusy = world.situations.some(({ begins, within }) => {
    const beginMs = begins.epochMilliseconds;
    return beginMs - 30 * MINUTE_MS <= nowMs && nowMs < beginMs + Math.min(within, 180) * MINUTE_MS;
  });
  const stepMs = (isBusy ? options.busyMinutes : options.calmMinutes) * MINUTE_MS;
  const nextBegins = world.situations
    .map(({ begins }) => begins.epochMilliseconds - 30 * MINUTE_MS)
    .concat(turns.map(({ at }) => at.epochMilliseconds))
    .filter((ms) => ms > nowMs);
  return Math.min(stepMs, ...nextBegins.map((ms) => ms - nowMs));
}

function stageFal({ fal, clock }: Stage, does: 'outage' | 'challenge' | 'fal_recovers' | null) {
  fal.reset();
  fal.quirks.lagMs = LAG_MS;
  // Not 503, which would be tried again for two minutes of everybody's time.
  if (does === 'outage') fal.fault(/./, failWith(500));
  else if (does === 'challenge') fal.fault(/./, cdnChallenge());
  else fal.fault('/models/pricing', priceList(clock.now));
}

function priceList(now: () => Temporal.Instant) {
  return custom((req, res) => {
    const query = new URL(req.url ?? '', 'http://localhost').searchParams;
    const prices = query
      .getAll('endpoint_id')
      .flatMap((ids) => ids.split(','))
      .map((endpointId) => {
        const [{ unit, unitPrice }] = modelOf(endpointId).tiers;
        const isDearer =
          endpointId === PRICE_CHANGE.endpointId && now().epochMilliseconds >= PRICE_CHANGE.fromMs;
        const price = unitPrice * (isDearer ? PRICE_CHANGE.times : 1);
        return { endpoint_id: endpointId, unit_price: price, unit, currency: 'USD' };
      });
    const { status, headers, body } = jsonAnswer(200, {
      prices,
      next_cursor: null,
      has_more: false,
    });
    res.writeHead(status, headers).end(body);
  });
}

/** One program is told of everything; beside the rules every panel has, each account has its own limits. */
async function makeChannelAndRules({ services, world, clock, inbox }: Stage): Promise<void> {
  const { db } = services.store;
  const target: Target = {
    kind: 'webhook',
    url: inbox.url,
    secrets: [{ secret: `whsec_${Buffer.alloc(24, 7).toString('base64')}`, until: null }],
  };
  const at = toText(clock.now());
  await db
    .insertInto('delivery_channels')
    .values({
      ...{ id: 'inbox', name: 'Inbox', kind: target.kind, hint: '127.0.0.1', locale: 'en' },
      sealed_target: services.seal.close(JSON.stringify(target), 'delivery_channel/inbox'),
      ...{ is_enabled: 1, version: 1, created_at: at, updated_at: at },
    })
    .execute();
  const accounts = await listAccounts(db);
  for (const { slug, limits } of world.accounts) {
    const accountId = accounts.find((account) => account.slug === slug)?.id ?? null;
    const own: Pick<Rule, 'kind' | 'params'>[] = [
      { kind: 'spend_above', params: { amount: String(limits.day), period: 'today' } },
      {
        kind: 'budget',
        params: {
          ...{ amount: String(limits.month), period: 'month' },
          ...{ steps: [80, 100], forecast: true },
        },
      },
    ];
    for (const { kind, params } of own) {
      const rule: Rule = {
        ...{ id: `${slug}-${kind}`, accountId, kind, name: '', params, severity: 'warning' },
        ...{ channelIds: null, quietHours: null, remindHours: 24, isEnabled: true, version: 1 },
      };
      await db.insertInto('alert_rules').values(ruleRow(rule, clock.now())).execute();
    }
  }
}

/** What was bought before, as somebody has written it down in the panel. */
async function writePurchases({ services, world }: Stage): Promise<void> {
  const accounts = await listAccounts(services.store.db);
  for (const { slug, fal } of world.accounts) {
    const account = accounts.find((each) => each.slug === slug);
    if (!account || typeof fal.balance === 'number') continue;
    const entries = fal.balance.map(({ atMs, amount, expiresAtMs }) => ({
      ...{ kind: 'purchase' as const, currency: 'USD', note: '', amount: toNano(amount) },
      at: Temporal.Instant.fromEpochMilliseconds(atMs),
      expiresAt:
        expiresAtMs === undefined ? null : Temporal.Instant.fromEpochMilliseconds(expiresAtMs),
    }));
    await recordEntries(services, ANA, account.id, entries, 'hand');
  }
}

async function plan({ services }: Stage, slug: string, event: WorldEvent): Promise<void> {
  const account = (await listAccounts(services.store.db)).find((each) => each.slug === slug);
  if (!account) throw new Error(`no account ${slug}`);
  const { name, start, hours, participants } = event;
  await planEvent(services, ANA, account.id, {
    ...{ name, venue: '', client: '', note: '', timezone: start.timeZoneId },
    ...{ start: start.toInstant(), end: start.add({ hours }).toInstant(), participants },
    ...{ outputsPerParticipant: toNano(1), pricePerOutput: null, ...FORM_USUAL },
    models: [
      { endpointId: KONTEXT, share: toNano(65), unitsPerOutput: null },
      { endpointId: GEMINI, share: toNano(35), unitsPerOutput: null },
    ],
    ...{ peakParticipants: null, concurrency: null, apiKeyIds: [] },
  });
}

/** Somebody's server, which writes down what it is told, and when. */
async function receiver(now: () => Temporal.Instant) {
  const told: Told[] = [];
  const server = createServer(async (req, res) => {
    const { type, data } = JSON.parse(await text(req));
    if (type.startsWith('incident.')) {
      told.push({
        ...{ at: now(), type, id: String(req.headers['webhook-id']) },
        ...{ slug: data.account, kind: data.rule.kind },
        ...{ ruleId: data.rule.id, subject: data.subject },
        ...{ incidentId: data.incident_id, title: data.message ?? '' },
      });
    }
    res.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    told,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
