import 'dotenv/config';
import { createApp } from './app.ts';
import { prepareFirstAdmin } from './auth/first-admin.ts';
import { readConfig } from './config.ts';
import { listen, startProblem } from './server.ts';
import { createServices } from './services.ts';

try {
  const config = readConfig(process.env);
  const services = await createServices(config);
  try {
    const setupPath = await prepareFirstAdmin(services);
    const server = await listen(createApp(services), config);
    const address = `${config.publicUrl ?? server.url}${config.basePath}`;
    services.log.info(`fal usage panel: ${address}/admin/config`);
    if (setupPath) {
      services.log.info(
        `nobody can sign in yet: make the first account, within an hour, at ${address}${setupPath}`,
      );
    }

    const signal = await server.untilSignal();
    services.log.info(`${signal}: finishing what is running`);
    services.stopping = true;
    // Whatever fal is being asked gets the time it may take.
    await server.close(config.falTimeoutMs + 5_000);
  } finally {
    await services.close();
  }
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${startProblem(error)}\n`);
}
