import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listAccounts } from '../accounts/accounts.ts';
import { createApp } from '../app.ts';
import { SERVER } from '../audit/actor.ts';
import { hashPassword } from '../auth/password.ts';
import { createPerson } from '../auth/people.ts';
import { readConfig } from '../config.ts';
import { createChannel, newWebhookSecret } from '../deliveries/change-channels.ts';
import { NANO_PER_UNIT } from '../money.ts';
import { planEvent } from '../planner/change-events.ts';
import { FORM_USUAL } from '../planner/plan-fields.ts';
import { addSchedule } from '../reports/change-schedules.ts';
import { listen, startProblem } from '../server.ts';
import { createServices, type Services } from '../services.ts';
import { startReceiver } from './receiver.ts';
import { startSimulator } from './simulator.ts';

/** A round trip to fal as it feels from a venue, in ms. */
const LATENCY_MS = 250;

/** After that the demo begins with what there is. */
const LONGEST_FIRST_READ_S = 20;

/** Who can sign in; only here, where nothing is real. */
const ADMIN = { email: 'demo@example.com', password: 'demo-demo' };

// Whatever is done in the demo ends with it.
const dataDir = mkdtempSync(join(tmpdir(), 'fal-usage-panel-demo-'));
process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }));

try {
  const simulator = await startSimulator({ latencyMs: LATENCY_MS });
  const receiver = await startReceiver();
  const config = readConfig({
    BASE_PATH: '/futurelab_ai',
    LOG_LEVEL: 'warn',
    DEFAULT_TIMEZONE: 'America/Mexico_City',
    DELIVERY_ALLOW_NETWORKS: '127.0.0.1',
    ...process.env,
    DATA_DIR: dataDir,
    DATABASE_URL: '',
    APP_SECRET: '',
    NEW_APP_SECRET: '',
    FAL_KEY: simulator.keys.admin,
    FAL_API_BASE_URL: simulator.url,
  });
  const services = await createServices(config);
  const { store, now } = services;
  await createPerson(store.db, store.engine, now(), {
    name: 'Demo',
    email: ADMIN.email,
    role: 'admin',
    passwordHash: await hashPassword(ADMIN.password),
  });
  const server = await listen(createApp(services), config);
  services.scheduler.start();
  await plantStories(services, receiver.url);
  const page = `${server.url}/admin/config`;
  const { admin, api, locked, empty, unbound } = simulator.keys;

  process.stdout.write(`
    fal usage panel, demo: fal is simulated, no key and no network needed.

    1. Open          ${page}
    2. Sign in       ${ADMIN.email}
                     ${ADMIN.password}
    3. Press         Ver Uso: an account is stored, its key is
                     ${admin}

    4. Wait          a minute: Alertas has what was found, Reportes the first two reports.
                     They are sent to a receiver in here that takes everything.

    Other keys to try
      no Admin scope   ${api}
      locked account   ${locked}
      unused account   ${empty}
      brand new key    ${unbound}
      unknown key      anything:else

    From a terminal
      curl -X POST ${server.url}${config.basePath}/api/config/falai-usage \\
        -H "Content-Type: application/x-www-form-urlencoded" \\
        -d "api_key=YOUR_FAL_KEY"

    Stop with Ctrl+C.

  `);

  await server.untilSignal();
  await server.close(1_000);
  await services.close();
  await receiver.close();
  await simulator.close();
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${startProblem(error)}\n`);
}

/**
 * What alerts and reports have something to say about: an event for which the credits are not enough, a
 * channel, and reports that are due with the next minute. The panel does the rest itself.
 */
async function plantStories(services: Services, receiverUrl: string): Promise<void> {
  const { config, store, now } = services;
  const { defaultLocale: locale, defaultTimezone: timezone } = config;
  const [account] = await listAccounts(store.db);
  if (!account) return;
  await waitForFirstRead(services);
  const today = now().toZonedDateTimeISO(timezone);
  const start = today.add({ days: 8 }).with({ hour: 18, minute: 0, second: 0 }).round('minute');
  await planEvent(services, SERVER, account.id, {
    ...{ name: 'Expo de fin de año', venue: 'Centro de convenciones', client: '', note: '' },
    ...{ start: start.toInstant(), end: start.add({ hours: 5 }).toInstant(), timezone },
    ...{ participants: 5_000, outputsPerParticipant: NANO_PER_UNIT, ...FORM_USUAL },
    ...{ models: null, pricePerOutput: null, apiKeyIds: null },
    ...{ peakParticipants: null, concurrency: null },
  });
  await createChannel(services, SERVER, {
    ...{ id: randomUUID(), name: 'Receptor de la demo', locale },
    target: {
      kind: 'webhook',
      url: receiverUrl,
      secrets: [{ secret: newWebhookSecret(), until: null }],
    },
  });
  const soon = now().toZonedDateTimeISO(timezone).add({ minutes: 1 });
  for (const cadence of ['daily', 'weekly'] as const) {
    await addSchedule(services, SERVER, {
      ...{ id: randomUUID(), accountId: account.id, cadence, timezone },
      ...{ channelIds: null, isEnabled: true },
      localTime: soon.toPlainTime().round({ smallestUnit: 'minute', roundingMode: 'floor' }),
      ...{ weekday: soon.dayOfWeek, monthDay: 1 },
    });
  }
}

/** Before anything is read an event has no verdict, and alerts look for another only minutes later. */
async function waitForFirstRead({ store }: Services): Promise<void> {
  for (let seconds = 0; seconds < LONGEST_FIRST_READ_S; seconds += 1) {
    const read = await store.db
      .selectFrom('account_syncs')
      .select('account_id')
      .where('last_success_at', 'is not', null)
      .executeTakeFirst();
    if (read) return;
    await sleep(1_000);
  }
}
