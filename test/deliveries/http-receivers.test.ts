import { once } from 'node:events';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { createSender, type SenderOptions } from '../../src/deliveries/send.ts';
import type { Target } from '../../src/deliveries/target.ts';
import { listening } from '../support/listening.ts';
import { sampleDeliveries } from '../support/sample-deliveries.ts';
import { failure } from './failed.ts';

const NEVER = new AbortController().signal;
const { opened } = sampleDeliveries();
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OLD_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A receiver on the loopback, which configuration allows, and a sender that knows it. */
async function receiver(answer: (res: ServerResponse) => void = (res) => void res.end('ok')) {
  const received: Received[] = [];
  const port = await listening(async (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk) => chunks.push(chunk));
    await once(req, 'end');
    received.push({
      path: req.url ?? '',
      headers: req.headers,
      body: Buffer.concat(chunks).toString(),
    });
    answer(res);
  });
  const url = `http://127.0.0.1:${port}`;
  const send = (target: Target, options: Partial<SenderOptions> = {}) =>
    createSender({
      config: { mail: null, deliveryAllowNetworks: ['127.0.0.1'] },
      telegramUrl: url,
      ...options,
    }).send(target, opened, NEVER);
  return { url, received, send };
}

const targets = (url: string) =>
  ({
    webhook: {
      kind: 'webhook',
      url: `${url}/hooks/T0PS3CRET?key=hush-hush`,
      secrets: [{ secret: SECRET, until: null }],
    },
    slack: { kind: 'slack', url: `${url}/services/T0PS3CRET/hush-hush` },
    discord: { kind: 'discord', url: `${url}/api/webhooks/T0PS3CRET/hush-hush` },
    teams: { kind: 'teams', url: `${url}/workflows/T0PS3CRET?sig=hush-hush` },
    telegram: { kind: 'telegram', botToken: '123:T0PS3CRET_hush-hush', chatId: '-100' },
    ntfy: { kind: 'ntfy', url: `${url}/T0PS3CRET`, token: 'tk_hush-hush' },
  }) satisfies Record<string, Target>;
type Kind = keyof ReturnType<typeof targets>;
const KINDS = Object.keys(targets('http://x')) as Kind[];

/** What somebody who answers with everything it was sent would have the panel repeat. */
function echo(res: ServerResponse): void {
  const { req } = res;
  res.end(`${req.url} ${JSON.stringify(req.headers)} see http://127.0.0.1${req.url}`);
}

test('a good answer is the end of it, for each kind', async () => {
  const { url, received, send } = await receiver((res) =>
    res.end(res.req.url?.startsWith('/bot') ? '{"ok":true,"result":{}}' : 'ok'),
  );
  for (const kind of KINDS) await send(targets(url)[kind]);
  expect(received.map(({ path }) => path)).toEqual([
    '/hooks/T0PS3CRET?key=hush-hush',
    '/services/T0PS3CRET/hush-hush',
    '/api/webhooks/T0PS3CRET/hush-hush?wait=true',
    '/workflows/T0PS3CRET?sig=hush-hush',
    '/bot123:T0PS3CRET_hush-hush/sendMessage',
    '/',
  ]);
  for (const { headers, body } of received) {
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(() => JSON.parse(body)).not.toThrow();
  }
  expect(received.at(-1)?.headers.authorization).toBe('Bearer tk_hush-hush');
});

