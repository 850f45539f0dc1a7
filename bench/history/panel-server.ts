import { monitorEventLoopDelay } from 'node:perf_hooks';
import { findAccount } from '../../src/accounts/accounts.ts';
import { alertsJob } from '../../src/alerts/evaluation.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { runwayOf } from '../../src/credits/runway.ts';
import { readStatement } from '../../src/credits/statement.ts';
import { createLogger, logFile } from '../../src/log.ts';
import { listen } from '../../src/server.ts';
import { createServices } from '../../src/services.ts';
import { plantRules } from '../alerts/plant.ts';
import { ACCOUNT, plantCredits } from '../credits/plant.ts';
import { endWithParent, tellParent } from '../support/child.ts';
import { benchFolder } from '../support/folder.ts';
import { END, fillStore, ZONE } from './ten-million-rows.ts';

/** How long the event loop was not free since it was last asked, in ms. */
export interface LoopDelay {
  longest: number;
}

/** A panel on ten million hourly rows, with `credits` of an account or `alerts` besides, that takes everybody for the same admin. */
endWithParent();
const [databaseUrl = '', extra] = process.argv.slice(2);
const config = readConfig({
  DATA_DIR: benchFolder(),
  DATABASE_URL: databaseUrl,
  PORT: '0',
  DEFAULT_TIMEZONE: ZONE,
  RATE_LIMIT_PER_MINUTE: '1000000',
});
const now = () => END.add({ minutes: 6 }).toInstant();
const services = await createServices(config, {
  log: createLogger(config.logLevel, logFile('/dev/null')),
  now,
});
await fillStore(services.store.db, services.store.engine);
if (extra === 'alerts') await plantRules(services.store.db, now());
if (extra === 'credits') await plantCredits(services.store.db, services.store.engine);
const alerts = alertsJob(services);
const person = {
  kind: 'person',
  id: 'ana',
  name: 'Ana',
  email: 'ana@example.com',
  role: 'admin',
  sessionId: 'any',
  twoFactorEnabled: false,
} as const;
const sessions = { ...services.sessions, find: async () => person };
const { url } = await listen(createApp({ ...services, sessions }), config);
// How late a timer of 1 ms comes: https://nodejs.org/api/perf_hooks.html#perf_hooksmonitoreventloopdelayoptions
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', async (message) => {
  if (message === 'round') return tellParent({ ms: await timedRound() });
  if (message === 'statement') return tellParent({ ms: await timedStatement() });
  tellParent({ longest: delay.max / 1e6 } satisfies LoopDelay);
  delay.reset();
});
tellParent({ url });

/** How long it takes to judge all accounts by their rules, in ms; nobody else wants the lease. */
async function timedRound(): Promise<number> {
  const lease = { name: 'alerts', signal: new AbortController().signal, confirm: async () => {} };
  const began = performance.now();
  await alerts.run(lease);
  return performance.now() - began;
}

/** How long a statement of an account's credits and its runway take, in ms. */
async function timedStatement(): Promise<number> {
  const account = await findAccount(services.store.db, ACCOUNT);
  if (!account) throw new Error(`no account ${ACCOUNT}`);
  const began = performance.now();
  const { outlook } = await readStatement(services, account);
  if (!outlook) throw new Error('nobody knows what is left');
  runwayOf(outlook);
  return performance.now() - began;
}
