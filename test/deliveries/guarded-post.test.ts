import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createGuardedPost, type GuardOptions } from '../../src/deliveries/guarded-post.ts';
import { listening } from '../support/listening.ts';
import { failure } from './failed.ts';

const NOW = Temporal.Instant.from('2026-03-08T03:20:30Z');
const NEVER = new AbortController().signal;

function post(url: string, options: Partial<GuardOptions> = {}, signal = NEVER) {
  const guarded = createGuardedPost({ allowNetworks: [], now: () => NOW, ...options });
  return guarded({ url, headers: {}, body: '{}', isAnswerRead: true }, signal);
}

/** A receiver on the loopback that counts what reaches it. */
async function receiver(answer: RequestListener = (_, res) => res.end('ok')) {
  const seen: string[] = [];
  const port = await listening((req, res) => {
    seen.push(`${req.method} ${req.url} ${req.headers.host}`);
    answer(req, res);
  });
  return { port, seen };
}

test.each([
  '127.0.0.1',
  '127.1',
  '127.255.255.254',
  '2130706433',
  '017700000001',
  '0x7f000001',
  '0x7f.1',
  '0177.0.0.0x1',
  '127.0.0.1.',
  '１２７.0.0.1',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '%31%32%37.0.0.1',
  '0',
  '0.0.0.0',
  '10.0.0.5',
  '10.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '3232235777',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '0xa9fea9fe',
  '168.63.129.16',
  '192.0.0.192',
  '192.0.2.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.9',
  '192.88.99.1',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::127.0.0.1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:0:127.0.0.1]',
  '[::ffff:10.0.0.1]',
  '[::ffff:169.254.169.254]',
  '[fe80::1]',
  '[febf::1]',
  '[fec0::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[2001:db8::1]',
  '[3fff::1]',
  '[100::1]',
  '[2002:7f00:1::]',
  '[2002:a00:1::1]',
  '[2001:0:53aa:64c:0:0:80ff:fffe]',
  '[2001:10::1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[64:ff9b:1::1]',
])('nothing is sent to %s', async (host) => {
  const error = await failure(post(`http://${host}:9/x`));
  expect(error).toMatchObject({ code: 'address_refused', isFinal: true });
});

test.each([
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://example.com/',
  'javascript:alert(1)',
  'http://',
  '//example.com/',
  'http://[fe80::1%25eth0]/',
  'http://127.0.0.1:99999/',
  'http://ana@example.com/',
  'http://ana:secret@example.com/',
  'http://example.com@127.0.0.1/',
])('nothing is sent to %s, which is no address for it', async (url) => {
  expect(await failure(post(url))).toMatchObject({ code: 'address_refused', isFinal: true });
});

test.each([
  ['localhost', ['127.0.0.1']],
  ['localhost.', ['::1', '127.0.0.1']],
  ['app.localhost', ['127.0.0.1']],
  ['metadata.google.internal', ['169.254.169.254']],
  ['lan.example.com', ['192.168.1.9']],
  ['mapped.example.com', ['::ffff:10.0.0.1']],
  ['zone.example.com', ['fe80::1%eth0']],
  ['two.example.com', ['93.184.215.14', '10.0.0.1']],
  ['two.example.com', ['10.0.0.1', '93.184.215.14']],
  ['both.example.com', ['2606:4700::6810:85e5', '::1']],
  ['odd.example.com', ['not an address']],
])('nothing is sent to %s while it leads to %j', async (host, addresses) => {
  const { port, seen } = await receiver();
  const error = await failure(post(`http://${host}:${port}/`, { resolve: async () => addresses }));
  expect(error).toMatchObject({ code: 'address_refused', isFinal: false });
  expect(error.message).toBe(`${host.replace(/\.$/, '')} leads to a private address`);
  expect(seen).toEqual([]);
});

test('a name is looked up once, and the connection goes to what was checked', async () => {
  const { port, seen } = await receiver();
  const answers = [['127.0.0.2'], ['127.0.0.1']];
  let asked = 0;
  // 127.0.0.2 stands for what is public here: it alone is allowed.
  const error = await failure(
    post(`http://rebinding.example.com:${port}/`, {
      allowNetworks: ['127.0.0.2'],
      resolve: async () => answers[asked++] ?? [],
    }),
  );
  // The receiver listens on 127.0.0.1 only, so what was checked refuses the connection.
  expect(error).toMatchObject({ code: 'unreachable' });
  expect(asked).toBe(1);
  expect(seen).toEqual([]);
  expect(
    await failure(
      post(`http://rebinding.example.com:${port}/`, {
        allowNetworks: ['127.0.0.2'],
        resolve: async () => answers[asked++] ?? ['127.0.0.1'],
      }),
    ),
  ).toMatchObject({ code: 'address_refused' });
  expect(seen).toEqual([]);
});

test.each([
  [['127.0.0.0/8'], 'http://127.0.0.1'],
  [['127.0.0.1'], 'http://2130706433'],
  [['127.0.0.0/8'], 'http://hook.example.com'],
  [['hook.example.com'], 'http://hook.example.com'],
  [['hook.example.com'], 'http://HOOK.example.com.'],
])('who allows %j lets %s be reached', async (allowNetworks, origin) => {
  const { port, seen } = await receiver();
  const answer = await post(`${origin}:${port}/a?b=c`, {
    allowNetworks,
    resolve: async () => ['127.0.0.1'],
  });
  expect(answer).toMatchObject({ status: 200, text: 'ok', isWhole: true });
  expect(seen).toHaveLength(1);
});

