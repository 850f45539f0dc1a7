import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSeal, SealError } from '../../src/secrets/seal.ts';

const seal = createSeal('a secret of at least thirty-two characters');

test('what was sealed opens again, whatever it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, place) => {
      expect(seal.open(seal.close(text, place), place)).toBe(text);
    }),
  );
});

test('a sealed text shows nothing of what is in it, and is never the same twice', () => {
  const text = 'key_id:key_secret';
  const [first, second] = [seal.close(text, 'here'), seal.close(text, 'here')];
  expect(first).not.toBe(second);
  for (const sealed of [first, second]) {
    const decoded = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect([sealed, ...decoded].join()).not.toMatch(/key_/);
  }
});

test('it opens in no other place: a row can not be put in the place of another', () => {
  const sealed = seal.close('id:secret', 'fal_account/1');
  expect(() => seal.open(sealed, 'fal_account/2')).toThrow(SealError);
});

test('it opens under no other secret', () => {
  const sealed = seal.close('id:secret', 'here');
  const other = createSeal('another secret of at least thirty-two characters');
  expect(() => other.open(sealed, 'here')).toThrow(SealError);
});

test('a single changed character is noticed', () => {
  const sealed = seal.close('id:secret', 'here');
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), (at) => {
      const character = sealed[at] === 'A' ? 'B' : 'A';
      const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
      // The last characters of base64url can carry bits that mean nothing.
      const isSame = (part: number) =>
        Buffer.from(changed.split('.')[part] ?? '', 'base64url').equals(
          Buffer.from(sealed.split('.')[part] ?? '', 'base64url'),
        );
      const meansTheSame = changed.startsWith('v1.') && [1, 2, 3].every(isSame);
      if (!meansTheSame) expect(() => seal.open(changed, 'here')).toThrow(SealError);
    }),
  );
});
