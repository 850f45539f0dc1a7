import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { onTestFinished, vi } from 'vitest';

/** A real OpenID Connect server: whoever says a name is that person, `<name>@example.com`. */
export interface OidcServer {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Names whose e-mail address it does not vouch for. */
  unverified: Set<string>;
  /** From now on it accepts connections and never answers. */
  hang(): void;
  /**
   * Goes through its pages as that person, or cancels there.
   * @param url where the panel sends the browser. @returns where that is sent in the end.
   */
  visit(url: string, name: string | null): Promise<URL>;
}

/** @param callback the address that people are sent back to. */
export async function startOidcServer(callback: string): Promise<OidcServer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [clientId, clientSecret] = ['panel', 'planted-client-secret'];
  const unverified = new Set<string>();
  // It says at each start that this set-up is for development.
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'info').mockImplementation(() => {});
  const provider = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [callback] }],
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.com`,
        email_verified: !unverified.has(id),
        name: id,
      }),
    }),
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    // The claims are in the ID token as well, as most providers have it.
    conformIdTokenClaims: false,
    cookies: { keys: ['of a test'] },
  });
  const answer = provider.callback();
  let hangs = false;
  server.on('request', (req, res) => {
    if (!hangs) void answer(req, res);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    issuer,
    clientId,
    clientSecret,
    unverified,
    hang: () => {
      hangs = true;
    },
    visit: (url, name) => visit(issuer, url, name),
  };
}

/** The provider's own pages for development: one asks for a name, one for consent. */
async function visit(issuer: string, start: string, name: string | null): Promise<URL> {
  const jar = new Map<string, string>();
  async function go(url: URL, form?: Record<string, string>): Promise<Response> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([key, value]) => `${key}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, key = '', value = ''] = cookie.match(/^([^=]+)=([^;]*)/) ?? [];
      jar.set(key, value);
    }
    return response;
  }
  let url = new URL(start);
  let response = await go(url);
  for (;;) {
    const location = response.headers.get('location');
    if (location) {
      url = new URL(location, url);
      if (url.origin !== issuer) return url;
      response = await go(url);
      continue;
    }
    const html = await response.text();
    const action = html.match(/action="([^"]+)"/)?.[1];
    const prompt = html.match(/name="prompt" value="([^"]+)"/)?.[1];
    if (!action || !prompt) throw new Error(`not a page to go through: ${html.slice(0, 500)}`);
    response =
      name === null
        ? await go(new URL(`${action}/abort`, url))
        : await go(new URL(action, url), { prompt, login: name, password: 'any' });
  }
}
