import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { resolveIncident } from '../../src/alerts/change-incidents.ts';
import { alertsJob, type EvaluationParts } from '../../src/alerts/evaluation.ts';
import type { Finding } from '../../src/alerts/finding.ts';
import { openIncidents } from '../../src/alerts/incident-queries.ts';
import type { AlertKind } from '../../src/alerts/kind.ts';
import { KINDS } from '../../src/alerts/kinds/index.ts';
import { ruleRow } from '../../src/alerts/rule-rows.ts';
import { settleIncidents } from '../../src/alerts/settle.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { createLeases, LeaseLostError } from '../../src/jobs/leases.ts';
import type { Services } from '../../src/services.ts';
import { StoreAwayError } from '../../src/store/errors.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, startPanel } from '../support/panel.ts';
import { freeLease } from '../support/planted-history.ts';
import { DOLLAR, plantReadAccount, plantUsage } from './planted-usage.ts';
import { ruleOf } from './rules.ts';

const NOW = Temporal.Instant.from('2026-03-11T18:20:00Z');

const FOUND: Finding = { subject: 'x', nature: 'state', cause: 'spend', facts: {} };

/** A kind that finds what it is told to. */
function fakeKind(read: () => readonly Finding[], kind: AlertKind['kind'] = 'budget'): AlertKind {
  return {
    kind,
    params: z.object({ amount: z.string() }),
    fields: [],
    defaults: [],
    read: async () => read(),
    judge: (findings) => ({ isKnown: true, findings: findings as Finding[] }),
    past: null,
  };
}

async function setUp({
  engine = 'sqlite',
  accounts = ['one'],
  kinds = KINDS,
}: {
  engine?: (typeof ENGINES)[number];
  accounts?: string[];
  kinds?: EvaluationParts['kinds'];
} = {}) {
  const clock = stoppedClock(NOW);
  const panel = await startPanel({}, { engine, parts: { now: clock.now } });
  const { services } = panel;
  for (const id of accounts) await plantReadAccount(services, id);
  const settled: {
    account: string;
    found: [rule: string, findings: number, isKnown: boolean][];
  }[] = [];
  const settle: EvaluationParts['settle'] = async (_trx, _services, { account, judged }) => {
    const found = judged.map(
      ({ rule, evaluation: { findings, isKnown } }): [string, number, boolean] => [
        rule.id,
        findings.length,
        isKnown,
      ],
    );
    settled.push({ account: account.id, found });
  };
  const job = alertsJob(services, { kinds, settle });
  return { services, clock, settled, job, logged: panel.logged };
}

async function storeRules(services: Services, ...rules: ReturnType<typeof ruleOf>[]) {
  const rows = rules.map((rule) => ruleRow(rule, services.now()));
  await services.store.db.insertInto('alert_rules').values(rows).execute();
}

const LEASE = freeLease('alerts');

describe.each(ENGINES)('%s', (engine) => {
  test('what the default rules find is settled, account by account', async () => {
    const { services, settled, job } = await setUp({ engine, accounts: ['one', 'other'] });
    const at = NOW.subtract({ minutes: 80 });
    await plantUsage(services, 'one', [{ at, cost: DOLLAR, calls: 40, failures: 30 }]);
    expect(await job.run(LEASE)).toEqual(NOW.add({ seconds: 60 }));
    expect(settled.map(({ account }) => account)).toEqual(['one']);
    expect(settled[0]?.found).toContainEqual(['default-failure_rate-1', 1, true]);
  });

  test('what is found is not written by who has lost the lease', async () => {
    const kinds = { budget: fakeKind(() => [FOUND]) };
    const { services, settled, job, clock } = await setUp({ engine, kinds });
    await storeRules(services, ruleOf('budget', { amount: '1' }));
    const leases = createLeases({
      db: services.store.db,
      now: clock.now,
      holder: 'here',
      leaseMs: 60_000,
    });
    await leases.register(['alerts']);
    const lease = await leases.acquire('alerts');
    if (!lease) throw new Error('nobody else is there');
    clock.forward({ minutes: 2 });
    await expect(job.run(lease)).rejects.toThrow(LeaseLostError);
    expect(settled).toEqual([]);
  });
});

