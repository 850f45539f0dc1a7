import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RequestError } from '../../src/http/failure.ts';
import {
  type ExplorerDefaults,
  type ExplorerForm,
  explorerAddress,
  readExplorerQuery,
} from '../../src/usage/explorer-query.ts';
import { idInList } from '../../src/usage/request-fields.ts';

const NOW = Temporal.Instant.from('2026-03-08T03:20:30.5Z');
const KEY = '2f1d6b9e-0000-4000-8000-000000000000:0123456789abcdef0123';
const ACCOUNTS = [
  { id: 'id-a', slug: 'a', timezone: 'America/Mexico_City' },
  { id: 'id-b', slug: 'b', timezone: 'Asia/Kathmandu' },
];
const DEFAULTS: ExplorerDefaults = { accounts: ACCOUNTS, chosen: null, timezone: 'America/Lima' };

const read = (query: object, defaults: Partial<ExplorerDefaults> = {}) =>
  readExplorerQuery(query, { ...DEFAULTS, ...defaults }, NOW);

function faults(query: object): string[] {
  try {
    read(query);
  } catch (error) {
    if (error instanceof RequestError) {
      return [error.code, ...error.faults.map(({ field, fault }) => `${field}: ${fault}`)];
    }
  }
  return [];
}

describe('without an address', () => {
  test('the question is the last seven days by model and day, of all accounts', () => {
    const { question, comparison } = read({});
    expect(question).toMatchObject({
      timezone: 'America/Lima',
      resolution: 'day',
      groupBy: 'endpoint',
      accountId: null,
      endpointIds: [],
      apiKeyIds: [],
    });
    expect([question.start, question.end].map(String)).toEqual([
      '2026-03-01T03:00:00Z',
      '2026-03-08T03:20:30.5Z',
    ]);
    expect(comparison).toBeNull();
  });

  test('the account is the one that was chosen, and days are those of its zone', () => {
    const { question } = read({}, { chosen: 'b' });
    expect([question.accountId, question.timezone]).toEqual(['id-b', 'Asia/Kathmandu']);
    expect(String(question.start)).toBe('2026-03-01T03:15:00Z');
  });

  test('the zone is the one that all accounts share', () => {
    const accounts = ACCOUNTS.map((account) => ({ ...account, timezone: 'UTC' }));
    expect(read({}, { accounts }).question.timezone).toBe('UTC');
    expect(read({}, { accounts: [] }).question.timezone).toBe('America/Lima');
  });
});

test('an account left blank is all of them, whichever was chosen before', () => {
  expect(read({ account: '' }, { chosen: 'b' }).question.accountId).toBeNull();
});

test('dates alone are a period of their own', () => {
  const { question, asked } = read({ start_date: '2026-02-01', end_date: '2026-02-03' });
  expect(asked.period).toBe('custom');
  expect([question.start, question.end].map(String)).toEqual([
    '2026-02-01T05:00:00Z',
    '2026-02-04T05:00:00Z',
  ]);
});

test.each([
  [{ period: 'today' }, 'hour'],
  [{ period: '24h' }, 'hour'],
  [{ period: '30d' }, 'day'],
  [{ start_date: '2025-06-01' }, 'week'],
  [{ period: '24h', timeframe: 'month' }, 'month'],
])('the resolution of %j is %s', (query, resolution) => {
  expect(read(query).question.resolution).toBe(resolution);
});

test('models and keys come one by one or with commas, each once', () => {
  const { question } = read({
    endpoint_id: 'fal-ai/a, fal-ai/b,fal-ai/a',
    api_key_id: ['key-1', 'User token'],
  });
  expect(question.endpointIds).toEqual(['fal-ai/a', 'fal-ai/b']);
  expect(question.apiKeyIds).toEqual(['key-1', 'User token']);
});

test('what is compared is the same question of another time', () => {
  const { question, comparison } = read({ period: 'today', compare: 'weekdays', account: 'a' });
  const { start, end, ...rest } = question;
  expect(comparison).toMatchObject(rest);
  expect(start.since(comparison?.start ?? start).total('hours')).toBe(7 * 24);
  expect(end.since(comparison?.end ?? end).total('hours')).toBe(7 * 24);
});

