import { Client } from 'undici';
import { hashPassword } from '../src/auth/password.ts';
import type { Panels } from './sign-in/panel-server.ts';
import { startChild } from './support/child.ts';
import type { Figure } from './support/figure.ts';
import { median } from './support/stats.ts';
import { timed } from './support/timed.ts';

const SAMPLES = 15;
const WARM_UPS = 5;
const TARGET_SIGN_IN_MS = 150;
/** One page with the session looked up and one without, in turn. */
const PAGES = 1_000;
const TARGET_LOOK_UP_MS = 1;
/** better-auth's default, which the panel keeps. */
const COST = 'scrypt N=16384 r=16 p=1';

/** Signing in, from the filled-in form to the page behind it, and what being signed in costs a page. */
export async function benchSignIn(): Promise<Figure[]> {
  const child = await startChild<Panels>('sign-in/panel-server.ts');
  const { url, trustingUrl, email, password } = child.ready;
  const [panel, trusting] = [new Client(url), new Client(trustingUrl)];
  try {
    const times = { right: [] as number[], wrong: [] as number[], nobody: [] as number[] };
    const hashes: number[] = [];
    let cookie = '';
    for (let sample = -WARM_UPS; sample < SAMPLES; sample += 1) {
      // Somebody else each time, or there would soon be too many wrong ones.
      const from = `10.0.0.${sample + WARM_UPS}`;
      const right = await signIn(panel, from, email, password);
      const wrong = await signIn(panel, from, email, 'not the password');
      const nobody = await signIn(panel, from, `nobody${sample}@example.com`, password);
      const hash = await timed(() => hashPassword(password));
      cookie = right.cookie;
      if (sample < 0) continue;
      times.right.push(right.ms);
      times.wrong.push(wrong.ms);
      times.nobody.push(nobody.ms);
      hashes.push(hash);
    }
    const [looked, trusted]: [number[], number[]] = [[], []];
    for (let page = -PAGES / 10; page < PAGES; page += 1) {
      const withLookUp = await timed(() => get(panel, '/admin/config', cookie));
      const without = await timed(() => get(trusting, '/admin/config', cookie));
      if (page < 0) continue;
      looked.push(withLookUp);
      trusted.push(without);
    }
    return figures(times, median(hashes), median(looked), median(trusted));
  } finally {
    await Promise.all([panel.close(), trusting.close()]);
    await child.stop();
  }
}

function figures(
  times: { right: number[]; wrong: number[]; nobody: number[] },
  hash: number,
  looked: number,
  trusted: number,
): Figure[] {
  const signIn = median(times.right);
  const [wrong, nobody] = [median(times.wrong), median(times.nobody)];
  return [
    {
      name: '(e) from the sign-in form to the first page',
      measured: `${signIn.toFixed(0)} ms, one hash (${COST}) ${hash.toFixed(0)} ms`,
      ratio: `${(signIn / hash).toFixed(2)} hashes`,
      target: `< ${TARGET_SIGN_IN_MS} ms`,
      pass: signIn < TARGET_SIGN_IN_MS,
    },
    {
      name: '    refused: wrong e-mail address, wrong password',
      measured: `${nobody.toFixed(0)} ms, ${wrong.toFixed(0)} ms`,
      ratio: `${(nobody / wrong).toFixed(2)} of each other`,
      target: '',
      pass: null,
    },
    {
      name: '    what being signed in adds to a page',
      measured: `${(looked - trusted).toFixed(2)} ms, page ${looked.toFixed(2)} ms`,
      ratio: `${(looked / trusted).toFixed(2)} of a page`,
      target: `< ${TARGET_LOOK_UP_MS} ms`,
      pass: looked - trusted < TARGET_LOOK_UP_MS,
    },
  ];
}

/** @returns how long it took until the page behind it was there, and the session. */
async function signIn(
  panel: Client,
  from: string,
  email: string,
  password: string,
): Promise<{ ms: number; cookie: string }> {
  const page = await get(panel, '/admin/login', '');
  const token = page.html.match(/name="_csrf" value="([^"]+)"/)?.[1] ?? '';
  const body = new URLSearchParams({ _csrf: token, email, password });
  let cookie = page.cookie;
  const ms = await timed(async () => {
    const answer = await panel.request({
      method: 'POST',
      path: '/admin/login',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-forwarded-for': from,
        cookie,
      },
      body: body.toString(),
    });
    await answer.body.dump();
    if (answer.statusCode === 401) return;
    if (answer.statusCode !== 303) throw new Error(`signing in answered ${answer.statusCode}`);
    cookie = cookiesOf(answer.headers['set-cookie']);
    await get(panel, String(answer.headers.location), cookie);
  });
  return { ms, cookie };
}

async function get(
  panel: Client,
  path: string,
  cookie: string,
): Promise<{ html: string; cookie: string }> {
  const { statusCode, headers, body } = await panel.request({
    method: 'GET',
    path,
    headers: { cookie },
  });
  if (statusCode === 302 || statusCode === 303) {
    await body.dump();
    return get(panel, String(headers.location), cookie);
  }
  if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`);
  return { html: await body.text(), cookie: cookiesOf(headers['set-cookie']) };
}

function cookiesOf(setCookie: string | string[] | undefined): string {
  return [setCookie ?? []]
    .flat()
    .map((each) => each.split(';')[0])
    .join('; ');
}
