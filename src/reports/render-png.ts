import { Worker } from 'node:worker_threads';

/** A drawing as the thread gets it. */
export interface Drawing {
  svg: string;
  /** In pixels of the image. */
  width: number;
}

/**
 * Draws an SVG as a PNG. What draws and its font are megabytes that are wanted once a day: a thread of
 * its own has them, and its end gives all of it back.
 * @throws what kept it from being drawn, or the signal's reason.
 */
export async function renderPng(drawing: Drawing, signal?: AbortSignal): Promise<Buffer> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./png-worker.ts', import.meta.url), { workerData: drawing });
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const abort = () => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  worker.once('message', resolve);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the drawing thread ended with ${code}`)));
  try {
    return Buffer.from(await promise);
  } finally {
    signal?.removeEventListener('abort', abort);
    await worker.terminate();
  }
}
