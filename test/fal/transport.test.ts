import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Pool } from 'undici';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createTransport } from '../../src/fal/transport.ts';
import { type Answer, falServer, inTurn, json, KEY } from '../support/fal-server.ts';

const balance = { username: 'team', credits: { current_balance: 24.5, currency: 'USD' } };
const good: Answer = (res) => json(res, balance);
const error = (status: number, type: string, message = type, headers = {}): Answer => {
  return (res) => json(res, { error: { type, message } }, status, headers);
};
const reset: Answer = (res) => {
  res.socket?.destroy();
};

async function ask(answer: Answer, timeoutMs?: number) {
  const server = await falServer(answer);
  const outcome = await server.fal.accountBilling(server.question(timeoutMs)).then(
    (answered) => ({ answered, error: null }),
    (failed) => ({ answered: null, error: failed }),
  );
  return { ...outcome, questions: server.asked.length };
}

test('the key goes in the Authorization header and nowhere else', async () => {
  let header: string | undefined;
  const { fal, question, asked } = await falServer((res, { req }) => {
    header = req.headers.authorization;
    good(res, {} as never);
  });
  await fal.accountBilling(question());
  expect(header).toBe(`Key ${KEY}`);
  expect(asked.join()).not.toContain('0123456789abcdef');
});

test('compressed answers are asked for, and read', async () => {
  const { answered } = await ask((res, { req }) => {
    expect(req.headers['accept-encoding']).toContain('gzip');
    res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    res.end(gzipSync(JSON.stringify(balance)));
  });
  expect(answered?.credits?.balance).toBe(24_500_000_000n);
});

test('large answers that come together are parsed one by one, and what else is to do comes between', async () => {
  const order: string[] = [];
  const { parse } = JSON;
  const spy = vi.spyOn(JSON, 'parse').mockImplementation((text, reviver) => {
    if (text.length > 256 * 1024) {
      order.push('answer');
      setImmediate(() => order.push('request'));
    }
    return parse(text, reviver);
  });
  onTestFinished(() => spy.mockRestore());
  const large = JSON.stringify({ ...balance, padding: 'x'.repeat(256 * 1024) });
  const held: ServerResponse[] = [];
  const { fal, question } = await falServer((res) => {
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': large.length });
    // All of them end at once.
    res.write(large.slice(0, -1), () => {
      if (held.push(res) === 3) for (const each of held) each.end(large.slice(-1));
    });
  });
  await Promise.all([1, 2, 3].map(() => fal.accountBilling(question())));
  expect(order.slice(0, 5)).toEqual(['answer', 'request', 'answer', 'request', 'answer']);
});

