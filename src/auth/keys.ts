import { createHash, createHmac } from 'node:crypto';
import { deriveKey } from '../secrets/seal.ts';

/** better-auth writes it before what it encrypts. Another secret is another secret, not another version. */
export const BETTER_AUTH_SECRET_VERSION = 1;

/** What signing in needs of `APP_SECRET`. */
export interface AuthKeys {
  /** better-auth's own secret: signs its cookies, encrypts second factors. */
  betterAuthSecret: string;
  /** What is kept of a session's token. */
  hashSessionToken(token: string): string;
  /** Proves that a form was made for that session or visitor. */
  formToken(holder: string): string;
  /** Proves that a sign-in attempt is about that subject, without keeping who it is. */
  hashSubject(subject: string): string;
}

export function createAuthKeys(appSecret: string): AuthKeys {
  const keyed = (purpose: string) => {
    const key = deriveKey(appSecret, purpose);
    return (text: string) => createHmac('sha256', key).update(text).digest('base64url');
  };
  return {
    betterAuthSecret: deriveKey(appSecret, 'better-auth').toString('base64url'),
    hashSessionToken: keyed('session tokens'),
    formToken: keyed('forms'),
    hashSubject: keyed('sign-in failures'),
  };
}

/** What is kept of a token that is 256 random bits: no guessing finds it from this. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
