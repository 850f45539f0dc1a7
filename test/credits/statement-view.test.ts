import { expect, test } from 'vitest';
import type { FalAccount } from '../../src/accounts/accounts.ts';
import type { CreditStatement } from '../../src/credits/statement.ts';
import { statementView } from '../../src/credits/statement-view.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { type Locale, translator } from '../../src/i18n/index.ts';

/** A Thursday, 20 minutes to eleven; on Sunday the clocks of Madrid go forward. */
const NOW = Temporal.ZonedDateTime.from('2026-03-26T10:40[Europe/Madrid]');

/** What is said of so many dollars, of which an hour takes one, and a day 24 whatever the clocks do. */
function runwayOf(dollars: number, locale: Locale, spread = 0) {
  const amount = BigInt(dollars * 1e9);
  const account = { timezone: NOW.timeZoneId } as FalAccount;
  const pace = { usual: () => 24e9, spread: () => spread * 1e9 };
  const statement: CreditStatement = {
    ...{ account, now: NOW.toInstant(), entries: [], estimate: null, difference: null },
    ...{ burned: { lots: [], unfunded: 0n }, proposals: [], pace },
    balance: { amount, currency: 'USD', asOf: NOW.toInstant(), source: 'fal', reason: null },
    outlook: {
      ...{ now: NOW, pace, events: [] },
      lots: [{ id: 'all', amount, from: NOW.toInstant(), expiresAt: null }],
    },
  };
  return statementView(statement, { format: createFormat(locale), t: translator(locale) }).runway;
}

test('credits last until about an hour of a day, in the zone of the account', () => {
  expect(runwayOf(31.5, 'en').sentence).toBe('Lasts until about Friday, March 27 at 18:00.');
  expect(runwayOf(31.5, 'es').sentence).toBe('Alcanza hasta cerca del viernes 27 de marzo, 18:00.');
  // Past the hour that Sunday skips: the day costs the same, the clock says the same.
  expect(runwayOf(96, 'en').sentence).toBe('Lasts until about Monday, March 30 at 10:00.');
});

test('within two hours it is the minute, for the hour has begun already', () => {
  expect(runwayOf(0.25, 'en').sentence).toBe('Lasts until about Thursday, March 26 at 10:55.');
});

test('no hour is said of a day months away', () => {
  expect(runwayOf(24 * 70, 'en').sentence).toBe('Lasts until about June 4, 2026.');
});

test('nothing left, nothing spent and no end in sight are said in words', () => {
  expect(runwayOf(0, 'en')).toMatchObject({ sentence: 'Nothing is left.', range: null });
  expect(runwayOf(24 * 401, 'en').sentence).toBe('Lasts for more than 400 days.');
  expect(runwayOf(31.5, 'en', 4).range).toMatch(/^Most likely between .* and .*\.$/);
});
