import { CLIENT_ADDRESS_HEADER } from './better-auth-names.ts';

/** From where and with what somebody comes. */
export interface Visit {
  /** The client's network address. */
  address: string;
  userAgent: string;
}

export type Answer<T> =
  /** `cookies` are `Set-Cookie` values for the browser. */
  | { cookies: string[]; response: T }
  /** better-auth's code for why not, such as `INVALID_CODE`. */
  | { refusal: string };

/** Longer ones are cut: they are only for telling sessions apart. */
const USER_AGENT_MAX = 300;

/** What better-auth is told of a request: never a cookie but the ones it needs for that question. */
export function headersFor({ address, userAgent }: Visit, cookies = ''): Headers {
  return new Headers({
    cookie: cookies,
    'user-agent': userAgent.slice(0, USER_AGENT_MAX),
    [CLIENT_ADDRESS_HEADER]: address,
  });
}

/** Waits for one of better-auth's calls made with `returnHeaders`. @throws what is no refusal. */
export async function answerOf<T>(
  call: Promise<{ headers: Headers; response: T }>,
): Promise<Answer<T>> {
  try {
    const { headers, response } = await call;
    return { cookies: headers.getSetCookie(), response };
  } catch (error) {
    const { isAPIError } = await import('better-auth/api');
    if (!isAPIError(error) || error.statusCode >= 500) throw error;
    return { refusal: error.body?.code ?? String(error.status) };
  }
}

/** Cookies that were just set, as the browser would send them back. */
export function cookieHeader(setCookies: readonly string[]): string {
  return setCookies.map((cookie) => cookie.split(';')[0]).join('; ');
}