test('nothing is written while nothing changes, but for what the clock brings', async () => {
  let findings: Finding[] = [];
  const kinds = { budget: fakeKind(() => findings) };
  const { services, settled, job, clock } = await setUp({ kinds });
  const rule = ruleOf('budget', { amount: '1' });
  await storeRules(services, rule);
  const rounds = async (count: number) => {
    for (let round = 0; round < count; round += 1) {
      await job.run(LEASE);
      clock.forward({ seconds: 60 });
    }
    return settled.splice(0).length;
  };
  expect(await rounds(3)).toBe(0);
  findings = [FOUND];
  expect(await rounds(3)).toBe(1);
  // As the settlement would have left it.
  await plantIncident(services, rule.id, 'one');
  expect(await rounds(10)).toBe(2);
  findings = [];
  expect(await rounds(1)).toBe(1);
});

describe.each(ENGINES)('what a person resolved, on %s', (engine) => {
  test('and is found all the time stays resolved, however often this looks', async () => {
    let spent = 1;
    const facts = () => ({ calls: { as: 'count', value: spent } as const });
    const kinds = { budget: fakeKind(() => [{ ...FOUND, facts: facts() }]) };
    const { services, clock } = await setUp({ engine, kinds });
    await storeRules(services, ruleOf('budget', { amount: '1' }));
    const job = alertsJob(services, { kinds, settle: settleIncidents });
    await job.run(LEASE);
    const { db } = services.store;
    const [opened] = await openIncidents(db);
    await resolveIncident(db, clock.now(), opened?.id ?? '', COMMAND_LINE);
    for (let round = 0; round < 100; round += 1) {
      if (round === 90) spent = 2;
      clock.forward({ seconds: 60 });
      await job.run(LEASE);
    }
    expect(await openIncidents(db)).toEqual([]);
  });
});

test('what somebody else opened or resolved meanwhile is settled at once', async () => {
  const kinds = { budget: fakeKind(() => [FOUND]) };
  const { services, settled, job, clock } = await setUp({ kinds });
  const rule = ruleOf('budget', { amount: '1' });
  await storeRules(services, rule);
  await plantIncident(services, rule.id, 'one');
  const round = async () => {
    clock.forward({ seconds: 60 });
    await job.run(LEASE);
    return settled.splice(0).length;
  };
  expect([await round(), await round()]).toEqual([1, 0]);
  await services.store.db.updateTable('incidents').set({ state: 'resolved' }).execute();
  expect([await round(), await round()]).toEqual([1, 0]);
});

test('an account that can not be settled keeps no other waiting, and is said once', async () => {
  const kinds = { budget: fakeKind(() => [FOUND]) };
  const { services, logged, clock } = await setUp({ kinds, accounts: ['one', 'two'] });
  await storeRules(services, ruleOf('budget', { amount: '1' }));
  const settled: string[] = [];
  let fault: Error | null = new TypeError('a fact that nobody foresaw');
  const settle: EvaluationParts['settle'] = async (_trx, _services, { account }) => {
    if (account.id === 'one' && fault) throw fault;
    settled.push(account.id);
  };
  const job = alertsJob(services, { kinds, settle });
  const said = () => logged().split('incidents could not be settled').length - 1;
  for (let round = 0; round < 3; round += 1) {
    await job.run(LEASE);
    clock.forward({ seconds: 60 });
  }
  expect([settled, said()]).toEqual([['two'], 1]);
  fault = null;
  await job.run(LEASE);
  expect(settled).toEqual(['two', 'one']);
  fault = new StoreAwayError('it is away');
  clock.forward({ minutes: 6 });
  await expect(job.run(LEASE)).rejects.toThrow('it is away');
});

test('an incident of a rule that is not in force any more is settled', async () => {
  const { services, settled, job } = await setUp({ kinds: {} });
  await plantIncident(services, 'gone', 'one');
  await job.run(LEASE);
  expect(settled).toEqual([{ account: 'one', found: [] }]);
});

test('a kind that fails and params that mean nothing keep no other rule from being judged', async () => {
  let isAway = true;
  const kinds = {
    budget: fakeKind(() => {
      if (isAway) throw new Error('it is away');
      return [];
    }),
    failure_rate: fakeKind(() => [FOUND], 'failure_rate'),
  };
  const { services, settled, job, logged, clock } = await setUp({ kinds });
  await storeRules(
    services,
    ruleOf('budget', { amount: '1' }, { id: 'a' }),
    ruleOf('failure_rate', { amount: 1 }, { id: 'b', params: { amount: 1 } }),
    ruleOf('failure_rate', { amount: '1' }, { id: 'c', params: { amount: '1' } }),
  );
  const messages = () => logged().split('a rule could not be judged').length - 1;
  for (let round = 0; round < 3; round += 1) {
    await job.run(LEASE);
    clock.forward({ seconds: 60 });
  }
  expect(settled[0]?.found).toEqual([
    ['a', 0, false],
    ['b', 0, false],
    ['c', 1, true],
  ]);
  expect(messages()).toBe(2);
  isAway = false;
  await job.run(LEASE);
  isAway = true;
  await job.run(LEASE);
  expect(messages()).toBe(3);
});

