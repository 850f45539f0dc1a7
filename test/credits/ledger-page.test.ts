import { describe, expect, test } from 'vitest';
import { findAccount } from '../../src/accounts/accounts.ts';
import type { Role } from '../../src/auth/viewer.ts';
import { entriesOf } from '../../src/credits/ledger-rows.ts';
import { recordBalance } from '../../src/history/balance-samples.ts';
import { syncOnce } from '../history/synced.ts';
import { NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

const DOLLAR = 1_000_000_000n;
const LEDGER = '/admin/credits/booth/ledger';
const BOUGHT = { kind: 'purchase', amount: '10', currency: 'USD', at: '2026-03-01T10:00' };

async function startLedger(role: Role = 'operator') {
  const panel = await startPanel();
  const { services, fal } = panel;
  await storeAccount(services, { slug: 'booth', name: 'Booth', key: fal.keys.admin });
  const account = await findAccount(services.store.db, 'booth');
  if (!account) throw new Error('no account');
  const { db } = services.store;
  const browser = await panel.as(role);
  return {
    ...{ panel, account, db, browser },
    entries: () => entriesOf(db, account.id),
    async only() {
      const [entry] = await entriesOf(db, account.id);
      if (!entry) throw new Error('no entry');
      return entry;
    },
    page: async () => (await browser.get(LEDGER)).text,
    write: (fields: Record<string, string>) => browser.post(LEDGER, { ...BOUGHT, ...fields }),
    /** The balance rose by $50.00 between ten and five past. */
    async rise() {
      const at = NOW.subtract({ hours: 24 });
      await db.transaction().execute(async (trx) => {
        for (const [minutes, dollars] of [
          [0, 20n],
          [5, 70n],
        ] as const) {
          const balance = { balance: dollars * DOLLAR, currency: 'USD' };
          await recordBalance(trx, account.id, at.add({ minutes }), balance);
        }
      });
      return at.round('millisecond').toString();
    },
  };
}

describe('the ledger of an account', () => {
  test('says how to begin where nothing is written down, to everybody as their role allows', async () => {
    const { page, panel } = await startLedger();
    expect(await page()).toContain('Anota tus compras');
    const { text } = await (await panel.as('viewer')).get(LEDGER);
    expect(text).toContain('Quien opera el panel puede');
    expect(text).not.toContain('/ledger/new');
    expect((await (await panel.as('viewer')).get('/admin/credits/nobody/ledger')).status).toBe(404);
  });

  test('takes a purchase, which expires 365 days later in the account’s zone', async () => {
    const { write, entries, page, browser } = await startLedger();
    const { status, headers } = await write({ note: 'recibo 17' });
    expect([status, headers.location]).toEqual([303, `${LEDGER}?done=recorded`]);
    expect(await entries()).toMatchObject([
      {
        kind: 'purchase',
        amount: 10n * DOLLAR,
        at: Temporal.Instant.from('2026-03-01T16:00:00Z'),
        expiresAt: Temporal.Instant.from('2027-03-01T16:00:00Z'),
        note: 'recibo 17',
        source: 'hand',
      },
    ]);
    const text = await page();
    for (const part of ['recibo 17', '1 mar 2026, 10:00', '1 mar 2027, 10:00', '$10.00']) {
      expect(text).toContain(part);
    }
    expect((await browser.get(`${LEDGER}?done=recorded`)).text).toContain('Quedó anotado.');
  });

  test.each([
    [{ amount: '0' }, 'No puede ser cero.'],
    [{ amount: '-5' }, 'Solo un ajuste puede ser negativo.'],
    [{ amount: 'ten' }, 'Tiene que ser un número'],
    [{ amount: '' }, 'Tiene que ser un número'],
    [{ amount: '1,500' }, 'miles o decimales'],
    [{ amount: '100000001' }, 'a lo sumo cien millones'],
    [{ amount: '99999999999999' }, 'Tiene que ser un número'],
    [{ currency: '¤' }, 'Escribe su código'],
    [{ at: '2026-03-07T22:00' }, 'Todavía no llega esa hora'],
    [{ at: '2015-03-07T22:00' }, 'Es de hace más de 10 años'],
    [{ at: '2026-02-30T22:00' }, 'No entendemos esta fecha'],
    [{ at: '' }, 'No entendemos esta fecha'],
    [{ expires_at: '2026-03-01T10:00' }, 'vencer después de haber llegado'],
    [{ expires_at: '2126-03-01T10:00' }, 'más de 50 años'],
    [{ expires_at: '2026-04-01T10:00', never: 'yes' }, 'no las dos cosas'],
    [{ kind: 'adjustment', amount: '-1', expires_at: '2026-04-01T10:00' }, 'no vence'],
    [{ kind: 'gift' }, 'Es una compra, una promoción o un ajuste'],
    [{ note: 'x'.repeat(501) }, 'La nota puede tener hasta 500'],
  ])('refuses %o beside its field, and keeps what was typed', async (fields, message) => {
    const { write, entries } = await startLedger();
    const { status, text } = await write({ note: 'recibo', ...fields });
    expect(status).toBe(400);
    expect(text).toContain(message);
    const [field = ''] = Object.keys(fields).slice('never' in fields ? 0 : -1);
    expect(text).toContain(`id="${field}-fault"`);
    expect(text).toContain('note' in fields ? fields.note : 'recibo');
    expect(await entries()).toEqual([]);
  });

  test('takes what expires never, what is charged, and what expired already', async () => {
    const { write, entries, page } = await startLedger();
    await write({ never: 'yes' });
    await write({ kind: 'promotion', amount: '5,50', at: '2026-03-02T10:00' });
    await write({ kind: 'adjustment', amount: '-2', at: '2026-03-03T10:00' });
    await write({ amount: '7', at: '2026-02-01T10:00', expires_at: '2026-02-15T00:00' });
    const written = await entries();
    expect(written.map(({ amount, expiresAt }) => [amount, expiresAt?.toString()])).toEqual([
      [7n * DOLLAR, '2026-02-15T06:00:00Z'],
      [10n * DOLLAR, undefined],
      [5_500_000_000n, undefined],
      [-2n * DOLLAR, undefined],
    ]);
    expect(await page()).toContain('−$2.00');
  });

  test('does not write the same down twice, such as when a form is sent twice', async () => {
    const { write, entries } = await startLedger();
    await write({ note: 'recibo 17' });
    const { status, text } = await write({ note: 'recibo 17' });
    expect([status, text.includes('Lo mismo ya está anotado a esta hora')]).toEqual([400, true]);
    expect(text).toContain('id="at-fault"');
    expect(await entries()).toHaveLength(1);
  });

  test('leaves other currencies out of the sum, and says so', async () => {
    const { write, page } = await startLedger();
    await write({});
    await write({ amount: '500', currency: 'mxn' });
    const text = await page();
    expect(text).toContain('Lo anotado en MXN no se cuenta en esta suma');
    expect(text.match(/fuera de la suma/g)).toHaveLength(1);
    expect(text).not.toContain('data-unspent');
  });

  test('of a balance in a currency that usage is not charged in takes no usage off, and says so', async () => {
    const { write, page, panel, account, db, browser } = await startLedger();
    await syncOnce(panel, 'booth');
    await db.transaction().execute((trx) =>
      recordBalance(trx, account.id, NOW.add({ minutes: 5 }), {
        ...{ balance: 500n * DOLLAR, currency: 'EUR' },
      }),
    );
    await write({ amount: '500', currency: 'EUR' });
    await write({ amount: '40' });
    expect(await page()).toContain('no se descuenta de estos créditos en EUR');
    const { text } = await browser.get('/admin/credits');
    expect(text).toContain('el saldo y el uso están en monedas distintas');
    expect(text).not.toContain('data-difference');
  });

  test('corrects an entry in sight, unless somebody else did since', async () => {
    const { write, entries, only, browser, page } = await startLedger();
    await write({});
    const { id } = await only();
    const path = `${LEDGER}/${id}/correction`;
    const form = (await browser.get(path)).text;
    expect(form).toContain('value="2026-03-01T10:00"');
    expect(form).toContain('value="2027-03-01T10:00"');
    const corrected = { ...BOUGHT, amount: '12.5', revision: '0', expires_at: '2027-03-01T10:00' };
    expect((await browser.post(path, corrected)).headers.location).toBe(`${LEDGER}?done=corrected`);
    const text = await page();
    expect(text).toContain('$12.50');
    expect(text).toContain('antes');
    expect(text.indexOf('$12.50')).toBeLessThan(text.lastIndexOf('$10.00'));

    const late = await browser.post(path, { ...corrected, amount: '13' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('value="13"');
    expect((await entries()).map(({ amount }) => amount)).toEqual([10n * DOLLAR, 12_500_000_000n]);
    expect((await browser.post(path, { ...corrected, revision: 'x' })).status).toBe(400);
  });

  test('keeps the seconds of a time that a correction leaves as it was', async () => {
    const { panel, entries, only, browser } = await startLedger();
    await browser.post(LEDGER, { ...BOUGHT, at: '2026-03-01T10:00:42' });
    const { id } = await only();
    await browser.post(`${LEDGER}/${id}/correction`, { ...BOUGHT, amount: '11', revision: '0' });
    const written = await entries();
    expect(written.map(({ at }) => at.toString())).toEqual([
      '2026-03-01T16:00:42Z',
      '2026-03-01T16:00:42Z',
    ]);
    expect(panel.logged()).not.toContain('unforeseen');
  });

  test('takes an entry back once that is confirmed, and then neither corrects nor takes it back', async () => {
    const { write, only, browser, page } = await startLedger();
    await write({});
    const { id } = await only();
    expect((await browser.get(`${LEDGER}/${id}/void`)).text).toContain('Anular la anotación');
    expect((await browser.post(`${LEDGER}/${id}/void`, { revision: '3' })).status).toBe(409);
    const { headers } = await browser.post(`${LEDGER}/${id}/void`, { revision: '0' });
    expect(headers.location).toBe(`${LEDGER}?done=voided`);
    expect(await page()).toContain('anulada');
    expect((await browser.get(`${LEDGER}/${id}/correction`)).status).toBe(404);
    expect((await browser.get(`${LEDGER}/${id}/void`)).status).toBe(404);
    expect((await browser.post(`${LEDGER}/${id}/void`, { revision: '1' })).status).toBe(404);
    expect((await browser.get(`${LEDGER}/nothing/correction`)).status).toBe(404);
  });
});

describe('an import', () => {
  const send = async (csv: string) => {
    const ledger = await startLedger();
    const answer = await ledger.browser.post(`${LEDGER}/import`, { csv });
    return { ...ledger, ...answer, entries: await ledger.entries() };
  };

  test('takes every line, quotes, blank lines and all', async () => {
    const { status, headers, entries } = await send(
      [
        '\ufeffDate,Amount,Kind,Expires,Note',
        '2026-01-31,50.00,purchase,,"tarjeta, ""17""\r\nde Ana"',
        '',
        '2026-02-01 18:30,5,Promoción,2026-05-01,',
        '2026-02-02T00:00:00Z,-1.5,adjustment,,devolución',
        '2026-02-03,7,,never,',
        ',,,,',
      ].join('\r\n'),
    );
    expect([status, headers.location]).toEqual([303, `${LEDGER}?done=imported`]);
    expect(
      entries.map(({ kind, amount, at, expiresAt, note, source }) => [
        ...[kind, Number(amount) / 1e9, at.toString(), expiresAt?.toString() ?? null],
        ...[note, source],
      ]),
    ).toEqual([
      [
        ...['purchase', 50, '2026-01-31T06:00:00Z', '2027-01-31T06:00:00Z'],
        ...['tarjeta, "17"\nde Ana', 'csv'],
      ],
      ['adjustment', -1.5, '2026-02-02T00:00:00Z', null, 'devolución', 'csv'],
      ['promotion', 5, '2026-02-02T00:30:00Z', '2026-05-01T06:00:00Z', '', 'csv'],
      ['purchase', 7, '2026-02-03T06:00:00Z', null, '', 'csv'],
    ]);
  });

  test('takes semicolons and decimal commas, as spreadsheets write them here', async () => {
    const { entries } = await send('date;amount;currency\n2026-01-31;50,25;MXN\n');
    expect(entries).toMatchObject([{ amount: 50_250_000_000n, currency: 'MXN' }]);
  });

  test('takes rows copied from a spreadsheet, whose cells are tabs apart', async () => {
    const { entries } = await send(
      'date\tamount\tnote\texpires\n2026-01-31\t50,25\ta; b, c\t\n2026-02-01\t5\t\tnever\n\t\t\t\n',
    );
    expect(entries).toMatchObject([
      { amount: 50_250_000_000n, note: 'a; b, c' },
      { amount: 5n * DOLLAR, note: '', expiresAt: null },
    ]);
  });

  test('names every line that is wrong by its number, keeps the text and imports none', async () => {
    const { status, text, entries } = await send(
      [
        'date,amount,kind,expires,note',
        '2026-01-31,50.00,purchase,,"two',
        'lines"',
        '2026-01-32,5,,,',
        '',
        '2026-01-31,0,,,',
        '2026-01-31,5,gift,,',
        '2026-01-31,5',
        '2026-01-31,5,,2026-01-30,',
        '2027-01-31,5,,,',
      ].join('\r\n'),
    );
    expect(status).toBe(400);
    const named = [...text.matchAll(/<strong>Línea (\d+)<\/strong>: ([^<]*)</g)];
    expect(named.map(([, line, why]) => [Number(line), why?.split('.')[0]])).toEqual([
      [4, 'date: No entendemos esta fecha'],
      [6, 'amount: No puede ser cero'],
      [7, 'kind: Es una compra, una promoción o un ajuste'],
      [8, 'No tiene tantas columnas como la primera línea'],
      [9, 'expires: Tiene que vencer después de haber llegado'],
      [10, 'date: Todavía no llega esa hora: anótalo cuando los créditos estén'],
    ]);
    expect(text).toContain('2026-01-31,5,gift,,');
    expect(entries).toEqual([]);
  });

  test.each([
    ['', 'Pega aquí el contenido'],
    ['date,amount\n', 'No hay más que los nombres'],
    ['2026-01-31,50', 'La primera línea tiene que nombrar'],
    ['date,amount,amount\n2026-01-31,5,5', 'La primera línea tiene que nombrar'],
    ['date,amount\n2026-01-31,"5', 'Hay comillas sin cerrar'],
  ])('refuses %j', async (csv, message) => {
    const { status, text } = await send(csv);
    expect([status, text.includes(message)]).toEqual([400, true]);
  });

  test('does not write the same down twice', async () => {
    const { browser, entries } = await startLedger();
    const csv = 'date,amount\n2026-01-31,50\n2026-01-31,50';
    await browser.post(`${LEDGER}/import`, { csv });
    const { status, text } = await browser.post(`${LEDGER}/import`, { csv });
    expect([status, text.includes('Ya está anotado lo mismo')]).toEqual([400, true]);
    expect(await entries()).toHaveLength(2);
  });
});

describe('what the credits page says of the ledger', () => {
  test('a rise of the balance is proposed, confirmed in the prefilled form, and not proposed again', async () => {
    const { rise, browser, entries, panel } = await startLedger();
    const after = await rise();
    const sentence = 'Parece que compraste unos $50.00 el 6 mar 2026, entre las 21:20 y las 21:25.';
    expect((await browser.get('/admin/credits')).text).toContain(sentence);
    const viewer = await (await panel.as('viewer')).get('/admin/credits');
    expect(viewer.text).toContain(sentence);
    expect(viewer.text).not.toContain('No fue una compra');

    const path = `${LEDGER}/new?after=${encodeURIComponent(after)}`;
    const { text } = await browser.get(path);
    for (const part of ['value="50"', 'value="2026-03-06T21:25"', `value="${after}"`]) {
      expect(text).toContain(part);
    }
    const fields = { ...BOUGHT, amount: '50', at: '2026-03-06T21:25', seen_after: after };
    expect((await browser.post(LEDGER, fields)).status).toBe(303);
    expect(await entries()).toMatchObject([{ source: 'proposal', amount: 50n * DOLLAR }]);
    expect((await browser.get('/admin/credits')).text).not.toContain('Parece que compraste');
    expect((await browser.post(LEDGER, fields)).status).toBe(409);
    expect((await browser.get(path)).headers.location).toBe(`${LEDGER}?done=explained_already`);
    expect((await browser.post(LEDGER, { ...fields, seen_after: 'x' })).status).toBe(400);
  });

  test('a rise that somebody else dismissed, or wrote down by hand, is not confirmed as well', async () => {
    for (const explain of [
      (ledger: Awaited<ReturnType<typeof startLedger>>, seen_after: string) =>
        ledger.browser.post(`${LEDGER}/dismissals`, { seen_after }),
      (ledger: Awaited<ReturnType<typeof startLedger>>) =>
        ledger.write({ amount: '50', at: '2026-03-06T10:00' }),
    ]) {
      const ledger = await startLedger();
      const seen_after = await ledger.rise();
      expect((await explain(ledger, seen_after)).status).toBe(303);
      const before = await ledger.entries();
      const late = await ledger.write({ amount: '50', at: '2026-03-06T21:25', seen_after });
      expect(late.status).toBe(409);
      expect(await ledger.entries()).toEqual(before);
      const again = await ledger.browser.post(`${LEDGER}/dismissals`, { seen_after });
      expect(again.headers.location).toBe(`${LEDGER}?done=explained_already`);
    }
  });

  test('a rise that was no purchase is dismissed', async () => {
    const { rise, browser } = await startLedger();
    const seen_after = await rise();
    const { headers } = await browser.post(`${LEDGER}/dismissals`, { seen_after });
    expect(headers.location).toBe(`${LEDGER}?done=dismissed`);
    expect((await browser.get('/admin/credits')).text).not.toContain('Parece que compraste');
    expect((await browser.post(`${LEDGER}/dismissals`, { seen_after: 'x' })).status).toBe(400);
  });

  test('how long credits last, in the zone of the account, and what moves it most', async () => {
    const { panel, browser } = await startLedger();
    panel.fal.quirks.balance = 700;
    await syncOnce(panel, 'booth');
    const { text } = await browser.get('/admin/credits');
    expect(text).toMatch(/Alcanza hasta cerca del \p{L}+ \d+ de \p{L}+, \d\d:00\./u);
    expect(text).toMatch(/Lo más probable: entre el \p{L}+/u);
    expect(text).toMatch(/Lo que más lo cambia es cuánto cuesta cada día\./);
    expect(text).toContain('Con el saldo del 7 mar 2026, 21:20');
    expect(text).toContain('Sin contar eventos planeados.');
    const english = browser.get('/admin/credits').set('Accept-Language', 'en');
    expect((await english).text).toMatch(/Lasts until about \p{L}+, \p{L}+ \d+ at \d\d:00\./u);
  });

  test('why that is not known: nobody knows the balance, or the usage is too short', async () => {
    const { rise, browser } = await startLedger();
    expect((await browser.get('/admin/credits')).text).toContain('nadie sabe cuánto queda');
    await rise();
    expect((await browser.get('/admin/credits')).text).toContain('al menos 7 días de uso');
  });

  test('an estimate as one, from what it is made, and that more may have been spent', async () => {
    const { write, browser } = await startLedger();
    await write({});
    const { text } = await browser.get('/admin/credits');
    expect(text).toContain('estimación');
    expect(text).toContain('$10.00, menos lo gastado y vencido desde el 1 mar 2026, 10:00');
    expect(text).toContain('De 7 días no se conoce todo el uso');
    expect(text).toContain('https://fal.ai/dashboard/billing');
  });

  test('a difference between the entries and the balance, and its likely cause', async () => {
    const { rise, write, browser } = await startLedger();
    await rise();
    await write({ amount: '15' });
    const { text } = await browser.get('/admin/credits');
    expect(text).toContain('El saldo de fal es $55.00 más que lo que queda según lo anotado.');
    expect(text).toContain('data-difference="top_up_to_confirm"');
  });

  test('what will expire unused, and when', async () => {
    const { panel, write, browser } = await startLedger();
    panel.fal.quirks.balance = 5_000;
    await syncOnce(panel, 'booth');
    await write({ amount: '6000', expires_at: '2026-03-20T10:00' });
    const { text } = await browser.get('/admin/credits');
    expect(text).toMatch(
      /A este ritmo vencen sin usarse \$[\d,.]+ de: compra del 1 mar 2026\. Vencen el 20 mar 2026, 10:00/,
    );
  });
});