describe('asking again', () => {
  test.each([
    ['429', error(429, 'rate_limited')],
    ['502', error(502, 'server_error')],
    ['503', error(503, 'server_error')],
    ['504', error(504, 'server_error')],
    ['a connection that breaks', reset],
    ['an HTML 429 from a proxy', (res) => void res.writeHead(429).end('<html>')],
    ['an HTML 502 from a proxy', (res) => void res.writeHead(502).end('<html>')],
    [
      'an answer cut in the middle',
      (res) => {
        res.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
        res.write('{"username":"te', () => res.socket?.destroy());
      },
    ],
  ] as [string, Answer][])('helps after %s', async (_, failing) => {
    const { answered, questions } = await ask(inTurn(failing, failing, good));
    expect(answered?.username).toBe('team');
    expect(questions).toBe(3);
  });

  test.each([
    'ECONNRESET',
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ENETDOWN',
    'ENETUNREACH',
    'EHOSTUNREACH',
    'EPIPE',
    'ETIMEDOUT',
    'UND_ERR_SOCKET',
    'UND_ERR_CONNECT_TIMEOUT',
  ])('helps after %s', async (code) => {
    const failed = Object.assign(new Error(code), { code });
    vi.spyOn(Pool.prototype, 'request').mockRejectedValueOnce(failed);
    expect((await ask(good)).answered?.username).toBe('team');
  });

  test('is no use where a certificate is not good', async () => {
    const failed = Object.assign(new Error('expired'), { code: 'CERT_HAS_EXPIRED' });
    vi.spyOn(Pool.prototype, 'request').mockRejectedValueOnce(failed);
    expect((await ask(good)).error).toMatchObject({ code: 'fal_unavailable', retryable: false });
  });

  test.each([
    [400, 'invalid_request'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [418, 'fal_bad_response'],
    [500, 'fal_unavailable'],
  ])('is no use after %d', async (status, code) => {
    const outcome = await ask(error(status, 'authorization_error'));
    expect(outcome.error).toMatchObject({ code, status });
    expect(outcome.questions).toBe(1);
  });

  test('ends after four tries with what fal said last', async () => {
    const outcome = await ask(error(503, 'server_error', 'maintenance'));
    expect(outcome.error).toMatchObject({ code: 'fal_unavailable', status: 503 });
    expect(outcome.questions).toBe(4);
  });

  test.each([
    ['half as long by chance', 0, 390, 2],
    ['as long as it is told', 1, 390, 1],
    ['twice as long the second time', 0, 590, 2],
  ])('waits %s, if that is not past the deadline', async (_, chance, deadline, questions) => {
    const server = await falServer(error(503, 'server_error'));
    const options = { baseUrl: `${server.url}/v1`, backoffMs: 400, random: () => chance };
    const transport = createTransport(options);
    const asking = transport.send(server.question(deadline), { path: '/models' });
    await expect(asking).rejects.toMatchObject({ code: 'fal_unavailable', status: 503 });
    expect(server.asked).toHaveLength(questions);
    await transport.close();
  });

  test('waits as long as fal asks, and not at all when that is past the deadline', async () => {
    const soon = await ask(inTurn(error(429, 'rate_limited', '', { 'retry-after': '0' }), good));
    expect(soon.answered?.username).toBe('team');
    for (const status of [429, 502, 503, 504]) {
      const late = await ask(error(status, '', '', { 'retry-after': '49' }));
      expect(late).toMatchObject({ error: { status, retryAfterMs: 49_000 }, questions: 1 });
    }
  });

  test('knows the other ways to say how long: a date, and x-ratelimit-reset', async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const dated = await ask(error(429, 'rate_limited', '', { 'retry-after': date }));
    expect(dated.error.retryAfterMs).toBeGreaterThan(3_500_000);
    const counted = await ask(error(429, 'rate_limited', '', { 'x-ratelimit-reset': '55' }));
    expect(counted.error.retryAfterMs).toBe(55_000);
    const both = { 'retry-after': '49', 'x-ratelimit-reset': '55' };
    expect((await ask(error(429, 'rate_limited', '', both))).error.retryAfterMs).toBe(49_000);
  });

  test('takes a wait that is not understood for none', async () => {
    const vague = await ask(error(429, 'rate_limited', '', { 'retry-after': 'soon' }));
    expect(vague).toMatchObject({ error: { retryAfterMs: null }, questions: 4 });
    const blank = { 'retry-after': '', 'x-ratelimit-reset': '55' };
    expect((await ask(error(429, 'rate_limited', '', blank))).error.retryAfterMs).toBe(55_000);
  });
});

