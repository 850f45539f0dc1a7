import 'dotenv/config';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { listen, startProblem } from './server.ts';
import { createServices } from './services.ts';

try {
  const config = readConfig(process.env);
  const services = await createServices(config);
  try {
    const server = await listen(createApp(services), config);
    services.log.info(
      `fal usage panel: ${config.publicUrl ?? server.url}${config.basePath}/admin/config`,
    );

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
