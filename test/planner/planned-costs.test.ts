import { expect, test } from 'vitest';
import { findAccount } from '../../src/accounts/accounts.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { closeEvent, planEvent } from '../../src/planner/change-events.ts';
import { readEvent } from '../../src/planner/event-request.ts';
import { plannedCosts } from '../../src/planner/planned-costs.ts';
import { NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

test('what is planned costs from now on, but for what is over, closed or has no price', async () => {
  const { services, fal } = await startPanel();
  await storeAccount(services, { slug: 'booth', name: 'Booth', key: fal.keys.admin });
  const account = await findAccount(services.store.db, 'booth');
  if (!account) throw new Error('no account');
  const plan = (hours: number, fields: object = { price_per_output: 1 }) =>
    planEvent(
      services,
      COMMAND_LINE,
      account.id,
      readEvent(
        {
          name: 'An event',
          participants: 100,
          starts_at: NOW.add({ hours }).toString(),
          ends_at: NOW.add({ hours: hours + 4 }).toString(),
          ...fields,
        },
        { timezone: account.timezone, now: NOW },
      ),
    );
  await plan(-9);
  await plan(-1);
  const planned = await plan(24);
  await plan(48, {});
  const closed = await plan(72);
  await closeEvent(services, COMMAND_LINE, closed, { participantsCame: 1, priceCharged: null });

  const costs = await plannedCosts(services, account, AbortSignal.timeout(60_000));
  const dollar = 1_000_000_000n;
  expect(costs.map(({ start, cost }) => [String(start), cost])).toEqual([
    [String(NOW), { low: 60n * dollar, expected: 75n * dollar, high: 90n * dollar }],
    [String(planned.start), { low: 80n * dollar, expected: 100n * dollar, high: 120n * dollar }],
  ]);
});
