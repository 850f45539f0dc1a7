import { describe, expect, test } from 'vitest';
import * as faults from '../../src/demo/faults.ts';
import type { Quirks } from '../../src/demo/quirks.ts';
import { recordPrices } from '../../src/history/model-prices.ts';
import { takePrices } from '../../src/history/price-snapshot.ts';
import { syncOnce } from '../history/synced.ts';
import { NOW, startPanel } from '../support/panel.ts';
import { freeLease } from '../support/planted-history.ts';
import { storeAccount } from '../support/stored-account.ts';

const DOLLAR = 1_000_000_000n;
const KONTEXT = 'fal-ai/flux-pro/kontext';
const ago = (days: number) => NOW.subtract({ hours: 24 * days });

/** Without tags and repeated blanks. */
function plainOf(html: string): string {
  return html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

/** A panel that has read its account, with the prices of today. */
async function startPricing(foreignCurrency: Quirks['foreignCurrency'] = null) {
  const panel = await startPanel({ BACKFILL_DAYS: '30' }, { simulator: { days: 40 } });
  const { services, fal } = panel;
  const account = { slug: 'booth', name: 'Booth', key: fal.keys.admin, isDefault: true };
  fal.quirks.foreignCurrency = foreignCurrency;
  await storeAccount(services, account);
  await syncOnce(panel, 'booth');
  await recordPrices(services.store.db, ago(20), [
    { endpointId: KONTEXT, unitPrice: DOLLAR / 20n, unit: 'images', currency: 'USD' },
  ]);
  const { store, seal, now } = services;
  await takePrices(
    { db: store.db, fal: services.fal, seal, now, timeoutMs: 5_000 },
    freeLease('prices'),
  );
  const viewer = await panel.as('viewer');
  const page = async (query = '') => {
    fal.received.length = 0;
    const { status, text } = await viewer.get(`/admin/pricing${query}`);
    return { status, text, plain: plainOf(text), asked: fal.received.length };
  };
  return { panel, page };
}

describe('the page of prices', () => {
  test('has what the models in use cost, since when and what changed, and asks fal nothing', async () => {
    const { page } = await startPricing();
    const { status, plain, asked } = await page();
    expect([status, asked]).toEqual([200, 0]);
    expect(plain).toMatch(/flux-pro\/ ?kontext \$0\.04 1 imagen Desde el 7 mar 2026 ▼ -20%/);
    expect(plain).toMatch(/whisper \$0\.000555556 1 segundo de cómputo Al menos desde el 7 mar/);
    expect(plain).toMatch(/\$0\.05 por 1 imagen → pasó a \$0\.04 por 1 imagen/);
    expect(plain).toContain('Cambió entre el 15 feb 2026, 21:20 y el 7 mar 2026, 21:20');
  });

  test("has last month's units at today's prices, and why some are not known", async () => {
    const { page } = await startPricing();
    const { plain } = await page();
    expect(plain).toContain('feb 2026 a los precios de hoy');
    expect(plain).toMatch(/Precios del 7 mar 2026, 21:20\. Leído de fal .* Mes/);
    expect(plain).toContain('Falta leer una parte del período.');
    expect(plain).toMatch(/Como se facturaron.*búsquedas a \$0\.015/);
    expect(plain).toMatch(/Tuvo 2\d% de descuento|Tuvo 1\d% de descuento/);
    const running = await page('?month=2026-03');
    expect(running.plain).toContain('mar 2026 a los precios de hoy');
    const none = await page('?month=2025-06');
    expect(none.plain).toContain('No hay uso de este mes en la copia local.');
    expect((await page('?month=nonsense')).plain).toContain('feb 2026 a los precios de hoy');
  });

  test('prices the calls of one model on another, and says by what', async () => {
    const { page } = await startPricing();
    const swap = (other: string) => page(`?model=${KONTEXT}&other=${other}`);
    const own = await swap('fal-ai/fast-sdxl');
    expect(own.plain).toMatch(
      /llamadas de fal-ai\/flux-pro\/kontext costaron \$[\d.,]+; con fal-ai\/fast-sdxl habrían costado \$[\d.,]+ \(▼ -\d+%\)/,
    );
    expect(own.plain).toContain('Al promedio de tus propias llamadas de ese mes: $0.00');
    const unknown = await swap('fal-ai/nobody/knows');
    expect(unknown.text).not.toContain('data-swap');
  });
});

describe('a month', () => {
  const model = (endpointId: string, unitPrice: bigint, unit = 'images') => ({
    ...{ endpointId, unitPrice, unit, currency: 'USD' },
  });

  test('says what was billed in other currencies, and gives no average of it', async () => {
    const { page } = await startPricing({ endpointId: 'fal-ai/fast-sdxl', currency: 'EUR' });
    const { plain } = await page();
    expect(plain).toContain('También hay costos en EUR, que aquí no se suman.');
    const swapped = await page(`?model=${KONTEXT}&other=fal-ai/fast-sdxl`);
    expect(swapped.plain).not.toContain('Al promedio de tus propias llamadas');
    expect(swapped.plain).not.toMatch(/habrían costado \$0\.00/);
  });

  test('goes by prices of the same unit alone, and says which price is not of today', async () => {
    const { panel, page } = await startPricing();
    const { db } = panel.services.store;
    // Once listed by another unit, at what its searches cost.
    const gemini = 'fal-ai/gemini-3-pro-image-preview/edit';
    const monthOf = async () => {
      const { text } = await page();
      const month = text.slice(text.indexOf('id="month"'));
      return plainOf(month).match(/gemini-3-pro-image-preview\/ ?edit .{0,300}/)?.[0];
    };
    const before = await monthOf();
    await db.deleteFrom('model_prices').where('endpoint_id', '=', gemini).execute();
    await recordPrices(db, ago(60), [model(gemini, 300_000_000n, 'seconds')]);
    await recordPrices(db, ago(50), [model(gemini, 150_000_000n)]);
    const after = await monthOf();
    expect(after).toContain('Su precio se leyó por última vez el 16 ene 2026.');
    expect(after?.replace(/ Su precio se leyó[^.]*\./, '').slice(0, 200)).toBe(
      before?.slice(0, 200),
    );
  });

  test('is not priced where it was billed at one that fal never listed meanwhile', async () => {
    const { panel, page } = await startPricing();
    const { db } = panel.services.store;
    await db.deleteFrom('model_prices').where('endpoint_id', '=', KONTEXT).execute();
    await recordPrices(db, ago(60), [model(KONTEXT, DOLLAR)]);
    await recordPrices(db, ago(0), [model(KONTEXT, DOLLAR)]);
    expect((await page()).plain).toMatch(
      /kontext .{0,200}puede ser el de otro tamaño u otra clase/,
    );
  });
});

test('another spelling of its unit is no change of a price', async () => {
  const { panel, page } = await startPricing();
  const { db } = panel.services.store;
  const whisper = (unit: string) => ({
    ...{ endpointId: 'fal-ai/whisper', unitPrice: 555_556n, unit, currency: 'USD' },
  });
  await recordPrices(db, NOW.add({ minutes: 1 }), [whisper('compute second')]);
  const { plain } = await page();
  expect(plain.match(/pasó a/g)).toHaveLength(1);
});

test('the use of the chosen account alone counts', async () => {
  const { panel, page } = await startPricing();
  const key = panel.fal.keys.empty;
  await storeAccount(panel.services, { slug: 'other', name: 'Other', key });
  const viewer = await panel.as('viewer');
  const chosen = await viewer
    .get('/admin/pricing')
    .set('Cookie', `${viewer.header}; account=other`);
  expect(chosen.text).toContain('Ningún modelo se ha usado en los últimos 30 días.');
  expect(chosen.text).toContain('No hay uso de este mes en la copia local.');
  expect((await page()).plain).toContain('whisper');
});

describe('searching for a model', () => {
  test('shows its price of now, and makes it one to compare with', async () => {
    const { page } = await startPricing();
    const { plain, text } = await page('?q=schnell');
    expect(plain).toMatch(
      /1 modelo .*flux\/ ?schnell FLUX\.1 \[schnell\] · text-to-image \$0\.003 1 megapíxel/,
    );
    expect(text).toContain('<option>fal-ai/flux/schnell</option>');
    const compared = await page(`?q=schnell&model=${KONTEXT}&other=fal-ai/flux/schnell`);
    expect(compared.plain).toContain('No se sabe cuánto cuesta una llamada de fal-ai/flux/schnell');
  });

  test('shows how its price changed where that was seen', async () => {
    const { panel, page } = await startPricing();
    const { db } = panel.services.store;
    const priced = (unitPrice: bigint) => ({
      ...{ endpointId: 'fal-ai/flux/schnell', unitPrice, unit: 'megapixels', currency: 'USD' },
    });
    await recordPrices(db, ago(90), [priced(DOLLAR / 200n)]);
    await recordPrices(db, ago(80), [priced(DOLLAR / 250n)]);
    expect((await page()).plain).not.toContain('$0.005 por 1 megapíxel');
    expect((await page('?q=schnell')).plain).toMatch(/\$0\.005 por 1 megapíxel → pasó a \$0\.004/);
  });

  test('says plainly that there is no price, no such model, or no answer', async () => {
    const { panel, page } = await startPricing();
    panel.fal.quirks.noPrice = ['fal-ai/flux/schnell'];
    expect((await page('?q=schnell')).plain).toContain('fal no publica su precio.');
    expect((await page('?q=nothing-like-that')).plain).toContain('0 modelos');
    panel.fal.fault(/models/, faults.failWith(503), Number.POSITIVE_INFINITY);
    const away = await page('?q=schnell');
    expect(away.status).toBe(200);
    expect(away.text).toContain('data-problem="fal_unavailable"');
    expect(away.plain).toContain('$0.000555556');
  });

  test('neither sends on nor repeats a key that was pasted into it', async () => {
    const { panel, page } = await startPricing();
    const { text, asked } = await page(`?q=${encodeURIComponent(panel.fal.keys.admin)}`);
    expect(asked).toBe(0);
    expect(text).not.toContain(panel.fal.keys.admin);
  });
});

test('without any account there is nothing to show, and that is said', async () => {
  const panel = await startPanel();
  const { status, text } = await (await panel.as('viewer')).get('/admin/pricing?q=flux');
  expect(status).toBe(200);
  expect(text).toContain('Ningún modelo se ha usado en los últimos 30 días.');
  expect(text).toContain('Todavía no hay ninguna cuenta de fal guardada');
});
