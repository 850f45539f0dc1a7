import type { Config } from '../config.ts';
import { panelUrl } from '../http/panel-url.ts';
import { localUrl } from '../server.ts';

/** Where people open the panel, as far as the configuration says: links begin with it. */
export function panelAddress(config: Config): string {
  return panelUrl(config) ?? localUrl(config.host, config.port) + config.basePath;
}
