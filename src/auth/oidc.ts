import { setTimeout as sleep } from 'node:timers/promises';
import type { Services } from '../services.ts';
import { admit, noteRefusal, type SignIn } from './admission.ts';
import type { BetterAuth } from './better-auth.ts';
import { answerOf, cookieHeader, headersFor, type Visit } from './better-auth-calls.ts';
import { OIDC_PROVIDER } from './better-auth-names.ts';
import { returnPath } from './return-path.ts';
import { beginSecondStep } from './second-step.ts';
import { COOKIE_PREFIX, readCookie, SESSION_COOKIE } from './sessions.ts';

/** Ties the way back to the browser that went; better-auth's name for it. */
const STATE_COOKIE = `${COOKIE_PREFIX}.state`;

/** Why somebody who came from the provider was not let in. */
export type OidcProblem = 'not_invited' | 'unverified' | 'cancelled' | 'expired' | 'unavailable';

/** better-auth's codes; whatever is not here is the provider's failure. */
const PROBLEMS: Record<string, OidcProblem> = {
  signup_disabled: 'not_invited',
  DEACTIVATED: 'not_invited',
  account_not_linked: 'unverified',
  email_not_found: 'unverified',
  access_denied: 'cancelled',
  state_mismatch: 'expired',
  state_not_found: 'expired',
  state_invalid: 'expired',
  please_restart_the_process: 'expired',
};

/** Where to send somebody to sign in at the provider, and the cookies to take along. */
export interface OidcStart {
  url: string;
  cookies: string[];
}

/** @returns `null` when the provider does not say where that is. @param next as `returnPath` gives it. */
export async function startOidc(
  services: Services,
  next: string,
  visit: Visit,
): Promise<OidcStart | null> {
  const answer = await inTime(services, async () => {
    const auth = await services.oidcAuth();
    return answerOf(
      auth.api.signInSocial({
        body: { provider: OIDC_PROVIDER, callbackURL: next, disableRedirect: true },
        headers: headersFor(visit),
        returnHeaders: true,
      }),
    );
  });
  if (!answer || 'refusal' in answer || !answer.response.url) return null;
  return { url: answer.response.url, cookies: answer.cookies };
}

/**
 * Takes in somebody who comes back from the provider: an invited person, known by an e-mail address
 * that the provider has verified, and from then on by the provider's own name for them.
 */
export async function finishOidc(
  services: Services,
  query: Record<string, string>,
  header: string | undefined,
  visit: Visit,
): Promise<{ signIn: SignIn; next: string } | { problem: OidcProblem }> {
  const { sessions, authKeys } = services;
  const auth = await inTime(services, () => services.oidcAuth());
  const response = auth && (await inTime(services, () => callback(auth, query, header, visit)));
  const cookies = response?.headers.getSetCookie() ?? [];
  const target = response?.headers.get('location') ?? '';
  const person = await sessions.find(cookieHeader(cookies));
  if (!auth || !person) {
    const problem = problemOf(target);
    if (problem === 'not_invited' || problem === 'unverified') {
      await noteRefusal(services, visit, null, { method: 'oidc', reason: problem });
    }
    return { problem };
  }
  const next = returnPath(target);
  if (person.twoFactorEnabled) {
    // A second factor that one of two doors does not ask for is none.
    await sessions.end(person.sessionId);
    const challenge = await beginSecondStep(auth, authKeys, person.id);
    const others = cookies.filter((cookie) => !cookie.startsWith(`${SESSION_COOKIE}=`));
    return { signIn: { outcome: 'second_step', cookies: [...others, challenge] }, next };
  }
  const grounds = { manner: { method: 'oidc' }, passwordHash: undefined } as const;
  const signIn = await admit(services, cookies, visit, grounds, null);
  if (signIn.outcome === 'refused') {
    await noteRefusal(services, visit, person.email, grounds.manner);
  }
  return { signIn, next };
}

async function callback(
  auth: BetterAuth,
  query: Record<string, string>,
  header: string | undefined,
  visit: Visit,
): Promise<Response> {
  const state = readCookie(header ?? '', STATE_COOKIE) ?? '';
  return auth.api.callbackOAuth({
    method: 'GET',
    params: { id: OIDC_PROVIDER },
    query,
    headers: headersFor(visit, `${STATE_COOKIE}=${encodeURIComponent(state)}`),
    asResponse: true,
  });
}

/** @param location where better-auth would send the browser, with the reason in `error`. */
function problemOf(location: string): OidcProblem {
  const { searchParams } = new URL(location, 'http://panel.invalid');
  return PROBLEMS[searchParams.get('error') ?? ''] ?? 'unavailable';
}

/** What the work comes to; `null` when it takes too long, whatever comes of it then. */
async function inTime<T>({ oidcTimeoutMs }: Services, work: () => Promise<T>): Promise<T | null> {
  return Promise.race([work(), sleep(oidcTimeoutMs, null, { ref: false })]);
}
