import type { AuthMethodAnswer } from './schemas.ts';

/** Who made a request, as far as fal says. */
export interface AuthMethod {
  detail: string | null;
  apiKeyId: string | null;
  username: string | null;
}

export function readAuthMethod(answer: AuthMethodAnswer): AuthMethod | null {
  if (!answer) return null;
  return {
    detail: answer.detail ?? null,
    apiKeyId: answer.api_key_id ?? null,
    username: answer.login_username ?? null,
  };
}

/** By what the local copy and filters know a caller: `''` where fal does not say. */
export function callerOf(auth: AuthMethod | null): string {
  return auth?.apiKeyId ?? auth?.username ?? auth?.detail ?? '';
}
