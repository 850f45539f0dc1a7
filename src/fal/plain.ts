/**
 * What fields of fal's answers plainly are: checking each row of a large page by its schema takes
 * several times as long as parsing it.
 */

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

export function isTextOrNull(value: unknown): boolean {
  return typeof value === 'string' || isAbsent(value);
}

/** JSON has no infinities, but a number with many digits becomes one. */
export function isNumberOrNull(value: unknown): boolean {
  return Number.isFinite(value) || isAbsent(value);
}

export function isPlainAuth(auth: unknown): boolean {
  return (
    isAbsent(auth) ||
    (isObject(auth) &&
      isTextOrNull(auth.detail) &&
      isTextOrNull(auth.api_key_id) &&
      isTextOrNull(auth.login_username))
  );
}
