import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { createQueue } from '../queue.ts';

export type Encoding = 'gzip' | 'br';

interface Decompressor extends Transform {
  reset(): void;
}

const CREATE: Record<Encoding, () => Decompressor> = {
  // Their types lack what all of `node:zlib` has.
  gzip: createGunzip as unknown as () => Decompressor,
  br: createBrotliDecompress as unknown as () => Decompressor,
};

/**
 * Makes text of compressed bodies, one after the other, with one decompressor that is used again.
 * Whatever a decompressor of `node:zlib` gave out stays in memory with it until V8 next collects
 * everything: with one for each answer, up to 64 MB of answers that were long read.
 * @param maxBytes what is longer is refused with `ERR_BUFFER_TOO_LARGE`.
 * @returns a function that throws what `node:zlib` does.
 */
export function createInflate(encoding: Encoding, maxBytes: number) {
  const inTurn = createQueue({
    parallel: 1,
    waiting: Infinity,
    full: () => new Error('too many wait'),
  });
  let kept: ReturnType<typeof openDecompressor> | null = null;

  return function inflate(body: Uint8Array): Promise<string> {
    return inTurn(async () => {
      const decompressor = kept ?? openDecompressor(encoding, maxBytes);
      // Not used again after a failure.
      kept = null;
      const { text, isUsable } = await decompressor.inflate(body);
      if (isUsable) kept = decompressor;
      return text;
    });
  };
}

function openDecompressor(encoding: Encoding, maxBytes: number) {
  const stream = CREATE[encoding]();
  let take: (piece: Uint8Array) => void = ignore;
  let end: (isUsable: boolean) => void = ignore;
  let fail: (error: unknown) => void = ignore;
  stream.on('data', (piece: Buffer) => take(piece));
  // It ends by itself only before bytes that belong to no body.
  stream.on('end', () => end(false));
  stream.on('error', (error) => fail(error));
  stream.on('close', () => fail(new Error('the decompressor was closed')));

  return {
    async inflate(body: Uint8Array): Promise<{ text: string; isUsable: boolean }> {
      const decoder = new TextDecoder();
      let text = '';
      let bytes = 0;
      const isUsable = await new Promise<boolean>((resolve, reject) => {
        end = resolve;
        fail = reject;
        take = (piece) => {
          bytes += piece.byteLength;
          if (bytes <= maxBytes) text += decoder.decode(piece, { stream: true });
          else {
            reject(tooLarge(maxBytes));
            stream.destroy();
          }
        };
        // What it is refused with is an event as well.
        stream.write(body, (error) => {
          if (!error) resolve(true);
        });
      });
      // Or the text would be kept until the next one comes.
      take = end = fail = ignore;
      if (isUsable) stream.reset();
      else stream.destroy();
      return { text: text + decoder.decode(), isUsable };
    },
  };
}

function ignore(): void {}

function tooLarge(maxBytes: number): Error {
  const error = new RangeError(`the body has more than ${maxBytes} bytes`);
  return Object.assign(error, { code: 'ERR_BUFFER_TOO_LARGE' });
}