describe('what fal says', () => {
  test.each([
    ['Exhausted balance. Top up your balance at fal.ai/dashboard/billing.', 'exhausted_balance'],
    ['TOP_UP', 'top_up'],
    ['Admin lock. Please contact support@fal.ai', 'admin_lock'],
    ['Payment method required', 'payment_method'],
    ['Budget exceeded', 'budget_exceeded'],
    ['Something new', 'other'],
  ])('a lock because of "%s" is an %s, with status 403 and 200 alike', async (reason, kind) => {
    for (const status of [403, 200]) {
      const outcome = await ask((res) => {
        json(res, { detail: `User is locked. Reason: ${reason}` }, status);
      });
      expect(outcome.error).toMatchObject({ code: 'account_locked', lock: { kind, reason } });
      expect(outcome.questions).toBe(1);
    }
  });

  test('a refusal without JSON is a refusal all the same', async () => {
    const refused = await ask((res) => void res.writeHead(401).end('Unauthorized'));
    expect(refused.error).toMatchObject({ code: 'unauthorized', status: 401 });
    const missing = await ask((res) => void res.writeHead(404).end());
    expect(missing.error).toMatchObject({ code: 'not_found' });
  });

  test('a challenge that speaks JSON is a challenge by its header', async () => {
    const outcome = await ask((res) =>
      json(res, { error: {} }, 403, { 'cf-mitigated': 'challenge' }),
    );
    expect(outcome.error).toMatchObject({ code: 'fal_unavailable', challenged: true });
  });

  test.each([
    ['an HTML 403', { 'content-type': 'text/html' }, 403],
    ['a cf-mitigated header', { 'content-type': 'text/html', 'cf-mitigated': 'challenge' }, 503],
  ])('%s is a CDN challenge, not a bad key', async (_, headers, status) => {
    const outcome = await ask((res) => {
      res.writeHead(status, headers).end('<!doctype html><title>Just a moment...</title>');
    });
    expect(outcome.error).toMatchObject({ code: 'fal_unavailable', challenged: true });
    expect(outcome.questions).toBe(1);
  });

  test('a key whose owner fal does not know yet is told apart', async () => {
    const outcome = await ask((res) => {
      json(res, { detail: 'No user found for Key ID and Secret' }, 401);
    });
    expect(outcome.error).toMatchObject({ code: 'unauthorized', unbound: true });
  });

  test('a list of details is read too', async () => {
    const outcome = await ask((res) => json(res, { detail: [{ msg: 'bad start' }] }, 422));
    expect(outcome.error).toMatchObject({ code: 'invalid_request' });
    expect(outcome.error.message).toContain('bad start');
  });

  test.each([null, [], 'no', { detail: [null, 'no'] }, { error: null }, { error: 'no' }])(
    'a 400 that says %j is no more than that',
    async (body) => {
      const outcome = await ask((res) => json(res, body, 400));
      expect(outcome.error).toMatchObject({ code: 'invalid_request', status: 400 });
    },
  );

  test('a key that fal quotes is cut out of the message', async () => {
    const outcome = await ask(error(401, 'authorization_error', `Unknown key ${KEY}`));
    expect(outcome.error.message).toContain('Unknown key [key]');
    expect(JSON.stringify(outcome.error)).not.toContain('0123456789abcdef');
  });
});

describe('an answer that is not the contract', () => {
  test.each([
    ['JSON that is none', 'application/json', '{"username":'],
    ['a web page with status 200', 'text/html', '<html>Sign in to the hotel Wi-Fi</html>'],
    ['JSON of another shape', 'application/json', '{"credits":{"current_balance":"24.50"}}'],
    ['an empty body', 'application/json', ''],
  ])('%s is a bad response', async (_, type, body) => {
    const outcome = await ask((res) => void res.writeHead(200, { 'content-type': type }).end(body));
    expect(outcome.error).toMatchObject({ code: 'fal_bad_response' });
  });

  test('a page in the place of JSON is called that, for the log', async () => {
    const outcome = await ask((res) => void res.writeHead(200).end('<html>Hotel Wi-Fi</html>'));
    expect(outcome.error.message).toBe('/account/billing: answered without JSON');
  });

  test('one that is too large is cut off, also when it is small until inflated', async () => {
    const tooLarge = { code: 'fal_bad_response', message: expect.stringContaining('too large') };
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const outcome = await ask((res) => {
      res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      res.end(bomb);
    });
    expect(outcome.error).toMatchObject(tooLarge);
    const plain = await ask((res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end(Buffer.alloc(49 * 1024 * 1024, ' '));
    });
    expect(plain.error).toMatchObject(tooLarge);
  });

  test.each(['gzip', 'br'])('%s that is none is a bad response', async (encoding) => {
    const outcome = await ask((res) => {
      res.writeHead(200, { 'content-encoding': encoding }).end('not compressed');
    });
    expect(outcome.error).toMatchObject({ code: 'fal_bad_response' });
  });
});

