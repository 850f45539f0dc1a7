import type { Config } from '../config.ts';
import { localUrl } from '../server.ts';

/** Where people open the panel, as far as the configuration says: links begin with it. */
export function panelAddress({ publicUrl, host, port, basePath }: Config): string {
  return `${publicUrl ?? localUrl(host, port)}${basePath}`;
}
