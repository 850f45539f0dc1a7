import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failWith } from '../../src/demo/faults.ts';
import type { Price } from '../../src/fal/pricing.ts';
import { priceChanges, pricesOf, recordPrices } from '../../src/history/model-prices.ts';
import { pricesJob, takePrices } from '../../src/history/price-snapshot.ts';
import { plannedEvent } from '../planner/events.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { freeLease, plantAccount, plantHours, plantSeries } from '../support/planted-history.ts';
import { storeAccount } from '../support/stored-account.ts';
import { emptyPlace, openAt } from '../support/stores.ts';

const START = Temporal.Instant.from('2026-03-01T00:00:00Z');
const day = (count: number) => START.add({ hours: 24 * count });
const price = (endpointId: string, unitPrice: bigint, unit = 'images'): Price => ({
  endpointId,
  unitPrice,
  unit,
  currency: 'USD',
});
const [FLUX, SDXL] = ['fal-ai/flux/dev', 'fal-ai/fast-sdxl'] as const;
const SCHNELL = 'fal-ai/flux/schnell';
const LEASE = freeLease('prices');

function services({ services: { store, fal, seal, now } }: Panel) {
  return { db: store.db, fal, seal, now, timeoutMs: 5_000 };
}

/** An account that used a model an hour ago. */
async function panelInUse(engine: 'sqlite' | 'postgres', models: readonly string[]) {
  const panel = await startPanel({}, { engine });
  const { db } = panel.services.store;
  const key = panel.fal.keys.api;
  await storeAccount(panel.services, { slug: 'b', name: 'B', key, isDefault: true });
  await plantAccount(db, 'aa');
  for (const model of models) {
    const series = await plantSeries(db, null, model);
    await plantHours(db, series, [{ at: Temporal.Instant.from('2026-03-08T02:00Z'), cost: 1n }]);
  }
  return panel;
}