test('a name that is allowed allows no other, nor its address', async () => {
  const options = { allowNetworks: ['hook.example.com'], resolve: async () => ['127.0.0.1'] };
  const { port, seen } = await receiver();
  for (const host of ['127.0.0.1', 'other.example.com', 'x.hook.example.com']) {
    const error = await failure(post(`http://${host}:${port}/`, options));
    expect(error.code).toBe('address_refused');
  }
  expect(seen).toEqual([]);
});

test.each([301, 302, 303, 307, 308])(
  'a redirect with %i is an answer, and not followed',
  async (status) => {
    const inside = await receiver();
    const outside = await receiver((_, res) => {
      res.writeHead(status, { location: `http://127.0.0.1:${inside.port}/admin` }).end();
    });
    const answer = await post(`http://127.0.0.1:${outside.port}/`, {
      allowNetworks: ['127.0.0.0/8'],
    });
    expect(answer.status).toBe(status);
    expect(outside.seen).toHaveLength(1);
    expect(inside.seen).toEqual([]);
  },
);

const LOOPBACK = { allowNetworks: ['127.0.0.0/8'] };

test('who hangs has timed out', async () => {
  const { port } = await receiver(() => {});
  const error = await failure(
    post(`http://127.0.0.1:${port}/secret-path`, { ...LOOPBACK, timeoutMs: 50 }),
  );
  expect(error).toMatchObject({ code: 'timed_out', isFinal: false });
  expect(error.message).toBe('127.0.0.1 did not answer in time');
});

test('of an answer that comes byte by byte, what came in time is told', async () => {
  const { port } = await receiver((_, res) => {
    const timer = setInterval(() => res.write('x'), 5);
    res.on('close', () => clearInterval(timer));
  });
  const answer = await post(`http://127.0.0.1:${port}/`, { ...LOOPBACK, timeoutMs: 700 });
  expect(answer).toMatchObject({ status: 200, isWhole: false });
  expect(answer.text).toMatch(/^x+$/);
});

test('of a huge answer the beginning is read', async () => {
  const { port } = await receiver((_, res) => {
    const more = () => {
      while (!res.destroyed && res.write('x'.repeat(65_536)));
    };
    res.on('drain', more);
    more();
  });
  const answer = await post(`http://127.0.0.1:${port}/`, LOOPBACK);
  expect(answer).toMatchObject({ status: 200, isWhole: false });
  expect(answer.text).toHaveLength(16 * 1024);
});

test('who closes the connection, or has nobody listening, is unreachable', async () => {
  const { port } = await receiver((req) => req.socket.destroy());
  const closing = await failure(post(`http://127.0.0.1:${port}/`, LOOPBACK));
  expect(closing).toMatchObject({ code: 'unreachable', isFinal: false });
  const nobody = await failure(post('http://127.0.0.1:1/', LOOPBACK));
  expect(nobody.message).toBe("127.0.0.1 can't be reached (ECONNREFUSED)");
  const unknown = await failure(
    post('http://nowhere.example.com/', {
      resolve: async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    }),
  );
  expect(unknown.message).toBe("nowhere.example.com can't be reached (ENOTFOUND)");
});

test('a host is known by its name though it is asked by its address, and must prove it', async () => {
  const tls = (name: string) => readFileSync(new URL(`../support/tls/${name}`, import.meta.url));
  const seen: unknown[] = [];
  const server = createServer(
    {
      key: tls('localhost.key'),
      cert: tls('localhost.crt'),
      SNICallback: (name, done) => {
        seen.push(name);
        done(null);
      },
    },
    (_, res) => void res.end(seen.push('asked')),
  ).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const error = await failure(
    post(`https://hook.example.com:${port}/`, {
      allowNetworks: ['127.0.0.1'],
      resolve: async () => ['127.0.0.1'],
    }),
  );
  expect(error.message).toBe("hook.example.com can't be reached (DEPTH_ZERO_SELF_SIGNED_CERT)");
  expect(seen).toEqual(['hook.example.com']);
});

test('a resolver that hangs has timed out, too', async () => {
  const error = await failure(
    post('http://slow.example.com/', { resolve: () => new Promise(() => {}), timeoutMs: 50 }),
  );
  expect(error.code).toBe('timed_out');
});

test('who stops it gets the own reason', async () => {
  const { port } = await receiver(() => {});
  const stop = new AbortController();
  const sending = post(`http://127.0.0.1:${port}/`, LOOPBACK, stop.signal);
  stop.abort(new Error('stopping'));
  await expect(sending).rejects.toThrow('stopping');
  await expect(post(`http://127.0.0.1:${port}/`, LOOPBACK, stop.signal)).rejects.toThrow(
    'stopping',
  );
});

test.each([
  ['120', 120_000],
  ['Sun, 08 Mar 2026 03:21:30 GMT', 60_000],
  ['Sun, 08 Mar 2020 03:21:30 GMT', 0],
  ['99999999', 86_400_000],
  ['-1', null],
  ['soon', null],
])('Retry-After: %s is %s ms', async (header, ms) => {
  const { port } = await receiver((_, res) => {
    res.writeHead(503, { 'retry-after': header }).end();
  });
  const answer = await post(`http://127.0.0.1:${port}/`, LOOPBACK);
  expect(answer).toMatchObject({ status: 503, retryAfterMs: ms });
});
