import type supertest from 'supertest';
import { hashPassword } from '../../src/auth/password.ts';
import { createPerson } from '../../src/auth/people.ts';
import type { Role } from '../../src/auth/viewer.ts';
import type { Engine } from '../../src/store/engine.ts';
import { type Panel, startPanel } from '../support/panel.ts';

export const PASSWORD = 'correcto caballo batería grapa';

export interface Visitor {
  get(path: string): Promise<supertest.Response>;
  /** Sends a form with the token of the page that was seen last. */
  submit(path: string, fields?: Record<string, string>): Promise<supertest.Response>;
  /** The cookies it has, as a `Cookie` header. */
  cookies(): string;
  /** Opens the sign-in page and fills it in. */
  signIn(email: string, password?: string, next?: string): Promise<supertest.Response>;
}

/** A browser that keeps its cookies and sends the forms it is shown. */
export function openBrowser(panel: Panel, headers: Record<string, string> = {}): Visitor {
  const jar = new Map<string, string>();
  let token = '';
  const cookies = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  function look(response: supertest.Response): supertest.Response {
    for (const cookie of setCookies(response)) {
      const [, name = '', value = ''] = cookie.match(/^([^=]+)=([^;]*)/) ?? [];
      if (/Max-Age=0|Expires=Thu, 01 Jan 1970/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    token = response.text.match(/name="_csrf" value="([^"]+)"/)?.[1] ?? token;
    return response;
  }
  const visitor: Visitor = {
    cookies,
    get: async (path) => look(await panel.http.get(path).set({ ...headers, Cookie: cookies() })),
    submit: async (path, fields = {}) =>
      look(
        await panel.http
          .post(path)
          .set({ ...headers, Cookie: cookies() })
          .type('form')
          .send({ _csrf: token, ...fields }),
      ),
    async signIn(email, password = PASSWORD, next = '') {
      await visitor.get(`/admin/login?next=${encodeURIComponent(next)}`);
      return visitor.submit('/admin/login', { email, password, next });
    },
  };
  return visitor;
}

export function setCookies({ headers }: supertest.Response): string[] {
  return (headers['set-cookie'] ?? []) as unknown as string[];
}

let hash: Promise<string> | undefined;

/** Somebody with that password (hashed once: it takes its time). @returns their id. */
export async function invite(
  { services: { store, now } }: Panel,
  email: string,
  role: Role = 'viewer',
): Promise<string> {
  hash ??= hashPassword(PASSWORD);
  return createPerson(store.db, store.engine, now(), {
    name: 'Ana Ñandú',
    email,
    role,
    passwordHash: await hash,
  });
}

/** A panel, somebody with a password, and a browser in which they are signed in. */
export async function signedIn(
  engine: Engine,
): Promise<{ panel: Panel; id: string; browser: Visitor }> {
  const panel = await startPanel({}, { engine });
  const id = await invite(panel, 'ana@example.com');
  const browser = openBrowser(panel);
  await browser.signIn('ana@example.com');
  return { panel, id, browser };
}
