import { describe, expect, test } from 'vitest';
import { findEvent } from '../../src/planner/queries.ts';
import type { Panel } from '../support/panel.ts';
import { startPlanner, storeBooth, wordsOf as textOf } from './booth.ts';
import { plannedEvent } from './events.ts';

const KLING = 'fal-ai/kling-video/v2.1/standard';
const WEDDING = {
  name: 'Boda <b>de Ana',
  account: 'booth',
  venue: 'Hacienda',
  client: 'Ana & Luis',
  starts_at: '2026-03-14T20:00',
  ends_at: '2026-03-15T02:00',
  timezone: 'America/Mexico_City',
  participants: '300',
  outputs_per_participant: '2',
  allowance_percent: '5',
  margin_percent: '10',
  model_1: KLING,
  units_1: '5',
  concurrency: '10',
  peak_participants: '90',
};

async function start({ isSynced = true } = {}) {
  const panel = await startPlanner();
  await storeBooth(panel, { isSynced });
  return { panel, operator: await panel.as('operator') };
}

type Operator = Awaited<ReturnType<Panel['as']>>;

/** @returns the event's address. */
async function plan(operator: Operator, fields: Record<string, string> = {}): Promise<string> {
  const { status, headers } = await operator.post('/admin/events', { ...WEDDING, ...fields });
  expect(status).toBe(303);
  expect(headers.location).toMatch(/^\/admin\/events\/[\w-]+\?done=planned$/);
  return String(headers.location).replace('?done=planned', '');
}