test('a database that is away is no fault of the rules: the round fails, and says nothing of them', async () => {
  const kinds = {
    budget: fakeKind(() => {
      throw new StoreAwayError('it is away');
    }),
  };
  const { services, settled, job, logged } = await setUp({ kinds, accounts: ['one', 'two'] });
  await storeRules(services, ruleOf('budget', { amount: '1' }));
  await expect(job.run(LEASE)).rejects.toThrow('it is away');
  expect(settled).toEqual([]);
  expect(logged()).not.toContain('a rule could not be judged');
});

test('what fails for many accounts is said once', async () => {
  const kinds = {
    budget: fakeKind(() => {
      throw new Error('it is broken');
    }),
  };
  const { services, job, logged } = await setUp({ kinds, accounts: ['one', 'two', 'three'] });
  await storeRules(services, ruleOf('budget', { amount: '1' }));
  await job.run(LEASE);
  await job.run(LEASE);
  expect(logged().split('a rule could not be judged')).toHaveLength(2);
});

test('a round that is told to stop does', async () => {
  const stop = new AbortController();
  let judged = 0;
  const kinds = {
    budget: fakeKind(() => {
      judged += 1;
      stop.abort(new Error('stopped'));
      return [];
    }),
  };
  const { services, job } = await setUp({ kinds, accounts: ['one', 'two', 'three'] });
  await storeRules(services, ruleOf('budget', { amount: '1' }));
  await expect(job.run({ ...LEASE, signal: stop.signal })).rejects.toThrow('stopped');
  expect(judged).toBe(1);
});

test('a round asks as often for many accounts as for one, and again only for what is new', async () => {
  // Outlooks have a budget of their own.
  const { spend_above, budget, spend_unusual, failure_rate, price_changed } = KINDS;
  const kinds = { spend_above, budget, spend_unusual, failure_rate, price_changed };
  const asked = async (accounts: string[]) => {
    const { services, job, clock } = await setUp({ accounts, kinds });
    const rules = accounts.flatMap((id) => [
      ruleOf('spend_above', { amount: '50', period: 'month' }, { id: `${id} 1`, accountId: id }),
      ruleOf('budget', { amount: '500' }, { id: `${id} 2`, accountId: id }),
      ruleOf('spend_unusual', {}, { id: `${id} 3`, accountId: id }),
      ruleOf('failure_rate', {}, { id: `${id} 4`, accountId: id }),
      ruleOf('price_changed', {}, { id: `${id} 5`, accountId: id }),
    ]);
    await storeRules(services, ...rules);
    for (const id of accounts) {
      await plantUsage(services, id, [{ at: NOW.subtract({ hours: 30 }), cost: DOLLAR }]);
    }
    const { reader } = services.store;
    let snapshots = 0;
    const { snapshot } = reader;
    reader.snapshot = (read) => {
      snapshots += 1;
      return snapshot(read);
    };
    await job.run(LEASE);
    const first = snapshots;
    clock.forward({ seconds: 60 });
    await job.run(LEASE);
    return { first, again: snapshots - first };
  };
  const many = Array.from({ length: 15 }, (_, index) => `a${index}`);
  expect(await asked(['one'])).toEqual({ first: 3, again: 2 });
  expect(await asked(many)).toEqual({ first: 3, again: 2 });
});

async function plantIncident({ store }: Services, ruleId: string, accountId: string) {
  const at = NOW.toString({ smallestUnit: 'millisecond' });
  await store.db
    .insertInto('incidents')
    .values({
      ...{ id: `${ruleId} ${accountId}`, rule_id: ruleId, account_id: accountId, kind: 'budget' },
      ...{ rule_name: '', subject: 'x', nature: 'state', cause: 'spend', severity: 'warning' },
      ...{ state: 'open', facts: '{}', latest_facts: '{}', opened_at: at, seen_at: at },
    })
    .execute();
}
