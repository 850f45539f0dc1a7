import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RULE_KINDS, type Rule } from '../../src/alerts/rule.ts';
import { rulesInForce } from '../../src/alerts/rules-in-force.ts';
import { ruleOf } from './rules.ts';

const rules = fc
  .array(
    fc.record({
      accountId: fc.constantFrom(null, 'one', 'other'),
      kind: fc.constantFrom(...RULE_KINDS.slice(0, 3)),
      isEnabled: fc.boolean(),
    }),
  )
  .map((all) => all.map((each, index) => ruleOf(each.kind, {}, { ...each, id: `${index}` })));

const idsOf = (found: readonly Rule[]) => found.map(({ id }) => id);

test('only rules that are switched on count, each once and in order', () => {
  fc.assert(
    fc.property(rules, (all) => {
      const found = rulesInForce(all, 'one');
      expect(found.every(({ isEnabled }) => isEnabled)).toBe(true);
      expect(idsOf(found)).toEqual(idsOf(all.filter((rule) => found.includes(rule))));
    }),
  );
});

test('of every kind either the own rules count or those for every account, never both', () => {
  fc.assert(
    fc.property(rules, (all) => {
      for (const kind of RULE_KINDS) {
        const found = rulesInForce(all, 'one').filter((rule) => rule.kind === kind);
        const own = all.filter((rule) => rule.kind === kind && rule.accountId === 'one');
        const general = all.filter((rule) => rule.kind === kind && rule.accountId === null);
        const counting = own.length > 0 ? own : general;
        expect(found).toEqual(counting.filter(({ isEnabled }) => isEnabled));
      }
    }),
  );
});

test("another account's rules change nothing", () => {
  fc.assert(
    fc.property(rules, (all) => {
      const without = all.filter(({ accountId }) => accountId !== 'other');
      expect(rulesInForce(all, 'one')).toEqual(rulesInForce(without, 'one'));
    }),
  );
});

test('an own rule that is switched off mutes its kind for the account', () => {
  const general = ruleOf('failure_rate', {}, { id: 'general' });
  const own = ruleOf('failure_rate', {}, { id: 'own', accountId: 'one', isEnabled: false });
  expect(rulesInForce([general, own], 'one')).toEqual([]);
  expect(rulesInForce([general, own], 'other')).toEqual([general]);
});
