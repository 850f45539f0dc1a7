import { base32 } from '@better-auth/utils/base32';
import { createOTP } from '@better-auth/utils/otp';
import type { Visitor } from './browser.ts';
import { PASSWORD } from './browser.ts';

/** An authenticator app on somebody's phone. */
export interface Authenticator {
  /** What it keeps, and how that is written for people. */
  secret: { raw: string; typed: string };
  /** The code it shows now; with `1` the one it shows next, which is good already. */
  code(ahead?: 0 | 1): Promise<string>;
  /** The one that turned it on. */
  used: string;
  recoveryCodes: string[];
}

/** An app that was told the secret, as it is written on the page. */
export function authenticatorOf(typed: string): Pick<Authenticator, 'secret' | 'code'> {
  const raw = new TextDecoder().decode(base32.decode(typed.replaceAll(' ', '')));
  const code = (ahead = 0) =>
    createOTP(raw).hotp(Math.floor(Temporal.Now.instant().epochMilliseconds / 30_000) + ahead);
  return { secret: { raw, typed }, code };
}

/** Turns the second factor on for whoever is signed in. */
export async function enrol(browser: Visitor): Promise<Authenticator> {
  await browser.get('/admin/profile');
  const page = await browser.submit('/admin/profile/second-factor', { password: PASSWORD });
  const app = authenticatorOf(page.text.match(/class="secret">([^<]+)/)?.[1] ?? '');
  const used = await app.code();
  const confirmed = await browser.submit('/admin/profile/second-factor/confirmation', {
    code: used,
  });
  return { ...app, used, recoveryCodes: recoveryCodesOn(confirmed.text) };
}

export function recoveryCodesOn(html: string): string[] {
  return [...html.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code]) => code ?? '');
}
