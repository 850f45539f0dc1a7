import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { cutOffStalled } from './stalled.ts';

/** A file while it is made. */
export interface Download {
  /** As it is saved: plain characters only. */
  name: string;
  contentType: string;
  content: Readable;
}

/**
 * Sends a file while it is made, as `sendPieces` does: browsers show one that is cut off as a failed
 * download.
 * @throws what `content` fails with, or for somebody who went away.
 */
export async function sendDownload(
  res: Response,
  file: Download,
  stalledMs?: number,
): Promise<void> {
  res.status(200).set({
    'Content-Type': file.contentType,
    'Content-Disposition': `attachment; filename="${file.name}"`,
  });
  await sendPieces(res, file.content, stalledMs);
}

/**
 * Sends a body while it is made, no faster than it is taken: however long it is, only what is on
 * its way is in memory. What breaks half-way cuts the answer off, and so does whoever takes nothing for
 * a minute.
 * @throws what `content` fails with, or for somebody who went away.
 */
export async function sendPieces(
  res: Response,
  content: Readable,
  stalledMs?: number,
): Promise<void> {
  cutOffStalled(res, stalledMs);
  try {
    await pipeline(content, res);
  } catch (error) {
    const { log, id } = res.req;
    // Nobody else would say so: the answer is on its way, and a browser only sees it break off.
    if (!isHangUp(error)) log.error({ err: error, request_id: id }, 'an answer broke off');
    throw error;
  }
}

function isHangUp(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/**
 * Begins a list, so that a failure up to its first item can still be told to who asked.
 * @throws what the list throws until then.
 */
export async function begun<T>(items: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  return (async function* rest() {
    try {
      for (let item = first; !item.done; item = await iterator.next()) yield item.value;
    } finally {
      await iterator.return?.();
    }
  })();
}
