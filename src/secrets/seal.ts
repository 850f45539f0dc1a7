import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * What the panel keeps secret at rest: AES-256-GCM under a key derived from `APP_SECRET`
 * (HKDF-SHA-256, RFC 5869). A sealed text is `v1.<nonce>.<tag>.<ciphertext>` in base64url.
 */
export interface Seal {
  /** `place` names where the text is kept, such as `fal_account/<id>`: it opens nowhere else. */
  close(text: string, place: string): string;
  /** @throws SealError when it was sealed under another secret, for another place, or changed. */
  open(sealed: string, place: string): string;
}

export class SealError extends Error {
  override readonly name = 'SealError';

  constructor(place: string) {
    super(`${place} can't be opened: sealed under another secret, or changed`);
  }
}

const VERSION = 'v1';
/** As NIST SP 800-38D has it: 96 random bits never used twice. */
const NONCE_BYTES = 12;

export function createSeal(appSecret: string): Seal {
  const key = deriveKey(appSecret, 'seal');
  return {
    close(text, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
      const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      const parts = [nonce, cipher.getAuthTag(), ciphertext];
      return [VERSION, ...parts.map((part) => part.toString('base64url'))].join('.');
    },
    open(sealed, place) {
      const [version, ...parts] = sealed.split('.');
      const [nonce, tag, ciphertext] = parts.map((part) => Buffer.from(part, 'base64url'));
      if (version !== VERSION || !nonce || !tag || !ciphertext) throw new SealError(place);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
          .setAAD(Buffer.from(place))
          .setAuthTag(tag);
        return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
      } catch {
        throw new SealError(place);
      }
    },
  };
}

/** 32 bytes for one purpose: what is known of one key says nothing of another. */
export function deriveKey(appSecret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', appSecret, '', `fal-usage-panel ${purpose}`, 32));
}
