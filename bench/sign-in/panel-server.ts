import { createApp } from '../../src/app.ts';
import { hashPassword } from '../../src/auth/password.ts';
import { createPerson } from '../../src/auth/people.ts';
import { readConfig } from '../../src/config.ts';
import { createLogger, logFile } from '../../src/log.ts';
import { listen } from '../../src/server.ts';
import { createServices } from '../../src/services.ts';
import { endWithParent, tellParent } from '../support/child.ts';
import { benchFolder } from '../support/folder.ts';

/** Where the panel answers, and where the same panel takes everybody for the same person. */
export interface Panels {
  url: string;
  trustingUrl: string;
  email: string;
  password: string;
}

endWithParent();
const dataDir = benchFolder();
const config = readConfig({
  DATA_DIR: dataDir,
  PORT: '0',
  RATE_LIMIT_PER_MINUTE: '1000000',
  // So that each attempt can come from somewhere else.
  TRUST_PROXY: 'loopback',
});
const log = createLogger(config.logLevel, logFile('/dev/null'));
const services = await createServices(config, { log });
const { store, now, sessions } = services;
const [email, password] = ['ana@example.com', 'correcto caballo batería grapa'];
const id = await createPerson(store.db, store.engine, now(), {
  name: 'Ana',
  email,
  role: 'admin',
  passwordHash: await hashPassword(password),
});
const person = {
  kind: 'person',
  id,
  name: 'Ana',
  email,
  role: 'admin',
  sessionId: 'any',
  twoFactorEnabled: false,
} as const;
const trusting = { ...services, sessions: { ...sessions, find: async () => person } };
const { url } = await listen(createApp(services), config);
const { url: trustingUrl } = await listen(createApp(trusting), config);
tellParent({ url, trustingUrl, email, password } satisfies Panels);
