import { describe, expect, test } from 'vitest';
import { seedDefaultRules } from '../../src/alerts/default-rules.ts';
import { KINDS } from '../../src/alerts/kinds/index.ts';
import { listRules } from '../../src/alerts/rule-rows.ts';
import { ENGINES, NOW } from '../support/panel.ts';
import { emptyPlace, openAt } from '../support/stores.ts';

const usual = Object.values(KINDS).flatMap(({ kind, defaults }) => defaults.map(() => kind));

describe.each(ENGINES)('%s', (engine) => {
  test('every panel begins with the default rules of every kind, for every account', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    await seedDefaultRules(db, NOW);
    const rules = await listRules(db);
    expect(rules.map(({ kind }) => kind).sort()).toEqual(usual.toSorted());
    expect(rules.every(({ accountId, isEnabled }) => accountId === null && isEnabled)).toBe(true);
    expect(rules.find(({ id }) => id === 'default-spend_unusual-1')?.params).toEqual({
      times: 3,
      min_amount: '2',
    });
    for (const { kind, severity, remindHours } of rules) {
      // A request that cost too much did so once.
      const isReminded = severity === 'critical' && kind !== 'costly_request';
      expect([kind, remindHours]).toEqual([kind, isReminded ? 24 : null]);
    }
    // What is much for one account is nothing for another: it takes somebody to say.
    expect(rules.some(({ kind }) => kind === 'spend_above')).toBe(false);
  });

  test('one that was deleted or changed stays so', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    await seedDefaultRules(db, NOW);
    await db.deleteFrom('alert_rules').where('id', '=', 'default-spend_unusual-1').execute();
    await db.updateTable('alert_rules').set({ is_enabled: 0 }).execute();
    await seedDefaultRules(db, NOW.add({ hours: 1 }));
    const rules = await listRules(db);
    expect(rules).toHaveLength(usual.length - 1);
    expect(rules.every(({ isEnabled }) => !isEnabled)).toBe(true);
  });

  test('replicas that begin at the same time make them once', async () => {
    const place = await emptyPlace(engine);
    const stores = [await openAt(place), await openAt(place)];
    await Promise.all(stores.map(({ db }) => seedDefaultRules(db, NOW)));
    const [{ db } = await openAt(place)] = stores;
    expect(await listRules(db)).toHaveLength(usual.length);
  });

  test('a kind that a later version adds brings its own, and no other comes back', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    const { failure_rate: added, ...before } = KINDS;
    await seedDefaultRules(db, NOW, before);
    await db.deleteFrom('alert_rules').execute();
    await seedDefaultRules(db, NOW, { ...before, ...(added && { failure_rate: added }) });
    expect((await listRules(db)).map(({ id }) => id)).toEqual(['default-failure_rate-1']);
  });
});