test.each([
  [{ period: 'yesterday' }, ['invalid_request', 'period: unknown']],
  [{ period: 'custom' }, ['invalid_request', 'start_date: missing']],
  [{ start_date: '2026-02-30' }, ['invalid_request', 'start_date: date_not_understood']],
  [
    { start_date: '2026-02-03', end_date: '2026-02-01' },
    ['invalid_request', 'end_date: start_not_before_end'],
  ],
  [{ start_date: '2024-01-01' }, ['invalid_request', 'end_date: period_too_long']],
  [{ timezone: 'Mars/Olympus' }, ['invalid_request', 'timezone: unknown']],
  [
    { timeframe: 'minute', group_by: 'x' },
    ['invalid_request', 'timeframe: unknown', 'group_by: unknown'],
  ],
  [{ start_date: '2026-02-01', timeframe: 'hour' }, ['invalid_request', 'timeframe: too_fine']],
  [{ endpoint_id: 'id:secret' }, ['invalid_request', 'endpoint_id: malformed']],
  [{ api_key_id: KEY }, ['invalid_request', 'api_key_id: malformed']],
  [{ account: 'gone' }, ['not_found']],
  [{ account: ['a', 'b'] }, ['not_found']],
])('%j can not be asked: %j', (query, expected) => {
  expect(faults(query)).toEqual(expected);
});

test('31 days of hours can be asked, also those with one more', () => {
  const october = { start_date: '2025-10-01', end_date: '2025-10-31', timeframe: 'hour' };
  expect(faults({ ...october, timezone: 'Europe/Madrid' })).toEqual([]);
});

test('a question is the same after a round through its address', () => {
  const form: fc.Arbitrary<Partial<ExplorerForm>> = fc.record({
    period: fc.constantFrom('today', '24h', '7d', '30d', 'this_month', 'last_month'),
    timezone: fc.constantFrom('', 'Asia/Kolkata', 'Europe/Madrid'),
    timeframe: fc.constantFrom('auto', 'day', 'week', 'month'),
    group_by: fc.constantFrom('endpoint', 'api_key', 'unit', 'account'),
    account: fc.constantFrom('', 'a', 'b'),
    endpoint_id: fc.subarray(['fal-ai/a', 'fal-ai/b/c']),
    api_key_id: fc
      .subarray(['key-1', 'User token', 'Pérez, Ana', 'CORP\\ana', 'odd\\'])
      .map((ids) => ids.map(idInList)),
    compare: fc.constantFrom('none', 'previous', 'weekdays'),
  });
  fc.assert(
    fc.property(form, fc.constantFrom(null, 'a'), (asked, chosen) => {
      const first = read(asked, { chosen });
      const address: Record<string, string | string[]> = {};
      for (const name of explorerAddress(first.asked).keys()) {
        const values = explorerAddress(first.asked).getAll(name);
        address[name] = values.length > 1 ? values : (values[0] ?? '');
      }
      const again = read(address);
      expect(JSON.stringify(again)).toBe(JSON.stringify(first));
    }),
  );
});

test('ids stand with commas, and a comma that is part of one behind a backslash', () => {
  const idsOf = (api_key_id: string | string[]) => read({ api_key_id }).question.apiKeyIds;
  expect(idsOf('a,b, a')).toEqual(['a', 'b']);
  expect(idsOf(['a,b', 'c'])).toEqual(['a', 'b', 'c']);
  expect(idsOf('Pérez\\, Ana,CORP\\ana')).toEqual(['Pérez, Ana', 'CORP\\ana']);
  expect(idsOf(' , ,')).toEqual([]);
  expect(idsOf('odd\\\\,b')).toEqual(['odd\\', 'b']);
});

test('any ids are read from a list as they were written into it', () => {
  const id = fc.stringMatching(/^[\w\\,. ]{1,20}$/).map((text) => text.trim());
  fc.assert(
    fc.property(fc.uniqueArray(id.filter(Boolean), { minLength: 1, maxLength: 9 }), (ids) => {
      const { question, asked } = read({ api_key_id: ids.map(idInList).join(', ') });
      expect(question.apiKeyIds).toEqual(ids);
      const address = explorerAddress(asked).getAll('api_key_id');
      expect(read({ api_key_id: address }).question.apiKeyIds).toEqual(ids);
    }),
  );
});
