import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLogger, logFile } from '../../src/log.ts';
import { listen } from '../../src/server.ts';
import { createServices } from '../../src/services.ts';
import { endWithParent, tellParent } from '../support/child.ts';
import { benchFolder } from '../support/folder.ts';
import { END, fillStore, ZONE } from './ten-million-rows.ts';

/** How long the event loop was not free since it was last asked, in ms. */
export interface LoopDelay {
  longest: number;
}

/** A panel on ten million hourly rows that takes everybody for the same admin. */
endWithParent();
const [databaseUrl = ''] = process.argv.slice(2);
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
process.on('message', () => {
  tellParent({ longest: delay.max / 1e6 } satisfies LoopDelay);
  delay.reset();
});
tellParent({ url });
