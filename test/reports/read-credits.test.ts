import { expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import { type BalanceSample, recordBalance } from '../../src/history/balance-samples.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { translator } from '../../src/i18n/index.ts';
import { NANO_PER_UNIT, sumNano } from '../../src/money.ts';
import { creditsView } from '../../src/reports/credits-view.ts';
import { periodWith } from '../../src/reports/period.ts';
import { readCredits } from '../../src/reports/read-credits.ts';
import { readReport } from '../../src/reports/read-report.ts';
import { accountId } from '../history/synced.ts';
import { startPlanner } from '../planner/booth.ts';
import { NOW, type Panel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

const dollars = (amount: number) => ({
  balance: BigInt(amount) * NANO_PER_UNIT,
  currency: 'USD',
});

/** An account of which fal said so, a minute each, the last a minute ago. */
async function said(panel: Panel, slug: string, ...samples: BalanceSample[]): Promise<void> {
  const { services, fal } = panel;
  await storeAccount(services, { slug, name: slug, key: fal.keys.admin });
  const id = await accountId(panel, slug);
  for (const [index, sample] of samples.entries()) {
    const at = NOW.subtract({ minutes: samples.length - index });
    await services.store.db.transaction().execute((trx) => recordBalance(trx, id, at, sample));
  }
}

async function creditsIn({ services }: Panel) {
  const accounts = await listAccounts(services.store.db);
  const { credits } = await readCredits(services, accounts, new AbortController().signal);
  return credits;
}

test('credits add up to their total, also where fal no longer says what is left', async () => {
  const panel = await startPlanner();
  await said(panel, 'booth', dollars(5));
  await said(panel, 'refused', dollars(50), { reason: 'forbidden' });
  await said(panel, 'bought', { reason: 'forbidden' });
  const { total, known, accounts } = await creditsIn(panel);
  const amounts = accounts.flatMap(({ balance }) => balance ?? []);
  expect([total, known]).toEqual([sumNano(amounts), amounts.length]);
  expect(accounts.find(({ slug }) => slug === 'bought')?.balance).toBe(null);
});

test('a total of which nothing is known is not nothing', async () => {
  const panel = await startPlanner();
  await said(panel, 'one', { reason: 'forbidden' });
  await said(panel, 'two');
  expect(await creditsIn(panel)).toMatchObject({ total: null, known: 0 });
});

test('of many accounts those with an unknown balance are not said to have more left', async () => {
  const panel = await startPlanner();
  for (let amount = 1; amount <= 11; amount += 1) {
    await said(panel, `known-${amount}`, dollars(amount));
  }
  await said(panel, 'refused', dollars(500), { reason: 'forbidden' });
  await said(panel, 'new');
  const signal = new AbortController().signal;
  const period = periodWith('daily', new Temporal.PlainDate(2026, 3, 6), 'UTC');
  const report = await readReport(panel.services, { period, account: null }, signal);
  expect(report.credits).toMatchObject({
    ...{ total: dollars(66).balance, known: 11 },
    ...{ leftOut: 3, leftOutUnknown: 2 },
  });
  const words = { format: createFormat('en', 'symbol'), t: translator('en') };
  expect(creditsView(report, words).leftOut).toBe(
    'And 1 more account, with more left. The balances of 2 more accounts are not known.',
  );
});
