import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import compression from 'compression';
import express, { type RequestHandler } from 'express';
import { expect, test } from 'vitest';
import { sendDownload } from '../../src/http/download.ts';
import { createLogger } from '../../src/log.ts';
import { listening } from '../support/listening.ts';

/** Answers one request with a file. @returns the port, and how sending it ended. */
async function serve(content: Readable, stalledMs: number, ...before: RequestHandler[]) {
  const app = express();
  app.set('env', 'test');
  const sent = Promise.withResolvers<void>();
  sent.promise.catch(() => {});
  app.get('/', ...before, async (req, res) => {
    req.log = createLogger('silent') as typeof req.log;
    const file = { name: 'file.csv', contentType: 'text/csv', content };
    await sendDownload(res, file, stalledMs).then(sent.resolve, sent.reject);
  });
  return { port: await listening(app), sent: sent.promise };
}

function* endless() {
  for (;;) yield randomBytes(64 * 1_024);
}

test.each([
  ['as it is', []],
  ['compressed', [compression()]],
])('who stops taking a file, %s, without hanging up gives its source back', async (_, before) => {
  const content = Readable.from(endless());
  const { port, sent } = await serve(content, 30, ...before);
  const headers = { 'Accept-Encoding': 'gzip' };
  const [response] = await once(request({ port, host: '127.0.0.1', headers }).end(), 'response');
  response.pause();
  await expect(sent).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
  expect(content.destroyed).toBe(true);
});

test('a file may be made more slowly than that', async () => {
  const idle = Promise.withResolvers<void>();
  async function* slow() {
    yield 'first\n';
    await idle.promise;
    yield 'last\n';
  }
  const { port, sent } = await serve(Readable.from(slow()), 1, (_req, res, next) => {
    res.once('timeout', idle.resolve);
    next();
  });
  const response = await fetch(`http://127.0.0.1:${port}/`);
  expect(await response.text()).toBe('first\nlast\n');
  await sent;
});
