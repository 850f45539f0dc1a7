import 'dotenv/config';
import { createApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import { listen } from './server.ts';
import { createServices } from './services.ts';

try {
  const config = readConfig(process.env);
  const services = createServices(config);
  const server = await listen(createApp(services), config);
  services.log.info(
    `fal usage panel: ${config.publicUrl ?? server.url}${config.basePath}/admin/config`,
  );

  const signal = await server.untilSignal();
  services.log.info(`${signal}: finishing what is running`);
  await server.close();
  await services.close();
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${startProblem(error)}\n`);
}

function startProblem(error: unknown): string {
  if (error instanceof ConfigError) return `Can't start:\n  ${error.mistakes.join('\n  ')}`;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE' || code === 'EACCES')
    return `Can't start: ${message}. Try another PORT.`;
  return `Can't start: ${stack ?? message}`;
}
