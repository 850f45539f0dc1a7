import { describe, expect, test } from 'vitest';
import { recordPrices } from '../../src/history/model-prices.ts';
import { utcDayOf } from '../../src/history/slots.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, startPanel } from '../support/panel.ts';
import { look, told } from './looking.ts';
import { DOLLAR, plantRead, plantReadAccount, plantUsage } from './planted-usage.ts';

// A Wednesday.
const NOW = Temporal.Instant.from('2026-03-11T18:20:00Z');
const at = (text: string) => Temporal.Instant.from(text);

describe.each(ENGINES)('%s', (engine) => {
  async function panelAt(now = NOW) {
    const clock = stoppedClock(now);
    const { services } = await startPanel({}, { engine, parts: { now: clock.now } });
    return { services, clock };
  }

  test('spend is added up by the calendar of the account', async () => {
    const { services } = await panelAt();
    const account = await plantReadAccount(services, 'one', { timezone: 'America/Mexico_City' });
    await plantUsage(services, 'one', [
      // 23:00 of the day before.
      { at: at('2026-03-11T05:00Z'), cost: 50n * DOLLAR },
      { at: at('2026-03-11T06:00Z'), cost: 2n * DOLLAR },
      { at: at('2026-03-11T18:00Z'), cost: 4n * DOLLAR, endpointId: 'fal-ai/other' },
    ]);
    const found = await look(services, account, 'spend_above', { amount: '5', period: 'today' });
    expect(found.isKnown).toBe(true);
    expect(told(found)).toEqual({
      '2026-03-11': {
        spent: '6',
        amount: '5',
        since: '2026-03-11T06:00:00Z',
        model: 'fal-ai/other',
        share: 67,
      },
    });
    const day = await look(services, account, 'spend_above', { amount: 56, period: 'last_24h' });
    expect(day).toEqual({ isKnown: true, findings: [] });
  });

  test('spend of a model or of a key is told from the rest', async () => {
    const { services } = await panelAt();
    const account = await plantReadAccount(services, 'one');
    await plantUsage(services, 'one', [
      { at: at('2026-03-11T10:00Z'), cost: 9n * DOLLAR, endpointId: 'fal-ai/a', apiKeyId: 'k1' },
      { at: at('2026-03-11T10:00Z'), cost: 3n * DOLLAR, endpointId: 'fal-ai/b', apiKeyId: 'k2' },
    ]);
    const spentOf = async (filter: Record<string, string>) => {
      const found = await look(services, account, 'spend_above', { amount: '1', ...filter });
      return told(found)['2026-03-11']?.spent;
    };
    expect(await spentOf({})).toBe('12');
    expect(await spentOf({ endpoint_id: 'fal-ai/a' })).toBe('9');
    expect(await spentOf({ api_key_id: 'k2' })).toBe('3');
    expect(await spentOf({ endpoint_id: 'fal-ai/a', api_key_id: 'k2' })).toBeUndefined();
  });

  test('of what was not read nothing is said to be low, but what is high already is told', async () => {
    const { services } = await panelAt();
    const account = await plantReadAccount(services, 'one', { days: 0 });
    const low = await look(services, account, 'spend_above', { amount: '5' });
    expect(low).toEqual({ isKnown: false, findings: [] });
    await plantUsage(services, 'one', [{ at: at('2026-03-11T10:00Z'), cost: 9n * DOLLAR }]);
    const high = await look(services, account, 'spend_above', { amount: '5' });
    expect(high.findings).toHaveLength(1);
  });

  test('what a day cost at its end is still found shortly after it', async () => {
    const { services } = await panelAt(at('2026-03-11T00:20Z'));
    const account = await plantReadAccount(services, 'one');
    await plantUsage(services, 'one', [{ at: at('2026-03-10T23:00Z'), cost: 9n * DOLLAR }]);
    const found = await look(services, account, 'spend_above', { amount: '5' });
    expect(Object.keys(told(found))).toEqual(['2026-03-10']);
  });

  test('of a budget the highest step that was reached is told', async () => {
    const { services } = await panelAt();
    const account = await plantReadAccount(services, 'one');
    await plantUsage(services, 'one', [{ at: at('2026-03-02T10:00Z'), cost: 85n * DOLLAR }]);
    const rule = { amount: '100', period: 'month', forecast: false };
    const found = await look(services, account, 'budget', rule);
    expect(told(found)).toMatchObject({
      '2026-03-01 80': { spent: '85', budget: '100', used: 85, until: '2026-03-31', step: 80 },
    });
    expect(found.findings).toMatchObject([{ severity: 'info' }]);
    const later = await look(services, account, 'budget', rule, ['2026-03-01 50']);
    expect(Object.keys(told(later))).toEqual(['2026-03-01 50', '2026-03-01 80']);
  });

  test('of a budget that has just ended the model is told that spent it, not what is used since', async () => {
    const { services } = await panelAt(at('2026-03-01T02:20Z'));
    const account = await plantReadAccount(services, 'one');
    await plantUsage(services, 'one', [
      { at: at('2026-02-28T23:00Z'), cost: 85n * DOLLAR, endpointId: 'fal-ai/a' },
      { at: at('2026-03-01T01:00Z'), cost: 99n * DOLLAR, endpointId: 'fal-ai/b' },
    ]);
    const rule = { amount: '100', period: 'month', forecast: false };
    const found = told(await look(services, account, 'budget', rule));
    expect(found['2026-02-01 80']).toMatchObject({ model: 'fal-ai/a', share: 100 });
    expect(found['2026-03-01 80']).toMatchObject({ model: 'fal-ai/b', share: 100 });
  });

  test('that a budget will not do is foretold from the days before', async () => {
    const { services } = await panelAt();
    const account = await plantReadAccount(services, 'one');
    const hours = Array.from({ length: 65 }, (_, day) => ({
      at: at('2026-03-11T12:00Z').subtract({ hours: 24 * day }),
      cost: 10n * DOLLAR,
    }));
    await plantUsage(services, 'one', hours);
    const found = await look(services, account, 'budget', { amount: '250', period: 'month' });
    expect(told(found)['2026-03-01 forecast']).toMatchObject({ spent: '110' });
    const enough = await look(services, account, 'budget', { amount: '400', period: 'month' });
    expect(told(enough)).toEqual({});
  });

  test('calls that fail are told with where most of them did', async () => {
    const { services } = await panelAt();
    const account = await plantReadAccount(services, 'one');
    await plantUsage(services, 'one', [
      { at: at('2026-03-11T17:00Z'), cost: 0n, calls: 60, failures: 2 },
      { at: at('2026-03-11T18:00Z'), cost: 0n, calls: 40, failures: 28, endpointId: 'fal-ai/bad' },
      { at: at('2026-03-11T10:00Z'), cost: 0n, calls: 4_000, failures: 0 },
    ]);
    const found = await look(services, account, 'failure_rate', { percent: 20 });
    expect(told(found)).toEqual({
      '': { rate: 30, failures: 30, calls: 100, hours: 1, model: 'fal-ai/bad' },
    });
    const patient = await look(services, account, 'failure_rate', { percent: 20, hours: 12 });
    expect(patient).toEqual({ isKnown: true, findings: [] });
  });

  test('a changed price is told to the accounts that use the model, once', async () => {
    const { services } = await panelAt();
    const one = await plantReadAccount(services, 'one');
    const other = await plantReadAccount(services, 'other');
    await plantUsage(services, 'one', [
      { at: at('2026-03-01T10:00Z'), cost: DOLLAR, calls: 1_000, endpointId: 'fal-ai/a' },
    ]);
    await plantUsage(services, 'other', [
      { at: at('2026-03-01T10:00Z'), cost: DOLLAR, endpointId: 'fal-ai/b' },
    ]);
    const price = (unitPrice: bigint) => [
      { endpointId: 'fal-ai/a', unitPrice, unit: 'image', currency: 'USD' },
    ];
    const { db } = services.store;
    await recordPrices(db, NOW.subtract({ hours: 60 }), price(50_000_000n));
    await recordPrices(db, NOW.subtract({ hours: 48 }), price(60_000_000n));
    const found = await look(services, one, 'price_changed', {});
    expect(told(found)).toEqual({
      'fal-ai/a image 2026-03-09T18:20:00.000Z': {
        model: 'fal-ai/a',
        unit: 'image',
        old_price: '0.05',
        new_price: '0.06',
        change: 20,
        at: '2026-03-09T18:20:00Z',
        monthly_change: '10',
      },
    });
    expect(found.findings).toMatchObject([{ nature: 'moment' }]);
    expect((await look(services, other, 'price_changed', {})).findings).toEqual([]);
    expect((await look(services, one, 'price_changed', { percent: 25 })).findings).toEqual([]);
  });

  test('days that were corrected or read later count in the next round', async () => {
    const { services, clock } = await panelAt();
    const account = await plantReadAccount(services, 'one', { days: 5 });
    await plantUsage(services, 'one', [{ at: at('2026-03-10T10:00Z'), cost: 9n * DOLLAR }]);
    const rule = { amount: '20', period: 'month' };
    expect(await look(services, account, 'spend_above', rule)).toMatchObject({ isKnown: false });
    const today = utcDayOf(NOW);
    await plantUsage(services, 'one', [{ at: at('2026-03-02T10:00Z'), cost: 12n * DOLLAR }]);
    await plantRead(
      services,
      'one',
      Array.from({ length: 20 }, (_, index) => today - 5 - index),
    );
    clock.forward({ minutes: 1 });
    const found = await look(services, account, 'spend_above', rule);
    expect(told(found)['2026-03-01']).toMatchObject({ spent: '21' });
  });
});
