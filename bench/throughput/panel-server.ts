import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLogger, logFile } from '../../src/log.ts';
import { listen } from '../../src/server.ts';
import { createServices } from '../../src/services.ts';
import { endWithParent, tellParent } from '../support/child.ts';
import { benchFolder } from '../support/folder.ts';

endWithParent();
const [simulatorUrl = ''] = process.argv.slice(2);
const dataDir = benchFolder();
const config = readConfig({
  DATA_DIR: dataDir,
  PORT: '0',
  FAL_API_BASE_URL: simulatorUrl,
  RATE_LIMIT_PER_MINUTE: '1000000',
  DEFAULT_TIMEZONE: 'America/Mexico_City',
});
const log = createLogger(config.logLevel, logFile('/dev/null'));
const services = await createServices(config, { log, cacheMs: 3_600_000 });
const { url } = await listen(createApp(services), config);
tellParent({ url });
