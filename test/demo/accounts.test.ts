import { expect, test } from 'vitest';
import { madeUpKey, type SimulatedAccount } from '../../src/demo/accounts.ts';
import { billingRequests } from '../../src/demo/billing-request.ts';
import type { Simulator } from '../../src/demo/simulator.ts';
import { body, DAY, NOW, rowsOf, simulator } from './ask.ts';

const hour = (hours: number) => NOW.add({ hours }).epochMilliseconds;

function account(number: number, parts: Partial<SimulatedAccount> = {}): SimulatedAccount {
  const key = (alias: string, scope: string, suffix: string) => ({
    key: madeUpKey(`${number}${suffix}`),
    alias,
    scope,
    createdAt: '2025-01-15T12:00:00Z',
  });
  return {
    username: `cuenta-${number}`,
    balance: 0,
    traffic: false,
    keys: [key('Panel', 'ADMIN', '0a'), key(`Cabina ${number}`, 'API', '0b')],
    ...parts,
  };
}

const keyOf = ({ keys }: SimulatedAccount) => keys[0]?.key ?? null;

async function balanceOf(sim: Simulator, of: SimulatedAccount): Promise<unknown> {
  const { credits } = await body(sim, '/account/billing', { expand: 'credits' }, keyOf(of));
  return (credits as { current_balance: number }).current_balance;
}

test('accounts have keys and traffic of their own', async () => {
  const traffic = (endpointId: string, ...hours: number[]) =>
    billingRequests(hours.map((each) => ({ at: hour(each), endpointId })));
  const one = account(1, { traffic: traffic('fal-ai/one', -1) });
  const two = account(2, { traffic: traffic('fal-ai/two', -1, -2) });
  const idle = account(3);
  const sim = await simulator({ accounts: [idle, one, two] });
  const usedBy = async (who: SimulatedAccount) =>
    rowsOf([await body(sim, '/models/usage', {}, keyOf(who))]).map((row) => row.endpoint_id);
  expect(await usedBy(one)).toEqual(['fal-ai/one']);
  expect(await usedBy(two)).toEqual(['fal-ai/two', 'fal-ai/two']);
  expect(await usedBy(idle)).toEqual([]);
  expect((await body(sim, '/keys', {}, keyOf(two))).keys).toMatchObject([{ alias: 'Cabina 2' }]);
  expect(sim.charges('cuenta-2', DAY).map(({ atMs }) => atMs)).toEqual([hour(-2), hour(-1)]);
  expect(sim.charges('cuenta-3', DAY)).toEqual([]);
  expect(sim.truth(DAY).count).toBe(1);
});

test('an account beside others may have the generated traffic', async () => {
  const venue = account(1, { traffic: true });
  const other = account(2, { traffic: billingRequests([{ at: hour(-1), endpointId: 'a' }]) });
  const sim = await simulator({ accounts: [venue, other] });
  expect(sim.charges('cuenta-1', DAY).length).toBeGreaterThan(200);
  expect(sim.charges('cuenta-2', DAY)).toHaveLength(1);
});

test('an account that is not there has no charges to ask for', async () => {
  const sim = await simulator();
  expect(() => sim.charges('nadie', DAY)).toThrow('no account nadie');
});

test('a balance is what usage has left of the credits bought, as far as it is known', async () => {
  let now = NOW;
  const later = (at: number, cost: number) => ({ at: hour(at), cost });
  const spender = account(1, {
    balance: [
      { atMs: hour(-48), amount: 10 },
      { atMs: hour(3), amount: 5 },
    ],
    traffic: billingRequests([
      { at: hour(-24), endpointId: 'a', unitPrice: 4 },
      { at: hour(-23), endpointId: 'a', unitPrice: 1, knownAt: hour(1) },
      { at: hour(2), endpointId: 'a', unitPrice: 2, correction: later(4, 0.5) },
      { at: hour(6), endpointId: 'a', unitPrice: 100 },
    ]),
  });
  const sim = await simulator({ accounts: [spender], now: () => now });
  const balances: unknown[] = [];
  for (const hours of [-49, -30, 0, 1, 2, 3, 4, 6]) {
    now = NOW.add({ hours });
    balances.push(await balanceOf(sim, spender));
  }
  expect(balances).toEqual([0, 10, 6, 5, 3, 8, 9.5, 0]);
});

test('what is left of credits when they expire is gone, and what expires first is spent first', async () => {
  let now = NOW;
  const spender = account(1, {
    balance: [
      { atMs: hour(-48), amount: 10 },
      { atMs: hour(-24), amount: 5, expiresAtMs: hour(2) },
    ],
    traffic: billingRequests([
      { at: hour(-1), endpointId: 'a', unitPrice: 3 },
      { at: hour(3), endpointId: 'a', unitPrice: 4 },
    ]),
  });
  const sim = await simulator({ accounts: [spender], now: () => now });
  const balances: unknown[] = [];
  for (const hours of [-2, 0, 2, 3]) {
    now = NOW.add({ hours });
    balances.push(await balanceOf(sim, spender));
  }
  expect(balances).toEqual([15, 12, 10, 6]);
});
