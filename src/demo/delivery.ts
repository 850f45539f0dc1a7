import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants, createGzip, gzip } from 'node:zlib';
import type { Answer } from './answer.ts';
import type { Fault } from './faults.ts';

const COMPRESS_FROM_BYTES = 1024;
const MEBIBYTE = 1024 * 1024;
const compress = promisify(gzip);

export interface Delivery {
  req: IncomingMessage;
  res: ServerResponse;
  /** Aborts when the simulator closes. */
  signal: AbortSignal;
}

/** Sends the true answer, unless a fault comes between. @param answer is only asked when needed. */
export async function deliver(
  delivery: Delivery,
  fault: Fault | null,
  answer: () => Answer,
): Promise<void> {
  const { req, res, signal } = delivery;
  switch (fault?.kind) {
    case undefined:
      return send(delivery, answer());
    case 'answer':
      return send(delivery, fault.answer);
    case 'hang':
      return;
    case 'reset':
      req.socket.resetAndDestroy();
      return;
    case 'slow-headers':
      await sleep(fault.ms, undefined, { signal });
      return send(delivery, answer());
    case 'slow-body':
      return send(delivery, answer(), () => sleep(fault.ms, undefined, { signal }));
    case 'truncate':
      return send(delivery, answer(), async () => {
        req.socket.destroy();
      });
    case 'oversize':
      return sendOversize(res, fault);
    case 'custom':
      return fault.handle(req, res);
  }
}

/** @param halfWay is run between the two halves of the body. */
async function send(
  { req, res }: Delivery,
  answer: Answer,
  halfWay?: () => Promise<void>,
): Promise<void> {
  const plain = Buffer.from(answer.body);
  const compressed =
    plain.length > COMPRESS_FROM_BYTES &&
    /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? '')) &&
    !answer.headers['content-encoding'];
  const body = compressed ? await compress(plain, { level: constants.Z_BEST_SPEED }) : plain;
  res.writeHead(answer.status, {
    ...answer.headers,
    ...(compressed && { 'content-encoding': 'gzip' }),
    vary: 'accept-encoding',
    'content-length': body.length,
  });
  if (!halfWay) {
    res.end(body);
    return;
  }
  const half = Math.floor(body.length / 2);
  // Waits until the first half has left, so that the far end has a part of an answer.
  await new Promise((sent) => res.write(body.subarray(0, half), sent));
  await halfWay();
  res.end(body.subarray(half));
}

async function sendOversize(
  res: ServerResponse,
  { mebibytes, gzip: compressed }: { mebibytes: number; gzip: boolean },
): Promise<void> {
  res.writeHead(200, {
    'content-type': 'application/json',
    ...(compressed && { 'content-encoding': 'gzip' }),
  });
  const body = Readable.from(padding(mebibytes));
  const sent = compressed
    ? pipeline(body, createGzip({ level: constants.Z_BEST_SPEED }), res)
    : pipeline(body, res);
  // Whoever asked is expected to hang up in the middle.
  await sent.catch(() => undefined);
}

function* padding(mebibytes: number): Generator<string> {
  yield '{"padding":"';
  const chunk = 'x'.repeat(MEBIBYTE);
  for (let sent = 0; sent < mebibytes; sent += 1) yield chunk;
  yield '"}';
}
