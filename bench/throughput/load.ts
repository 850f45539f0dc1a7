import { connect } from 'node:net';
import { endWithParent, tellParent } from '../support/child.ts';

/** How many connections ask at the same time, one request each. */
const CONNECTIONS = 32;

export interface Load {
  url: string;
  path: string;
  form: string;
  requests: number;
}

/** How long the requests took together, in seconds. */
export interface LoadTaken {
  seconds: number;
}

endWithParent();
process.on('message', async (load: Load) => {
  const start = performance.now();
  const each = Math.ceil(load.requests / CONNECTIONS);
  await Promise.all(Array.from({ length: CONNECTIONS }, () => askInTurn(load, each)));
  tellParent({ seconds: (performance.now() - start) / 1000 } satisfies LoadTaken);
});
tellParent('ready');

/**
 * Asks the same thing over one kept connection, each time when the last answer is there. On a plain
 * socket: an HTTP client would cost as much as the servers that are measured.
 */
function askInTurn({ url, path, form }: Load, times: number): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const request = Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${form.length}`,
      'Accept: */*',
      '',
      form,
    ].join('\r\n'),
  );
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let left = times;
    let missing = 0;
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk: Buffer) => {
      missing = missing > 0 ? missing - chunk.length : bytesAfter(chunk);
      if (missing > 0) return;
      left -= 1;
      if (left > 0) socket.write(request);
      else socket.end(resolve);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server hung up')));
  });
}

/** How many bytes of an answer are still to come after its first chunk. @throws unless it is a 200. */
function bytesAfter(chunk: Buffer): number {
  const end = chunk.indexOf('\r\n\r\n') + 4;
  const head = chunk.toString('latin1', 0, end);
  const length = head.match(/\r\ncontent-length: (\d+)/i)?.[1];
  if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) {
    throw new Error(`not the answer expected: ${head.slice(0, 200)}`);
  }
  return end + Number(length) - chunk.length;
}