describe('a webhook', () => {
  test('says what happened, when, and carries the facts', async () => {
    const { url, received, send } = await receiver();
    await send(targets(url).webhook);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      type: 'incident.opened',
      timestamp: '2026-03-08T03:20:30.5Z',
      data: opened.content.event.data,
    });
  });

  test('verifies with the reference library, and not once it is changed', async () => {
    const { url, received, send } = await receiver();
    await send(targets(url).webhook);
    const [first] = received;
    const headers = first?.headers as Record<string, string>;
    const body = first?.body ?? '';
    expect(headers['webhook-id']).toBe(`msg_${opened.id}`);
    expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({ type: 'incident.opened' });
    expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow();
    expect(() => new Webhook(OLD_SECRET).verify(body, headers)).toThrow();
  });

  test('is signed with the former secret, too, while that is valid', async () => {
    const { url, received, send } = await receiver();
    const now = Temporal.Now.instant();
    for (const until of [now.add({ minutes: 1 }), now.subtract({ minutes: 1 })]) {
      const secrets = [
        { secret: SECRET, until: null },
        { secret: OLD_SECRET, until: until.toString() },
      ];
      await send({ kind: 'webhook', url, secrets });
    }
    const [during, after] = received.map(({ headers, body }) => ({
      headers: headers as Record<string, string>,
      body,
    }));
    for (const secret of [SECRET, OLD_SECRET]) {
      expect(() =>
        new Webhook(secret).verify(during?.body ?? '', during?.headers ?? {}),
      ).not.toThrow();
    }
    expect(after?.headers['webhook-signature']).not.toContain(' ');
    expect(() => new Webhook(SECRET).verify(after?.body ?? '', after?.headers ?? {})).not.toThrow();
    expect(() => new Webhook(OLD_SECRET).verify(after?.body ?? '', after?.headers ?? {})).toThrow();
  });

  test('has the same id each time it is tried, and the time of the attempt', async () => {
    const { url, received, send } = await receiver();
    const now = Temporal.Now.instant();
    await send(targets(url).webhook, { now: () => now });
    await send(targets(url).webhook, { now: () => now.add({ hours: 2 }) });
    const ids = received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(1);
    const [first, second] = received.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect((second ?? 0) - (first ?? 0)).toBe(7_200);
  });

  test.each([
    [410, 'refused', true],
    [400, 'refused', false],
    [404, 'refused', false],
    [429, 'unavailable', false],
    [500, 'unavailable', false],
    [503, 'unavailable', false],
  ])('answered with %i is %s, final: %s', async (status, code, isFinal) => {
    const { url, send } = await receiver((res) => res.writeHead(status).end('no'));
    const error = await failure(send(targets(url).webhook));
    expect(error).toMatchObject({ code, isFinal, message: `it answered ${status}: no` });
  });

  test('is delivered as soon as a good answer begins', async () => {
    const { url, send } = await receiver((res) => {
      res.writeHead(200);
      res.write('x');
    });
    await send(targets(url).webhook);
  });
});

test.each(KINDS)('%s waits as long as it is asked to', async (kind) => {
  const { url, send } = await receiver((res) =>
    res.writeHead(429, { 'retry-after': '120' }).end('slow down'),
  );
  expect(await failure(send(targets(url)[kind]))).toMatchObject({
    code: 'unavailable',
    isFinal: false,
    retryAfterMs: 120_000,
  });
});

test.each(KINDS)('%s follows no redirect', async (kind) => {
  const { url, received, send } = await receiver((res) =>
    res.writeHead(302, { location: `${url}/elsewhere` }).end(),
  );
  const error = await failure(send(targets(url)[kind]));
  expect(error.message).toBe('it redirects (302), which is not followed');
  expect(received).toHaveLength(1);
});