describe('time', () => {
  const hang: Answer = () => {};

  test('an answer that never comes is a timeout at the deadline', async () => {
    const outcome = await ask(hang, 50);
    expect(outcome.error).toMatchObject({ code: 'fal_timeout' });
  });

  test('a pause before asking again ends at the deadline as well', async () => {
    const outcome = await ask(inTurn(error(503, 'server_error'), hang), 100);
    expect(outcome.error).toMatchObject({ code: 'fal_timeout' });
    expect(outcome.questions).toBe(2);
  });

  test('a pause before asking again ends when the caller goes away', async () => {
    const caller = new AbortController();
    const server = await falServer((res) => {
      res.once('finish', () => setTimeout(() => caller.abort(new Error('went home')), 100));
      json(res, {}, 429, { 'retry-after': '60' });
    });
    const asking = server.fal.accountBilling(server.question(120_000, caller.signal));
    await expect(asking).rejects.toThrow('went home');
    expect(server.asked).toHaveLength(1);
  });

  test('an answer that stops half-way is a timeout long before the deadline', async () => {
    const server = await falServer((res) => {
      res.writeHead(200, { 'content-type': 'application/json' }).write('{"username":');
    });
    const transport = createTransport({ baseUrl: `${server.url}/v1`, idleMs: 50 });
    const asking = transport.send(server.question(), { path: '/account/billing' });
    await expect(asking).rejects.toMatchObject({
      code: 'fal_timeout',
      message: '/account/billing: the answer stopped half-way',
    });
    await transport.close();
  });

  test('nobody at the other end is an outage', async () => {
    const server = await falServer(hang);
    const transport = createTransport({ baseUrl: 'http://127.0.0.1:1', backoffMs: 1 });
    const asking = transport.send(server.question(), { path: '/models/usage' });
    await expect(asking).rejects.toMatchObject({ code: 'fal_unavailable' });
    await transport.close();
  });

  test('when the caller goes away the question to fal is dropped, with the reason of the caller', async () => {
    const arrived = Promise.withResolvers<void>();
    const dropped = Promise.withResolvers<void>();
    const server = await falServer((res) => {
      res.once('close', () => dropped.resolve());
      arrived.resolve();
    });
    const caller = new AbortController();
    const asking = server.fal.accountBilling(server.question(10_000, caller.signal));
    const outcome = expect(asking).rejects.toThrow('went home');
    await arrived.promise;
    caller.abort(new Error('went home'));
    await outcome;
    await dropped.promise;
  });

  test('what is left of a question is dropped when it is closed, and nothing of it stays', async () => {
    const arrived = Promise.withResolvers<void>();
    const dropped = Promise.withResolvers<void>();
    const server = await falServer((res) => {
      res.once('close', () => dropped.resolve());
      arrived.resolve();
    });
    const { signal: caller } = new AbortController();
    const timers = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const added = vi.spyOn(caller, 'addEventListener');
    const removed = vi.spyOn(caller, 'removeEventListener');
    const before = timers();
    const question = server.question(10_000, caller);
    const asking = server.fal.accountBilling(question);
    const outcome = expect(asking).rejects.toThrow('the question is over');
    await arrived.promise;
    question[Symbol.dispose]();
    await outcome;
    await dropped.promise;
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
      added.mock.calls.map(([, listener]) => listener),
    );
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test('a question whose caller is gone already is not asked', async () => {
    const server = await falServer(hang);
    using question = server.question(10_000, AbortSignal.abort(new Error('went home')));
    await expect(server.fal.accountBilling(question)).rejects.toThrow('went home');
    expect(server.asked).toEqual([]);
  });
});