describe.each(ENGINES)('prices, on %s', (engine) => {
  test('are given back as they were seen, and every change of them with what was before', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    let models = 0;
    const looks = fc.array(fc.option(fc.constantFrom(0n, 1n, 9_007_199_254_740_993n)), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(looks, async (looks) => {
        models += 1;
        const model = `m${models}`;
        const seen = looks.flatMap((unitPrice, index) =>
          unitPrice === null ? [] : [{ at: day(index), unitPrice }],
        );
        for (const [index, unitPrice] of looks.entries()) {
          const prices = unitPrice === null ? [] : [price(model, unitPrice)];
          await recordPrices(db, day(index), prices);
        }
        const last = seen.at(-1);
        const known = (await pricesOf(db, [model])).get(model);
        expect(known && [known.unitPrice, known.until]).toEqual(last && [last.unitPrice, last.at]);
        const changes = (await priceChanges(db, START)).filter((each) => each.endpointId === model);
        expect(
          changes.map(({ before, after }) => [before.unitPrice, after.unitPrice, after.from]),
        ).toEqual(
          seen.flatMap(({ at, unitPrice }, index) => {
            const before = seen[index - 1];
            return before && before.unitPrice !== unitPrice
              ? [[before.unitPrice, unitPrice, at]]
              : [];
          }),
        );
      }),
      { numRuns: engine === 'sqlite' ? 40 : 15 },
    );
  });

  test('that change their unit are another price, and changes before a time are not asked for', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    await recordPrices(db, day(0), [price('a', 5n), price('b', 5n)]);
    await recordPrices(db, day(1), [price('a', 6n), price('b', 5n)]);
    await recordPrices(db, day(2), [price('a', 6n), price('b', 5n, 'seconds')]);
    const ids = async (since: Temporal.Instant) =>
      (await priceChanges(db, since)).map(({ endpointId }) => endpointId);
    expect(await ids(day(0))).toEqual(['a', 'b']);
    expect(await ids(day(2))).toEqual(['b']);
    expect(await ids(day(3))).toEqual([]);
    await recordPrices(db, day(2).subtract({ minutes: 5 }), [price('a', 7n)]);
    expect((await pricesOf(db, ['a', 'nobody'])).get('a')?.unitPrice).toBe(6n);
  });

  test('that were seen while the clock was ahead give way to those seen since', async () => {
    const { db } = await openAt(await emptyPlace(engine));
    await recordPrices(db, day(0), [price('a', 5n), price('b', 5n)]);
    await recordPrices(db, day(9), [price('a', 6n), price('b', 5n)]);
    await recordPrices(db, day(1), [price('a', 5n), price('b', 7n)]);
    const known = await pricesOf(db, ['a', 'b']);
    expect(known.get('a')).toMatchObject({ unitPrice: 5n, from: day(0), until: day(1) });
    expect(known.get('b')).toMatchObject({ unitPrice: 7n, from: day(1), until: day(1) });
    expect(await priceChanges(db, START)).toMatchObject([
      { endpointId: 'b', before: { until: day(0) }, after: { from: day(1) } },
    ]);
  });

  test('are asked for the models in use, once a day; what has no price is said and left alone', async () => {
    const panel = await panelInUse(engine, [FLUX, SDXL]);
    const { db } = panel.services.store;
    const old = await plantSeries(db, null, 'fal-ai/forgotten');
    await plantHours(db, old, [{ at: Temporal.Instant.from('2026-01-01T00:00Z'), cost: 1n }]);
    expect(await takePrices(services(panel), LEASE)).toEqual({ priced: 2, unpriced: [] });
    const before = await pricesOf(db, [FLUX, SDXL, 'fal-ai/forgotten']);
    expect([...before.keys()].toSorted()).toEqual([SDXL, FLUX].toSorted());

    panel.fal.quirks.noPrice = [SDXL];
    expect(await takePrices(services(panel), LEASE)).toEqual({ priced: 1, unpriced: [SDXL] });
    expect((await pricesOf(db, [SDXL])).get(SDXL)).toEqual(before.get(SDXL));
    const next = await pricesJob(services(panel)).run(LEASE);
    expect(NOW.until(next).total('hours')).toBe(24);
  });

  test('are asked for the models of events to come, too', async () => {
    const panel = await panelInUse(engine, [FLUX]);
    const { db } = panel.services.store;
    const ONE = 1_000_000_000n;
    const planned = (endpointId: string, hours: number) =>
      plannedEvent(panel.services, 'b', {
        ...{ start: NOW.add({ hours: hours - 5 }), end: NOW.add({ hours }) },
        models: [{ endpointId, share: 100n * ONE, unitsPerOutput: null }],
      });
    await planned(SCHNELL, 24);
    await planned(SCHNELL, 48);
    await planned(SDXL, -1);
    expect(await takePrices(services(panel), LEASE)).toEqual({ priced: 2, unpriced: [] });
    expect([...(await pricesOf(db, [FLUX, SCHNELL, SDXL])).keys()]).toEqual([FLUX, SCHNELL]);
  });

  test('are asked with another account’s key where one does not work', async () => {
    const panel = await panelInUse(engine, [FLUX]);
    const { unbound, api } = panel.fal.keys;
    await storeAccount(panel.services, { slug: 'a', name: 'A', key: unbound });
    await storeAccount(panel.services, { slug: 'c', name: 'C', key: api });
    // The default one is refused, A's belongs to nobody yet and the planted account's does not open.
    panel.fal.fault('/models/pricing', failWith(401), 1);
    expect(await takePrices(services(panel), LEASE)).toEqual({ priced: 1, unpriced: [] });
  });
});

test('no price is written down when fal is away, and the failure is said', async () => {
  const panel = await panelInUse('sqlite', [FLUX]);
  panel.fal.fault('/models/pricing', failWith(500));
  await expect(pricesJob(services(panel)).run(LEASE)).rejects.toMatchObject({
    code: 'fal_unavailable',
  });
  expect(await pricesOf(panel.services.store.db, [FLUX])).toEqual(new Map());
});

test('nothing is asked while no model is in use, and asked again in minutes', async () => {
  const panel = await panelInUse('sqlite', []);
  const next = await pricesJob(services(panel)).run(LEASE);
  expect(NOW.until(next).total('minutes')).toBe(2);
  expect(panel.fal.received).toEqual([]);
});
