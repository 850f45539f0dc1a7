import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COLORED_GROUPS, groupColors, LEFT_OVER_COLOR } from '../../src/usage/group-colors.ts';

const ranking = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 });

test('groups of a chart have colours of their own, and never the grey of all others', () => {
  fc.assert(
    fc.property(ranking, (all) => {
      const shown = all.slice(0, COLORED_GROUPS);
      const colors = [...groupColors(shown, all).values()];
      expect(colors).toHaveLength(shown.length);
      expect(new Set(colors).size).toBe(shown.length);
      expect(colors).not.toContain(LEFT_OVER_COLOR);
    }),
  );
});

test('a group keeps its colour when others are filtered away', () => {
  fc.assert(
    fc.property(ranking, fc.nat(), (all, seed) => {
      const named = all.slice(0, COLORED_GROUPS);
      const before = groupColors(named, all);
      const left = named.filter((_, index) => (seed >> index) % 2 === 0);
      const after = groupColors(left, all);
      for (const key of left) expect(after.get(key)).toBe(before.get(key));
    }),
  );
});

test('the most expensive group has the same colour wherever it is the most expensive', () => {
  fc.assert(
    fc.property(fc.string(), ranking, (first, others) => {
      const all = [first, ...others.filter((key) => key !== first)];
      const alone = groupColors([first], [first]);
      expect(groupColors(all.slice(0, COLORED_GROUPS), all).get(first)).toBe(alone.get(first));
    }),
  );
});
