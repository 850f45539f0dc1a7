import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSlugOrId, slugFor } from '../../src/accounts/slug.ts';

test('whatever the name, what programs call it can stand in an address and is taken by no other', () => {
  const names = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 30 });
  fc.assert(
    fc.property(names, (list) => {
      const taken = new Set<string>();
      for (const name of list) {
        const slug = slugFor(name, taken);
        expect(isSlugOrId(slug)).toBe(true);
        expect(encodeURIComponent(slug)).toBe(slug);
        expect(taken.has(slug)).toBe(false);
        taken.add(slug);
      }
    }),
  );
});

test('it does not end in a hyphen where a long name is cut', () => {
  expect(slugFor(`${'a'.repeat(39)} b`, new Set())).toBe('a'.repeat(39));
});
