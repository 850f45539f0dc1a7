/**
 * A fal key is `<key_id>:<key_secret>`. Newer kinds may differ, so only what can't be sent in an
 * HTTP header is refused; fal itself decides the rest.
 */

/** As pasted, without the quotes, spaces and `Key ` prefix people copy along. */
export function normalizeKey(pasted: string): string {
  return pasted
    .trim()
    .replace(/^(['"])(.*)\1$/, '$2')
    .replace(/^Key\s+/i, '')
    .trim();
}

/** Whether it can stand in an `Authorization` header at all: visible ASCII, at most 512 characters. */
export function isSendableKey(key: string): boolean {
  return /^[\x21-\x7e]{1,512}$/.test(key);
}

/** Whether it looks like the keys fal hands out: an id and a secret. */
export function isWellFormedKey(key: string): boolean {
  return /^[^:]+:[^:]+$/.test(key);
}

/** `…7f3a`: the last four characters of the key id, and nothing of the secret. */
export function keyHint(key: string): string {
  const [id = ''] = key.split(':');
  return isWellFormedKey(key) && id.length > 4 ? `…${id.slice(-4)}` : '…';
}

/** `text` with the key and its secret taken out: fal quotes what it was sent in some errors. */
export function withoutKey(text: string, key: string): string {
  const [, ...secrets] = key.split(':');
  return [key, ...secrets.filter((secret) => secret.length >= 8)].reduce(
    (clean, secret) => clean.replaceAll(secret, '[key]'),
    text,
  );
}

/** Whether a key, as fal makes them, stands somewhere in a text: two long hexadecimal numbers. */
export function looksLikeKey(text: string): boolean {
  return /[\da-f-]{20,}:[\da-f]{20,}/i.test(text);
}