describe('/admin/events', () => {
  test('without events says what they are for, in three lines', async () => {
    const { panel, operator } = await start({ isSynced: false });
    const { text } = await operator.get('/admin/events');
    expect(text.match(/<li>/g)?.length).toBeGreaterThanOrEqual(3);
    expect(text).toContain('/admin/events/new');
    const viewer = await panel.as('viewer');
    expect(textOf((await viewer.get('/admin/events')).text)).toContain('rol de operación');
  });

  test('lists what is to come with its verdict, and what is over below', async () => {
    const { operator } = await start();
    await plan(operator, {
      name: 'Later',
      starts_at: '2026-04-01T20:00',
      ends_at: '2026-04-01T22:00',
    });
    await plan(operator, { name: 'Sooner', participants: '0' });
    await plan(operator, {
      name: 'Over',
      starts_at: '2026-01-01T20:00',
      ends_at: '2026-01-01T22:00',
    });
    const text = textOf((await operator.get('/admin/events')).text);
    expect(text).toMatch(
      /Próximos Sooner Alcanza.*Later (?:Alcanza|Justo|Recarga).*Anteriores Over Terminó/,
    );
  });

  test('an event leads with its verdict as a sentence, and says why', async () => {
    const { operator } = await start();
    const path = await plan(operator, { participants: '1000000' });
    const { text } = await operator.get(path);
    expect(text).toContain('Boda &lt;b&gt;de Ana');
    expect(text).toContain('data-verdict="top_up"');
    const read = textOf(text);
    expect(read).toMatch(
      /Recarga \$[\d,.]+ antes del evento: costará entre \$504,000.00 y \$646,800.00/,
    );
    expect(read).toContain('una recarga puede tardar en desbloquear una cuenta');
    expect(read).toContain('precio de lista de fal');
    expect(read).toContain('según fal');
    expect(read).toContain('sáb 14 de mar, 20:00 – dom 15 de mar, 02:00');
    expect(read).not.toContain('NaN');
  });

  test('does not weigh what is under a cent, as everyday spending half a second before it begins', async () => {
    const { operator } = await start();
    const path = await plan(operator, {
      starts_at: '2026-03-07T21:20:31',
      ends_at: '2026-03-08T02:00',
    });
    const read = textOf((await operator.get(path)).text);
    expect(read).toContain('el margen de seguridad +$');
    expect(read).not.toContain('+$0.00');
  });

  test('says whether guests will queue, or what is missing to know', async () => {
    const { operator } = await start();
    const known = textOf((await operator.get(await plan(operator))).text);
    expect(known).toMatch(/en la hora pico harán falta unas 189 llamadas y (?:solo )?caben/);
    const any = { model_1: '', units_1: '', price_per_output: '0,05' };
    const ofAnyModel = textOf((await operator.get(await plan(operator, any))).text);
    expect(ofAnyModel).toMatch(/en la hora pico harán falta unas 189 llamadas y (?:solo )?caben/);
    const unsaid = textOf((await operator.get(await plan(operator, { concurrency: '' }))).text);
    expect(unsaid).toContain('Falta saber cuántas llamadas a la vez');
  });

  test('what if: more guests and another model, all of it in the address', async () => {
    const { operator } = await start();
    const path = await plan(operator);
    const query = '?participants=600&from=&to=fal-ai%2Fflux%2Fdev';
    const page = await operator.get(path + query);
    expect(textOf(page.text)).toMatch(
      /Con 600 participantes y flux\/dev: Cuesta \$[\d.]+, en lugar de/,
    );
    expect(page.text).toContain('value="600"');
    const fragment = await operator.get(path + query).set('HX-Request', 'true');
    expect(fragment.text).not.toContain('<html');
    expect(fragment.text).toContain('Con 600 participantes');
    const swapped = await operator.get(
      `${path}?participants=300&from=${KLING}&to=fal-ai%2Fflux%2Fdev`,
    );
    expect(textOf(swapped.text)).toContain('Lo mismo con flux/dev cuesta $');
    // Nonsense is as it was planned.
    const nonsense = textOf((await operator.get(`${path}?participants=-1&to=a/b`)).text);
    expect(nonsense).not.toContain('Volver a lo planeado');
  });

  test.each([
    [
      'no_price',
      { model_1: 'nobody/knows', units_1: '' },
      'No se conoce el precio de nobody/knows',
    ],
    ['over', { starts_at: '2026-01-01T10:00', ends_at: '2026-01-01T12:00' }, 'El evento ya pasó'],
  ])('has no verdict and says why: %s', async (_, fields, said) => {
    const { operator } = await start();
    const { status, text } = await operator.get(await plan(operator, fields));
    expect(status).toBe(200);
    expect(textOf(text)).toContain(said);
  });

  test('without history or balance there is none either', async () => {
    const { operator } = await start({ isSynced: false });
    const path = await plan(operator);
    const { text } = await operator.get(path);
    expect(textOf(text)).toContain('No se sabe cuánto saldo queda');
    expect(text).toContain('class="button" href="/admin/credits/booth/ledger"');
    const usual = await plan(operator, { model_1: '', units_1: '' });
    expect(textOf((await operator.get(usual)).text)).toContain('No se sabe con qué modelos');
    expect((await operator.get('/admin/events')).status).toBe(200);
  });

  test('a form comes back with what was typed and what is wrong, beside the field', async () => {
    const { operator } = await start({ isSynced: false });
    const { status, text } = await operator.post('/admin/events', {
      ...WEDDING,
      model_1: KLING,
      share_1: '60',
      participants: '1e9',
    });
    expect(status).toBe(400);
    expect(text).toContain('id="participants-fault"');
    expect(text).toContain('Boda &lt;b&gt;de Ana');
    expect(text).toContain('value="2026-03-14T20:00"');
    const shares = await operator.post('/admin/events', { ...WEDDING, share_1: '60' });
    expect(shares.text).toContain('id="models-fault"');
    expect(shares.text).toContain('value="60"');
    expect(textOf(shares.text)).toContain('tienen que sumar 100%');
  });

  test('a time that is left as it was stays the same moment, in the hour that comes twice too', async () => {
    const { panel, operator } = await start({ isSynced: false });
    const event = await plannedEvent(panel.services, 'booth', {
      // Clocks go from 2 back to 1 that night: this is half past one for the second time.
      start: Temporal.Instant.from('2026-11-01T06:30:00.25Z'),
      end: Temporal.Instant.from('2026-11-01T09:00Z'),
      timezone: 'America/New_York',
    });
    const path = `/admin/events/${event.id}/edit`;
    const { text } = await operator.get(path);
    expect(text).toContain('value="2026-11-01T01:30"');
    const fields = {
      ...WEDDING,
      timezone: 'America/New_York',
      starts_at: '2026-11-01T01:30',
      ends_at: '2026-11-01T04:00',
    };
    const saved = async () => {
      const { start, end } = (await findEvent(panel.services.store.db, event.id)) ?? event;
      return [String(start), String(end)];
    };
    await operator.post(path, { ...fields, version: '1' });
    expect(await saved()).toEqual(['2026-11-01T06:30:00.25Z', '2026-11-01T09:00:00Z']);
    // Another time is what the clock says first, and the same in another zone is another moment.
    await operator.post(path, { ...fields, starts_at: '2026-11-01T01:31', version: '2' });
    expect(await saved()).toEqual(['2026-11-01T05:31:00Z', '2026-11-01T09:00:00Z']);
    await operator.post(path, { ...fields, timezone: 'UTC', version: '3' });
    expect(await saved()).toEqual(['2026-11-01T01:30:00Z', '2026-11-01T04:00:00Z']);
  });

  test('names what is wrong in the order of its fields, and the first of them has the focus', async () => {
    const { operator } = await start({ isSynced: false });
    const { text } = await operator.post('/admin/events', {
      ...WEDDING,
      name: '',
      participants: 'many',
      concurrency: '0',
    });
    const named = [...text.matchAll(/data-field="(\w+)"/g)].map(([, field]) => field);
    expect(named).toEqual(['name', 'participants', 'concurrency']);
    expect(text.match(/<input[^>]*autofocus/g)).toHaveLength(1);
    expect(text).toMatch(/<input id="name"[^>]*autofocus/);
    const shares = await operator.post('/admin/events', { ...WEDDING, share_1: '60' });
    expect(shares.text).toMatch(/<input name="model_1"[^>]*autofocus/);
  });

  test('an event is edited in its own zone; what somebody else changed is a conflict', async () => {
    const { operator } = await start({ isSynced: false });
    const path = await plan(operator, { timezone: 'America/New_York' });
    const form = await operator.get(`${path}/edit`);
    expect(form.text).toContain('value="2026-03-14T20:00"');
    expect(form.text).toContain('name="version" value="1"');
    const changed = { ...WEDDING, participants: '301', version: '1' };
    const saved = await operator.post(`${path}/edit`, changed);
    expect([saved.status, saved.headers.location]).toEqual([303, `${path}?done=changed`]);
    const late = await operator.post(`${path}/edit`, changed);
    expect(late.status).toBe(409);
    expect(late.text).toContain('name="version" value="1"');
  });

  test('keys that the account was called with can be ticked, and stay so', async () => {
    const { operator } = await start();
    const path = await plan(operator);
    const { text } = await operator.get(`${path}/edit`);
    const [, key = ''] = text.match(/name="api_key_ids" value="([^"]+)"/) ?? [];
    expect(key).not.toBe('');
    await operator.post(`${path}/edit`, { ...WEDDING, api_key_ids: key, version: '1' });
    expect((await operator.get(`${path}/edit`)).text).toMatch(
      new RegExp(`value="${key}"\\s+checked`),
    );
  });

  test('a key whose name has a comma is one key, ticked and written in a list', async () => {
    const { operator } = await start({ isSynced: false });
    const listed = 'Pérez\\, Ana';
    const path = await plan(operator, { api_key_ids: listed });
    expect((await operator.get(`${path}/edit`)).text).toContain(`value="${listed}" checked`);
  });

  test('more models than the form has rows are all there, and survive it', async () => {
    const { operator } = await start({ isSynced: false });
    const rows = Array.from({ length: 7 }, (_, index) => [
      [`model_${index + 1}`, `a/model-${index + 1}`],
      [`share_${index + 1}`, index === 0 ? '40' : '10'],
    ]);
    const path = await plan(operator, Object.fromEntries([...rows.flat(), ['units_1', '']]));
    const { text } = await operator.get(`${path}/edit`);
    expect(text).toContain('name="model_7" list="model-ids" value="a/model-7"');
  });

  test('is deleted once that is confirmed', async () => {
    const { operator } = await start({ isSynced: false });
    const path = await plan(operator);
    expect((await operator.post(`${path}/delete`, { version: '1' })).status).toBe(400);
    const gone = await operator.post(`${path}/delete`, { version: '1', confirm: 'yes' });
    expect(gone.headers.location).toBe('/admin/events?done=deleted');
    expect((await operator.get(path)).status).toBe(404);
  });

  test('fal is not asked again and again for a price it does not have', async () => {
    const panel = await startPlanner({ parts: { cacheMs: 1_000 } });
    await storeBooth(panel);
    const operator = await panel.as('operator');
    const path = await plan(operator, { model_1: 'nobody/knows' });
    await operator.get(path);
    const asked = panel.fal.received.length;
    await operator.get(path);
    await operator.get('/admin/events');
    expect(panel.fal.received.length).toBe(asked);
  });
});
