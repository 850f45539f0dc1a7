import 'dotenv/config';
import { createApp } from './app.ts';
import { prepareFirstAdmin } from './auth/first-admin.ts';
import { readConfig } from './config.ts';
import { listen, startProblem } from './server.ts';
import { createServices } from './services.ts';

try {
  const config = readConfig(process.env);
  const services = await createServices(config);
  const { log } = services;
  try {
    const server = await listen(createApp(services), config);
    try {
      // Not before: a start that can't be would void the link of the panel that runs.
      const setupPath = await prepareFirstAdmin(services);
      services.scheduler.start();
      const address = `${config.publicUrl ?? server.url}${config.basePath}`;
      log.info(`fal usage panel: ${address}/admin/config`);
      if (setupPath) {
        log.warn(
          `nobody can sign in yet: make the first account, within an hour, at ${address}${setupPath}`,
        );
      }
      if (config.publicUrl?.startsWith('https:') && config.trustProxy === false) {
        log.warn('TRUST_PROXY is not set: behind a proxy everybody shares one limit of questions');
      }
      // What starting left behind: V8 would keep it until there is work that needs the room.
      globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      const signal = await server.untilSignal();
      log.info(`${signal}: finishing what is running`);
    } finally {
      services.stopping = true;
      await services.scheduler.stop();
      // Whatever fal is being asked gets the time it may take.
      await server.close(config.falTimeoutMs + 5_000);
    }
  } finally {
    await services.close();
  }
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${startProblem(error)}\n`);
}
