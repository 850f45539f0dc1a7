import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { findAccount } from '../../src/accounts/accounts.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { displayStep, divideNano, roundTo, toDecimal } from '../../src/money.ts';
import { readLearnt } from '../../src/planner/learnt.ts';
import { findEvent } from '../../src/planner/queries.ts';
import { syncOnce } from '../history/synced.ts';
import { ENGINES } from '../support/panel.ts';
import { startEvening, wordsOf } from './booth.ts';

const PRICE = '1500.50';

/** An hour before the event, or as many hours after its start as it is said. */
async function startAfter(
  hours: number,
  fields: Parameters<typeof startEvening>[0] = {},
  engine: (typeof ENGINES)[number] = 'sqlite',
) {
  const evening = await startEvening(fields, engine);
  const { clock, panel, event } = evening;
  if (hours > 0) {
    clock.forward({ hours: hours + 1 });
    await syncOnce(panel, 'booth');
  }
  const path = `/admin/events/${event.id}/closing`;
  const [viewer, operator] = [await panel.as('viewer'), await panel.as('operator')];
  return { ...evening, viewer, operator, path };
}

describe.each(ENGINES)('an event is closed, with its store in %s', (engine) => {
  test('with what fal charged; closing again corrects it, and never over somebody', async () => {
    const { clock, panel, event, viewer, operator, path } = await startAfter(10, {}, engine);
    const { services } = panel;
    const { costNano, count, failures } = panel.fal.truth({ start: event.start, end: event.end });

    const open = await viewer.get(path);
    expect(open.status).toBe(200);
    expect(open.text).toContain(createFormat('es').exactMoney(costNano));
    expect(wordsOf(open.text)).toContain('Sin cerrar');
    expect(wordsOf(open.text)).toContain('Puede cambiar todavía: fal corrige hasta el 11 mar 2026');
    expect(open.text).not.toMatch(/NaN|undefined|Infinity/);
    // A viewer has no form.
    expect(open.text).not.toContain('participants_came');

    const shown = await operator.get(path);
    expect(shown.text).toContain('name="version" value="1"');
    const closed = await operator.post(path, {
      version: '1',
      participants_came: '280',
      price_charged: PRICE,
    });
    expect([closed.status, closed.headers.location]).toEqual([303, `${path}?done=closed`]);
    const after = await operator.get(`${path}?done=closed`);
    expect(wordsOf(after.text)).toContain('El evento quedó cerrado');
    expect(wordsOf(after.text)).toMatch(/Cerrado el 8 mar 2026/);
    expect(after.text).toContain(`value="${toDecimal(1_500_500_000_000n)}"`);
    expect(wordsOf(after.text)).toMatch(/Por participante que vino \$0\.\d/);
    expect(wordsOf(after.text)).toMatch(/Ganancia \$1,\d{3}\.\d\d/);
    expect(after.text).toContain('data-lessons');
    expect(after.text).toContain('data-suggested');

    // Somebody else saw the first version.
    const late = await operator.post(path, { version: '1', participants_came: '1' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('name="version" value="1"');
    expect(late.text).toContain('value="1"');
    expect((await findEvent(services.store.db, event.id))?.participantsCame).toBe(280);

    const firstClosed = (await findEvent(services.store.db, event.id))?.closedAt;
    clock.forward({ hours: 1 });
    await operator.post(path, { version: '2', participants_came: '290', price_charged: '1500,5' });
    const corrected = await findEvent(services.store.db, event.id);
    expect(corrected).toMatchObject({ participantsCame: 290, version: 3 });
    expect(corrected?.closedAt).toEqual(firstClosed);

    const account = await findAccount(services.store.db, 'booth');
    const learnt = await readLearnt(services, account?.id ?? '');
    const successes = count - failures;
    expect(learnt?.events).toBe(1);
    expect(Number(learnt?.rates.outputsPerParticipant) / 1e9).toBeCloseTo(successes / 290, 8);
    expect(Number(learnt?.rates.costPerOutput)).toBeCloseTo(Number(costNano) / successes, -1);

    for (let reading = 0; reading < 3; reading += 1) {
      clock.forward({ hours: 48 });
      await syncOnce(panel, 'booth');
    }
    const settled = await (await panel.as('viewer')).get(path);
    expect(wordsOf(settled.text)).toContain('Ya no cambia: pasaron las 72 horas');
  });
});

test('the next plan begins with what closed events taught, which is said beside each field', async () => {
  const { panel, operator, path } = await startAfter(10);
  const blank = (await operator.get('/admin/events/new')).text;
  expect(filledIn(blank, 'allowance_percent')).toBe('5');
  expect(wordsOf(blank)).not.toContain('cerrado');

  await operator.post(path, { version: '1', participants_came: '280' });
  const account = await findAccount(panel.services.store.db, 'booth');
  const rates = (await readLearnt(panel.services, account?.id ?? ''))?.rates;
  const { text } = await operator.get('/admin/events/new');
  const [outputs = 0n, allowance = 0n, price = 0n] = [
    rates?.outputsPerParticipant ?? 0n,
    rates?.allowancePercent ?? 0n,
    rates?.costPerCall ?? 0n,
  ];
  expect(filledIn(text, 'outputs_per_participant')).toBe(toDecimal(roundTo(outputs, 10_000_000n)));
  expect(filledIn(text, 'allowance_percent')).toBe(toDecimal(roundTo(allowance, 100_000_000n)));
  expect(filledIn(text, 'price_per_output')).toBe(toDecimal(roundTo(price, displayStep(price))));
  expect(price > 0n).toBe(true);
  // Named models would have prices of their own.
  expect(filledIn(text, 'model_1')).toBe('');
  expect(wordsOf(text).match(/Como en el último evento cerrado de Booth/g)).toHaveLength(3);
  // What was typed stands before what was learnt.
  const again = await operator.post('/admin/events', { account: 'booth', allowance_percent: '7' });
  expect(filledIn(again.text, 'allowance_percent')).toBe('7');
  expect(wordsOf(again.text)).not.toContain('Como en el último evento');
});

function filledIn(html: string, name: string): string | undefined {
  return new RegExp(`<input[^>]*\\bname="${name}"[^>]*\\bvalue="([^"]*)"`).exec(html)?.[1];
}

describe('the page', () => {
  test('says what is wrong beside each field, and keeps what was typed', async () => {
    const { operator, path } = await startAfter(10);
    const { status, text } = await operator.post(path, {
      version: '1',
      participants_came: '12.5',
      price_charged: 'mucho',
    });
    expect(status).toBe(400);
    expect(text).toContain('id="participants_came-fault"');
    expect(text).toContain('id="price_charged-fault"');
    expect(text).toContain('value="mucho"');
  });

  test('says that nothing was planned for, and no percentage of it', async () => {
    const { viewer, path } = await startAfter(10, { participants: 0 });
    const words = wordsOf((await viewer.get(path)).text);
    expect(words).toContain('No se planeaba gastar nada, y algo costó');
    expect(words).not.toMatch(/\b0\s?%/);
  });

  test('to which nobody came has no cost for each, and is not asked again how many did', async () => {
    const { operator, path } = await startAfter(10);
    expect(wordsOf((await operator.get(path)).text)).toContain('Falta anotar cuántos vinieron.');
    await operator.post(path, { version: '1', participants_came: '0' });
    const words = wordsOf((await operator.get(path)).text);
    expect(words).toContain('No vino nadie.');
    expect(words).not.toContain('Falta anotar cuántos vinieron.');
  });

  test('does not close an event that has not begun', async () => {
    const { panel, event, operator, path } = await startAfter(0);
    const { text } = await operator.get(path);
    expect(wordsOf(text)).toContain('Este evento empieza el 7 mar 2026, 18:00');
    expect(text).not.toContain('<form class="card');
    expect((await operator.post(path, { version: '1', participants_came: '3' })).status).toBe(400);
    expect((await findEvent(panel.services.store.db, event.id))?.closedAt).toBeNull();
  });

  test("says of the event's own keys what fal does not tell, and of no reading that it is none", async () => {
    const { viewer, path } = await startAfter(10, { apiKeyIds: ['no-such-key'] });
    const { text } = await viewer.get(path);
    expect(wordsOf(text)).toContain('fal no cuenta las llamadas por clave');
    expect(wordsOf(text)).toContain('Costo real $0.00');
    const unread = await startAfter(0);
    unread.clock.forward({ hours: 10 });
    const page = await unread.viewer.get(unread.path);
    expect(wordsOf(page.text)).toContain('No se ha leído nada de ese tiempo');
    expect(wordsOf(page.text)).not.toContain('Costo real $');
    expect(page.text + text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('has a sheet for the client, which has the cost only where that was chosen', async () => {
    const { panel, event, operator, viewer, path } = await startAfter(10);
    await operator.post(path, { version: '1', participants_came: '280', price_charged: PRICE });
    const { costNano } = panel.fal.truth({ start: event.start, end: event.end });
    const cost = createFormat('es').exactMoney(costNano);
    const sheet = await viewer.get(`${path}/sheet`);
    expect(sheet.text).not.toContain(cost);
    expect(sheet.text).toContain('Boda de Ana &amp; Luis');
    expect(wordsOf(sheet.text)).toMatch(/Participantes 280 .* Precio \$1,500\.50/);
    expect((await viewer.get(`${path}/sheet?cost=1`)).text).toContain(cost);
  });

  test('is downloaded as CSV that no spreadsheet runs', async () => {
    const { panel, event, operator, viewer, path } = await startAfter(10, { name: '=2+2,"x"' });
    await operator.post(path, { version: '1', participants_came: '280', price_charged: PRICE });
    const { status, text, headers } = await viewer.get(`${path}.csv`);
    expect([status, headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
    const rows = parse(text, { bom: true, columns: true, record_delimiter: '\r\n' }) as Record<
      string,
      string
    >[];
    const total = rows.at(-1);
    const { costNano, count, failures } = panel.fal.truth({ start: event.start, end: event.end });
    expect(total).toMatchObject({
      row: 'total',
      event: `'=2+2,"x"`,
      starts_at: '2026-03-07T18:00:00-06:00',
      calls: String(count),
      cost_usd: toDecimal(costNano),
      participants_planned: '300',
      participants_came: '280',
      price_charged_usd: '1500.5',
      margin_usd: toDecimal(1_500_500_000_000n - costNano),
      cost_per_participant_usd: toDecimal(divideNano(costNano, 280)),
      cost_per_output_usd: toDecimal(divideNano(costNano, count - failures)),
    });
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.slice(0, -1).every(({ row }) => row === 'model')).toBe(true);
  });
});
