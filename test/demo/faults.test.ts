import { expect, test } from 'vitest';
import * as faults from '../../src/demo/faults.ts';
import { ask, body, simulator } from './ask.ts';

const PATH = '/models/usage';

test('a fault lasts as long as it is told, then the next one has its turn', async () => {
  const sim = await simulator();
  sim.fault(PATH, faults.failWith(503), 2);
  sim.fault(PATH, faults.failWith(500), 1);
  const statuses: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) statuses.push((await ask(sim, PATH)).status);
  expect(statuses).toEqual([503, 503, 500, 200]);
  expect(sim.received).toHaveLength(4);
});

test('a fault can be taken away, and all of them', async () => {
  const sim = await simulator();
  const remove = sim.fault(PATH, faults.failWith(500));
  expect((await ask(sim, PATH)).status).toBe(500);
  remove();
  expect((await ask(sim, PATH)).status).toBe(200);
  sim.fault(PATH, faults.failWith(500));
  sim.quirks.emptyPages = 3;
  sim.reset();
  expect(sim.received).toEqual([]);
  expect((await body(sim, PATH)).time_series.length).toBeGreaterThan(0);
});

test('a fault keeps to its path, or to its query', async () => {
  const sim = await simulator();
  sim.fault('/models', faults.failWith(500));
  sim.fault(/timeframe=day/, faults.failWith(502));
  sim.fault(/^\/account\/billing$/, faults.failWith(504));
  expect((await ask(sim, PATH)).status).toBe(200);
  expect((await ask(sim, PATH, { timeframe: 'day' })).status).toBe(502);
  expect((await ask(sim, '/account/billing', { expand: 'credits' })).status).toBe(504);
});

test.each([
  ['fal error', faults.failWith(429, 'Slow down'), 429, '"type":"rate_limited"'],
  ['detail', faults.failWithDetail(403, 'No'), 403, '{"detail":"No"}'],
  ['details', faults.failWithDetail(422, [{ msg: 'no' }]), 422, '{"detail":[{"msg":"no"}]}'],
  ['lock', faults.lockNotice(), 403, '"User is locked. Reason: Exhausted balance.'],
  ['good-looking lock', faults.lockNotice('TOP_UP', 200), 200, '"User is locked. Reason: TOP_UP"'],
  ['CDN challenge', faults.cdnChallenge(), 403, '<!DOCTYPE html>'],
  ['proxy page', faults.htmlError(), 502, '<html>'],
  ['broken JSON', faults.notJson(), 200, '{"time_series": ['],
  ['other JSON', faults.wrongShape([1]), 200, '[1]'],
])('%s', async (_, fault, status, text) => {
  const sim = await simulator();
  sim.fault(PATH, fault);
  const response = await ask(sim, PATH);
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(text);
});

test('a challenge says so in a header', async () => {
  const sim = await simulator();
  sim.fault(PATH, faults.cdnChallenge());
  const { headers } = await ask(sim, PATH);
  expect(headers.get('cf-mitigated')).toBe('challenge');
  expect(headers.get('content-type')).toContain('text/html');
});

test('a rate limit says when to come back, or not', async () => {
  const sim = await simulator();
  sim.fault(PATH, faults.rateLimited({ retryAfter: 49, resetSeconds: 12 }), 1);
  sim.fault(PATH, faults.rateLimited(), 1);
  const told = (await ask(sim, PATH)).headers;
  expect([told.get('retry-after'), told.get('x-ratelimit-reset')]).toEqual(['49', '12']);
  expect((await ask(sim, PATH)).headers.has('retry-after')).toBe(false);
});

test('a hung request has no answer, and closing ends it', async () => {
  const sim = await simulator();
  sim.fault(PATH, faults.hang());
  const signal = AbortSignal.timeout(50);
  await expect(fetch(`${sim.url}${PATH}`, { signal })).rejects.toThrow(/timeout/);
  const hung = fetch(`${sim.url}${PATH}`);
  setTimeout(() => sim.close(), 20);
  await expect(hung).rejects.toThrow();
});

test('a reset connection ends before the answer', async () => {
  const sim = await simulator();
  sim.fault(PATH, faults.resetConnection());
  await expect(ask(sim, PATH)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
});

test('a truncated answer begins well', async () => {
  const sim = await simulator();
  sim.fault(PATH, faults.truncateBody());
  const response = await ask(sim, PATH);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

test('slow answers are true and slow', async () => {
  const sim = await simulator();
  const truth = await body(sim, PATH);
  sim.fault(PATH, faults.slowHeaders(60), 1);
  sim.fault(PATH, faults.slowBody(60), 1);
  let asked = performance.now();
  const late = await ask(sim, PATH);
  expect(performance.now() - asked).toBeGreaterThan(55);
  expect(await late.json()).toEqual(truth);
  asked = performance.now();
  const halting = await ask(sim, PATH);
  expect(await halting.json()).toEqual(truth);
  expect(performance.now() - asked).toBeGreaterThan(55);
});

test('an oversized answer is as large as it says, or small on the wire', async () => {
  const sim = await simulator();
  sim.fault(PATH, faults.oversize(2), 1);
  sim.fault(PATH, faults.oversize(2, { gzip: true }), 1);
  for (const encoding of [null, 'gzip']) {
    const response = await ask(sim, PATH);
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect((await response.text()).length).toBeGreaterThan(2 * 1024 * 1024);
  }
});

test('a client may hang up on an oversized answer', async () => {
  const sim = await simulator();
  sim.fault(PATH, faults.oversize(64), 1);
  const response = await ask(sim, PATH);
  await response.body?.cancel();
  expect((await ask(sim, PATH)).status).toBe(200);
});

test('what says gzip may not be', async () => {
  const sim = await simulator();
  sim.fault(PATH, faults.corruptGzip());
  await expect(ask(sim, PATH).then((response) => response.text())).rejects.toThrow();
});

test('a fault may be anything', async () => {
  const sim = await simulator();
  sim.fault(
    PATH,
    faults.custom((_, res) => void res.writeHead(204).end()),
  );
  expect((await ask(sim, PATH)).status).toBe(204);
});

test('every answer takes the latency', async () => {
  const sim = await simulator({ latencyMs: 40 });
  const asked = performance.now();
  await ask(sim, '/models');
  expect(performance.now() - asked).toBeGreaterThan(38);
  sim.setLatency(0);
  expect((await ask(sim, '/models')).status).toBe(200);
});
