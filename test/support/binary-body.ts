import type { Readable } from 'node:stream';

/** Reads an answer's body as the bytes it has: a parser for supertest. */
export function binary(res: unknown, done: (error: Error | null, body: Buffer) => void): void {
  const pieces: Buffer[] = [];
  const stream = res as Readable;
  stream.on('data', (piece) => pieces.push(Buffer.from(piece, 'binary')));
  stream.on('end', () => done(null, Buffer.concat(pieces)));
}