test.each(KINDS)('what %s says is told without its secrets', async (kind) => {
  for (const status of [400, 403, 500]) {
    const { url, send } = await receiver((res) => echo(res.writeHead(status)));
    const { message } = await failure(send(targets(url)[kind]));
    expect(message).toMatch(new RegExp(`^it answered ${status}: `));
    expect(message).not.toMatch(/T0PS3CRET|hush/);
    expect(message).not.toMatch(/:\/\/[^\s]*\//);
    expect(message.length).toBeLessThan(200);
  }
});

test.each([
  ['as it stands in the address', 'aB%2FcD+efgh%2B12345%3D'],
  ['in other letters', 'ab%2fcd+EFGH%2b12345%3d'],
  ['decoded', 'aB/cD efgh+12345='],
  ['with its name', 'SIG=aB%2FcD+efgh%2B12345%3D&api-version=1'],
])('a signature of an address is not told %s', async (_, said) => {
  const { url, send } = await receiver((res) => res.writeHead(403).end(`bad ${said} here`));
  const target = `${url}/workflows/x?api-version=1&sig=aB%2FcD+efgh%2B12345%3D`;
  const { message } = await failure(send({ kind: 'teams', url: target }));
  expect(message).toMatch(/^it answered 403: bad (?:SIG=)?…(?:&api-version=1)? here$/);
});

test.each(KINDS)('nothing of a secret is said when %s is not there', async (kind) => {
  const { send } = await receiver();
  const error = await failure(
    send(targets('http://127.0.0.1:1')[kind], { telegramUrl: 'http://127.0.0.1:1' }),
  );
  expect(error.message).toBe("127.0.0.1 can't be reached (ECONNREFUSED)");
});

test.each(KINDS)('%s reaches no private address that is not allowed', async (kind) => {
  const { url, received, send } = await receiver();
  const config = { mail: null, deliveryAllowNetworks: [] };
  expect((await failure(send(targets(url)[kind], { config }))).code).toBe('address_refused');
  expect(received).toEqual([]);
});

test.each(KINDS)('%s that hangs has timed out', async (kind) => {
  const { url, send } = await receiver(() => {});
  const error = await failure(send(targets(url)[kind], { timeoutMs: 60 }));
  expect(error).toMatchObject({ code: 'timed_out', isFinal: false });
});

test.each(['slack', 'teams', 'telegram'] as const)(
  '%s whose good answer does not come to an end may not have it',
  async (kind) => {
    const { url, send } = await receiver((res) => {
      const timer = setInterval(() => res.write('o'), 5);
      res.on('close', () => clearInterval(timer));
    });
    const error = await failure(send(targets(url)[kind], { timeoutMs: 100 }));
    expect(error).toMatchObject({ code: 'timed_out', isFinal: false });
  },
);

test.each([
  ['discord', 400, true],
  ['discord', 404, true],
  ['discord', 401, false],
  ['teams', 413, true],
  ['ntfy', 403, false],
  ['slack', 410, true],
  ['slack', 500, false],
] as const)('%s answered with %i is final: %s', async (kind, status, isFinal) => {
  const { url, send } = await receiver((res) => res.writeHead(status).end());
  expect((await failure(send(targets(url)[kind]))).isFinal).toBe(isFinal);
});

test('Slack says no with a code, also under 200', async () => {
  const { url, send } = await receiver((res) => res.end('invalid_payload'));
  expect(await failure(send(targets(url).slack))).toMatchObject({
    code: 'refused',
    isFinal: true,
    message: 'it answered 200: invalid_payload',
  });
});

test('an old connector of Teams says no in words, under 200', async () => {
  const said = 'Webhook message delivery failed with error: Microsoft Teams endpoint returned 429';
  const { url, send } = await receiver((res) => res.end(said));
  expect(await failure(send(targets(url).teams))).toMatchObject({ code: 'unavailable' });
});

describe('Telegram', () => {
  const answering = (status: number, body: object | string) =>
    receiver((res) =>
      res.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body)),
    );

  test('says how many seconds to wait', async () => {
    const { url, send } = await answering(429, {
      ok: false,
      error_code: 429,
      description: 'Too Many Requests: retry after 35',
      parameters: { retry_after: 35 },
    });
    expect(await failure(send(targets(url).telegram))).toMatchObject({
      code: 'unavailable',
      retryAfterMs: 35_000,
      message: 'it answered 429: Too Many Requests: retry after 35',
    });
  });

  test.each([
    [400, 'Bad Request: chat not found', true],
    [401, 'Unauthorized', false],
    [403, 'Forbidden: bot was kicked from the group chat', false],
  ])('says no with %i: %s', async (error_code, description, isFinal) => {
    const { url, send } = await answering(200, { ok: false, error_code, description });
    const message = `it answered ${error_code}: ${description}`;
    expect(await failure(send(targets(url).telegram))).toMatchObject({
      ...{ code: 'refused', isFinal, message },
    });
  });

  test('is not believed when a page answers in its place', async () => {
    const { url, send } = await answering(200, '<html>Sign in to the Wi-Fi</html>');
    expect(await failure(send(targets(url).telegram))).toMatchObject({ code: 'unavailable' });
  });
});

test('a sender that is closed drops what is on its way, and sends no more', async () => {
  const { url, received } = await receiver(() => {});
  const config = { mail: null, deliveryAllowNetworks: ['127.0.0.1'] };
  const sender = createSender({ config });
  const sending = sender.send(targets(url).webhook, opened, NEVER);
  setTimeout(() => sender.close(), 20);
  await expect(sending).rejects.toThrow('the sender is closed');
  await expect(sender.send(targets(url).slack, opened, NEVER)).rejects.toThrow('is closed');
  expect(received.length).toBeLessThanOrEqual(1);
});

test('a mail without a server to send it by waits for one', async () => {
  const { send } = await receiver();
  const error = await failure(send({ kind: 'email', to: ['ana@example.com'] }));
  expect(error).toMatchObject({ code: 'not_configured', isFinal: false });
});
