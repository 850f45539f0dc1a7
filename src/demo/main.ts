import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../app.ts';
import { hashPassword } from '../auth/password.ts';
import { createPerson } from '../auth/people.ts';
import { readConfig } from '../config.ts';
import { listen, startProblem } from '../server.ts';
import { createServices } from '../services.ts';
import { startSimulator } from './simulator.ts';

/** A round trip to fal as it feels from a venue, in ms. */
const LATENCY_MS = 250;

/** Who can sign in; only here, where nothing is real. */
const ADMIN = { email: 'demo@example.com', password: 'demo-demo' };

// Whatever is done in the demo ends with it.
const dataDir = mkdtempSync(join(tmpdir(), 'fal-usage-panel-demo-'));
process.on('exit', () => rmSync(dataDir, { recursive: true, force: true }));

try {
  const simulator = await startSimulator({ latencyMs: LATENCY_MS });
  const config = readConfig({
    BASE_PATH: '/futurelab_ai',
    LOG_LEVEL: 'warn',
    DEFAULT_TIMEZONE: 'America/Mexico_City',
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
  const page = `${server.url}/admin/config`;
  const { admin, api, locked, empty, unbound } = simulator.keys;

  process.stdout.write(`
    fal usage panel, demo: fal is simulated, no key and no network needed.

    1. Open          ${page}
    2. Sign in       ${ADMIN.email}
                     ${ADMIN.password}
    3. Press         Ver Uso: an account is stored, its key is
                     ${admin}

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
  await simulator.close();
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${startProblem(error)}\n`);
}
