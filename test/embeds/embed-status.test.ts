import { describe, expect, test } from 'vitest';
import type { FalAccount } from '../../src/accounts/accounts.ts';
import { badgeSvg } from '../../src/embeds/badge.ts';
import {
  type EmbedStatus,
  readEmbedStatus,
  reasonsOf,
  stateOf,
} from '../../src/embeds/embed-status.ts';
import { badgeText, embedView } from '../../src/embeds/embed-view.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { LOCALES, type Locale, translator } from '../../src/i18n/index.ts';
import type { AccountState } from '../../src/overview/attention.ts';
import { NOW } from '../support/panel.ts';
import { startSynced } from './embeds.ts';

const ACCOUNT = { id: 'a', slug: 'booth', name: 'Cabina', timezone: 'UTC' } as FalAccount;
const DOLLAR = 1_000_000_000n;
const horizon = NOW.add({ hours: 24 * 400 });

/** An account that was read, whose credits last for so many hours. */
function state(hours: number | null, more: Partial<AccountState> = {}): AccountState {
  const until = hours === null ? null : NOW.add({ minutes: Math.round(hours * 60) });
  return {
    account: ACCOUNT,
    balance: { known: { balance: 24n * DOLLAR, currency: 'USD', asOf: NOW }, away: null },
    sync: { state: 'idle', lastSuccessAt: NOW } as AccountState['sync'],
    outlook: {
      runway: { until, earliest: until, latest: until, horizon, driver: null },
      ...{ expiring: [], proposals: [], check: null },
    },
    ...more,
  };
}

const stateIn = (states: AccountState[], kinds: Parameters<typeof reasonsOf>[1] = []) =>
  stateOf(reasonsOf(states, kinds, null));

describe('how an account is doing', () => {
  test('is fine where all is known and nothing is to be done', () => {
    expect(stateIn([state(500)])).toBe('ok');
  });

  test.each(['failing', 'stale', 'paused', 'short_runway', 'expiring'] as const)(
    'wants attention where the overview says %s',
    (kind) => expect(stateIn([state(500)], [{ kind }])).toBe('attention'),
  );

  test.each(['top_up', 'drift', 'month_incomplete', 'alone'] as const)(
    'is fine where only books are to be kept: %s',
    (kind) => expect(stateIn([state(500)], [{ kind }])).toBe('ok'),
  );

  test('is locked first of all', () => {
    expect(stateIn([state(1)], [{ kind: 'short_runway' }, { kind: 'locked' }])).toBe('locked');
  });

  test('wants attention where nothing is left, also while nobody knows the pace', () => {
    const spent = { known: { balance: 0n, currency: 'USD', asOf: NOW }, away: null };
    const outlook = { runway: 'history_too_short', expiring: [], proposals: [], check: null };
    const states = [state(1, { balance: spent, outlook } as Partial<AccountState>)];
    expect(reasonsOf(states, [], null)).toEqual(['no_credits']);
  });

  test.each([
    ['usage was never read', { sync: null }],
    ['nobody could say how long it lasts', { outlook: null }],
    [
      'nobody knows the balance',
      { outlook: { runway: 'balance_unknown', expiring: [], proposals: [], check: null } },
    ],
  ] as [string, Partial<AccountState>][])('is unknown where %s', (_, more) => {
    expect(stateIn([state(500, more)])).toBe('unknown');
    expect(stateIn([state(500), state(500, more)])).toBe('unknown');
  });

  test('is known of many by the balances of those that are not looked into', () => {
    const many = Array.from({ length: 30 }, () => state(500, { outlook: null }));
    expect(stateIn(many)).toBe('ok');
    expect(stateIn([...many, state(500, { outlook: null, balance: null })])).toBe('unknown');
  });
});

/** What a badge says of a status. */
function said(status: Partial<EmbedStatus>, locale: Locale = 'es', now = NOW): string {
  const whole: EmbedStatus = {
    ...{ account: ACCOUNT, accounts: 1, timezone: 'UTC', state: 'ok', reasons: [] },
    spentToday: { value: DOLLAR, isWhole: true },
    balance: { amount: 24n * DOLLAR, currency: 'USD', asOf: NOW, isOld: false, known: 1 },
    ...{ runway: null, event: null, readAt: NOW, ...status },
  };
  const words = { format: createFormat(locale), t: translator(locale), now };
  return badgeText(embedView(whole, { shows: ['amounts', 'runway'] }, words));
}

/** The same of credits that end at that moment. */
const lasting = (hours: number | null) => {
  const { outlook } = state(hours);
  return outlook && { account: ACCOUNT, outlook };
};

describe('a badge says', () => {
  test.each([
    [6.9 * 24, '6 días'],
    [24, '1 día'],
    [23.9, 'menos de 1 día'],
    [0, 'agotado'],
    [-1, 'agotado'],
    [null, 'más de 400 días'],
  ])('of credits that last %s hours: %s', (hours, text) => {
    expect(said({ runway: lasting(hours) })).toBe(`Bien · $24.00 · ${text}`);
  });

  test('the same in English', () => {
    expect(said({ runway: lasting(200) }, 'en')).toBe('Fine · $24.00 · 8 days');
  });

  test('how old a balance is that could not be read for hours, seen from now', () => {
    const balance = { amount: 24n * DOLLAR, currency: 'USD', asOf: NOW, isOld: true, known: 1 };
    const later = NOW.add({ hours: 5 });
    expect(said({ balance }, 'es', later)).toBe('Bien · $24.00 hace 5 h · sin pronóstico');
  });

  test('a debt as one, and credits in another currency in it', () => {
    const balance = { amount: -2n * DOLLAR, currency: 'EUR', asOf: NOW, isOld: false, known: 1 };
    expect(said({ balance })).toContain('-€2.00');
  });

  test.each(LOCALES)('nothing of what is not known but that, in %s', (locale) => {
    expect(said({ balance: null, state: 'unknown' }, locale)).not.toMatch(/\d/);
  });
});

test('whatever a badge is given is text in it', () => {
  const given = { label: 'a&b', message: '<i>"', state: 'ok', title: '</title><script>' } as const;
  const svg = badgeSvg(given);
  expect(svg).toContain('&lt;/title&gt;&lt;script&gt;');
  expect(svg).not.toMatch(/<script|<i>|a&b/);
});

test('one account whose forecast fails does not hide the rest', async () => {
  const panel = await startSynced();
  const { services } = panel;
  services.overviewSources.outlook = () => Promise.reject(new Error('no'));
  const status = await readEmbedStatus(services, null);
  expect(status).toMatchObject({ state: 'unknown', reasons: ['unknown'], runway: null });
  expect([status?.balance?.known, status?.spentToday.isWhole]).toEqual([1, true]);
  expect(panel.logged()).toContain('no outlook to embed');
});
