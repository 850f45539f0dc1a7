import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { createToken } from '../../src/auth/tokens.ts';
import { changeSchedule } from '../../src/reports/change-schedules.ts';
import { listSchedules } from '../../src/reports/report-rows.ts';
import { syncOnce } from '../history/synced.ts';
import { startPlanner, storeBooth, wordsOf } from '../planner/booth.ts';
import { NOW, type Panel, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { archive, channel, makeReports, schedule } from './made.ts';

async function programOf({ services, http }: Panel) {
  const token = {
    name: 'a program',
    role: 'viewer',
    createdBy: 'a test',
    expiresAt: null,
  } as const;
  const Authorization = `Bearer ${await createToken(services.store.db, NOW, token)}`;
  return (rest: string, headers: Record<string, string> = {}) =>
    http.get(`/api/v1/reports${rest}`).set({ Authorization, ...headers });
}

/** As if accounts and schedules were there since then. */
async function dueSince({ services: { store } }: Panel, at: string): Promise<void> {
  await store.db.updateTable('report_schedules').set({ from_at: at }).execute();
  await store.db.updateTable('fal_accounts').set({ created_at: at }).execute();
}

async function startBooth() {
  const panel = await startPlanner();
  await storeBooth(panel);
  return { panel, get: await programOf(panel) };
}

describe('GET /api/v1/reports', () => {
  test('answers what a day came to, by hours that add up', async () => {
    const { get } = await startBooth();
    const { body, status } = await get('/daily?date=2026-03-06');
    expect(status).toBe(200);
    const { report } = body;
    expect(report).toMatchObject({
      ...{ id: null, archived_id: null, is_late: false, is_over: true, account: null },
      ...{ first_day: '2026-03-06', last_day: '2026-03-06', timezone: 'America/Mexico_City' },
      ...{ start: '2026-03-06T00:00:00-06:00', end: '2026-03-07T00:00:00-06:00' },
      is_complete: true,
    });
    expect(report.series).toHaveLength(24);
    const sum = (rows: { cost: number }[]) => rows.reduce((all, { cost }) => all + cost, 0);
    expect(sum(report.series)).toBeCloseTo(report.cost, 9);
    expect(sum(report.models)).toBeCloseTo(report.cost, 9);
    expect(report.before.cost).toBeGreaterThan(0);
    const usage = await get('/daily?date=2026-03-06&account=booth');
    expect(usage.body.report).toMatchObject({ account: 'booth', cost: report.cost });
  });

  test('answers weeks and months, by their names or a day in them, and the last ones without', async () => {
    const { get } = await startBooth();
    const days = async (path: string) => {
      const { report } = (await get(path)).body;
      return [report.first_day, report.last_day, report.series.length];
    };
    expect(await days('/weekly?week=2026-W09')).toEqual(['2026-02-23', '2026-03-01', 7]);
    expect(await days('/weekly?week=2026-02-25')).toEqual(['2026-02-23', '2026-03-01', 7]);
    expect(await days('/weekly')).toEqual(['2026-02-23', '2026-03-01', 7]);
    expect(await days('/monthly?month=2026-02')).toEqual(['2026-02-01', '2026-02-28', 28]);
    expect(await days('/monthly')).toEqual(['2026-02-01', '2026-02-28', 28]);
    expect((await days('/daily'))[0]).toBe('2026-03-06');
    expect((await days('/daily?timezone=UTC'))[0]).toBe('2026-03-07');
    // The first week of 2027 begins in the year before.
    expect((await get('/weekly?week=2026-W54')).status).toBe(400);
  });

  test('answers a period that is not over with what there is, and compares nothing', async () => {
    const { get } = await startBooth();
    const { report } = (await get('/daily?date=2026-03-07')).body;
    expect(report).toMatchObject({ is_over: false, before: null, change_percent: null });
    expect(report.end).toBe('2026-03-07T21:20:30.5-06:00');
  });

  test('answers with the seed’s three lines where text is wanted', async () => {
    const { get } = await startBooth();
    const { text, headers } = await get('/daily?date=2026-03-06', { Accept: 'text/plain' });
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toMatch(
      /^📊 Reporte diario fal\.ai, 6 mar 2026:\n- Requests: [\d,]+\n- Costo: \$[\d.,]+\n- Modelo más usado: fal-ai\/\S+\n$/,
    );
    const english = await get('/daily', { Accept: 'text/plain', 'Accept-Language': 'en' });
    expect(english.text).toContain('- Most used model: fal-ai/');
  });

  test.each([
    ['/daily?date=2026-02-30', 'date'],
    ['/daily?date=ayer', 'date'],
    ['/daily?date=2026-03-08', 'date'],
    ['/weekly?week=2026-W00', 'week'],
    ['/weekly?week=2027-W01', 'week'],
    ['/monthly?month=2026-13', 'month'],
    ['/monthly?month=2026-04', 'month'],
    ['/daily?timezone=Mars', 'timezone'],
    ['?cadence=hourly', 'cadence'],
    ['?page=0', 'page'],
  ])('refuses %s and says which field and why', async (path, field) => {
    const { panel, get } = { ...(await startBoothless()) };
    const { status, body } = await get(path);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors).toEqual([{ field, message: expect.any(String) }]);
    expect(panel.logged()).not.toContain('internal_error');
  });

  test('lists what was made, a page at a time, and answers each as it was made', async () => {
    const { panel, get } = await startBooth();
    const daily = await schedule(panel);
    await dueSince(panel, '2026-03-01T00:00:00.000Z');
    await makeReports(panel);
    // Lists do with what is kept for them.
    const { db } = panel.services.store;
    const contents = await db.selectFrom('reports').select(['id', 'content']).execute();
    await db.updateTable('reports').set({ content: '' }).execute();
    const { body } = await get('');
    expect((await (await panel.as('viewer')).get('/admin/reports')).status).toBe(200);
    for (const { id, content } of contents) {
      await db.updateTable('reports').set({ content }).where('id', '=', id).execute();
    }
    const made = await archive(panel.services);
    expect(made).toHaveLength(7);
    expect(body).toMatchObject({ page: 1, has_more: false });
    expect(body.reports.map(({ id }: { id: string }) => id)).toEqual(made.map(({ id }) => id));
    expect((await get('?cadence=weekly')).body.reports).toEqual([]);
    expect((await get('?account=nobody')).status).toBe(404);
    const [latest] = made;
    const { report } = (await get(`/${latest?.id}`)).body;
    expect(report).toMatchObject({ id: latest?.id, archived_id: latest?.id, is_late: true });
    expect(report.made_at).toBe('2026-03-07T21:20:30.5-06:00');
    expect((await get(`/daily?date=${report.first_day}`)).body.report.archived_id).toBe(latest?.id);
    expect((await get('/nothing')).body.code).toBe('not_found');
    expect(daily.version).toBe(1);
  });
});

async function startBoothless() {
  const panel = await startPlanner();
  return { panel, get: await programOf(panel) };
}

describe('/admin/reports', () => {
  test('is empty at first, and says how reports come to be', async () => {
    const { panel } = await startBooth();
    const { text } = await (await panel.as('viewer')).get('/admin/reports');
    expect(wordsOf(text)).toContain('Todavía no hay reportes');
    expect(wordsOf(text)).toContain('Nada está programado');
    expect(text).not.toContain('/schedules/new');
  });

  test('shows a report in full, with a dash and why for what is not known', async () => {
    const { panel } = await startBooth();
    // Nobody read anything of this one.
    await storeAccount(panel.services, {
      slug: 'new',
      name: 'Nueva <b>',
      key: panel.fal.keys.admin,
    });
    await schedule(panel);
    await dueSince(panel, '2026-03-07T00:00:00.000Z');
    const waiting = new Map();
    await makeReports(panel, { waiting });
    for (const name of waiting.keys()) waiting.set(name, NOW.subtract({ hours: 3 }));
    await makeReports(panel, { waiting });
    const [made] = await archive(panel.services);
    const viewer = await panel.as('viewer');
    const { text } = await viewer.get(`/admin/reports/${made?.id}`);
    const words = wordsOf(text);
    expect(words).toContain('Faltaba leer una parte del período');
    expect(words).toContain('Debía hacerse el');
    expect(words).toContain('Todavía no se ha leído el saldo de esta cuenta.');
    expect(text).toContain('chart-wide');
    expect(text).not.toContain('Nueva <b>');

    const csv = await viewer.get(`/admin/reports/${made?.id}/report.csv`);
    const [head, total, ...parts] = csv.text.trim().split('\r\n');
    expect(head).toBe('part,name,calls,failures,cost,currency');
    const cost = (line = '') => Number(line.split(',')[4]);
    const models = parts.filter((line) => line.startsWith('model,'));
    expect(models.reduce((sum, line) => sum + cost(line), 0)).toBeCloseTo(cost(total), 9);
    const json = await viewer.get(`/admin/reports/${made?.id}/report.json`);
    expect(json.body).toMatchObject({ id: made?.id, is_late: true });
    expect((await viewer.get('/admin/reports/nothing')).status).toBe(404);
  });

  test('of one account stand beside those of all accounts together, without other accounts', async () => {
    const { panel } = await startBooth();
    await storeAccount(panel.services, { slug: 'other', name: 'Otra', key: panel.fal.keys.empty });
    await syncOnce(panel, 'other');
    for (const { id } of await listAccounts(panel.services.store.db))
      await schedule(panel, { accountId: id });
    await schedule(panel);
    await dueSince(panel, '2026-03-07T00:00:00.000Z');
    await makeReports(panel);
    expect(await archive(panel.services)).toHaveLength(3);
    const viewer = await panel.as('viewer');
    const chosen = await viewer.get('/admin/reports?account=booth');
    const [cookie] = String(chosen.headers['set-cookie']).split(';');
    const { text } = await panel.http
      .get('/admin/reports')
      .set('Cookie', `${viewer.header}; ${cookie}`);
    const [list = ''] = /<tbody[\s\S]*?<\/tbody>/.exec(text) ?? [];
    expect(list.match(/data-report/g)).toHaveLength(2);
    expect(list).toContain('Todas las cuentas');
    expect(list).not.toContain('Otra');
  });

  test('shows today until now, which is kept nowhere', async () => {
    const { panel } = await startBooth();
    const { text } = await (await panel.as('viewer')).get('/admin/reports/today');
    expect(wordsOf(text)).toContain('El período no ha terminado.');
    expect(text).not.toContain('report.csv');
    expect(await archive(panel.services)).toEqual([]);
  });
});

test('reports of today are read as often as a client may ask, and no more', async () => {
  const panel = await startPanel({ BACKFILL_DAYS: '12', RATE_LIMIT_PER_MINUTE: '5' });
  await storeBooth(panel, { isSynced: false });
  const viewer = await panel.as('viewer');
  const statuses = [];
  for (let count = 0; count < 6; count += 1) {
    statuses.push((await viewer.get('/admin/reports/today')).status);
  }
  expect([statuses[0], statuses.at(-1)]).toEqual([200, 429]);
});

describe('schedules', () => {
  const WEEKLY = {
    ...{ cadence: 'weekly', account: 'booth', local_time: '08:30', timezone: 'Europe/Madrid' },
    ...{ weekday: '7', month_day: '1', channels: 'chosen', channel_ids: 'c1', enabled: 'yes' },
  };

  const FIELDS = ['cadence', 'account', 'local_time', 'timezone', 'weekday', 'month_day'];

  const sent = (fields: object = {}) => ({ ...WEEKLY, form_id: randomUUID(), ...fields });

  test('are one when the button is pressed twice', async () => {
    const { panel } = await startBooth();
    await channel(panel, 'c1');
    const operator = await panel.as('operator');
    const { text } = await operator.get('/admin/reports/schedules/new');
    const [, id] = text.match(/name="form_id" value="([^"]+)"/) ?? [];
    const save = () => operator.post('/admin/reports/schedules', sent({ form_id: id }));
    const [one, other] = await Promise.all([save(), save()]);
    expect([one.headers.location, other.headers.location].sort()).toEqual([
      '/admin/reports?done=added',
      '/admin/reports?done=already_added',
    ]);
    expect(await listSchedules(panel.services.store.db)).toHaveLength(1);
  });

  test('have a label for each field, also in the form that changes one', async () => {
    const { panel } = await startBooth();
    const { id } = await schedule(panel);
    const operator = await panel.as('operator');
    const named = (text: string, attribute: string) =>
      [...text.matchAll(new RegExp(`<(?:input|label|select)\\b[^>]*\\b${attribute}="(\\w+)"`, 'g'))]
        .map(([, name]) => name)
        .filter((name) => FIELDS.includes(name ?? ''));
    for (const path of ['new', `${id}/edit`]) {
      const { text } = await operator.get(`/admin/reports/schedules/${path}`);
      expect([named(text, 'id'), named(text, 'for')], path).toEqual([FIELDS, FIELDS]);
    }
  });

  test('take no notice of a day that their cadence does not use, for nobody sees its field', async () => {
    const { panel } = await startBooth();
    await channel(panel, 'c1');
    const operator = await panel.as('operator');
    for (const cadence of ['daily', 'weekly']) {
      const fields = sent({ cadence, month_day: cadence === 'daily' ? '' : '40' });
      expect((await operator.post('/admin/reports/schedules', fields)).status).toBe(303);
    }
    const monthly = sent({ cadence: 'monthly', weekday: '', month_day: '31' });
    expect((await operator.post('/admin/reports/schedules', monthly)).status).toBe(303);
    const made = await listSchedules(panel.services.store.db);
    const days = made.map(({ cadence, weekday, monthDay }) => [cadence, weekday, monthDay]);
    expect(days.sort()).toEqual([
      ['daily', 1, 1],
      ['monthly', 1, 31],
      ['weekly', 7, 1],
    ]);
  });

  test('are told of where somebody deletes a channel that gets their reports', async () => {
    const { panel } = await startBooth();
    await channel(panel, 'c1');
    await schedule(panel);
    const admin = await panel.as('admin');
    const path = '/admin/alerts/channels/c1/delete';
    expect(wordsOf((await admin.get(path)).text)).not.toContain('programado');
    await schedule(panel, { channelIds: ['c1'] });
    await schedule(panel, { channelIds: [] });
    const text = wordsOf((await admin.get(path)).text);
    expect(text).toContain('1 reporte programado llega a este canal: ya no llegará.');
  });

  test('name no channel that is not there, but keep one that was deleted since', async () => {
    const { panel } = await startBooth();
    await channel(panel, 'c1');
    const operator = await panel.as('operator');
    const { db } = panel.services.store;
    for (const id of ['nobody', 'no id']) {
      const fields = sent({ channel_ids: ['c1', id] });
      const { status, text } = await operator.post('/admin/reports/schedules', fields);
      expect([status, text]).toEqual([400, expect.stringContaining('data-field="channel_ids"')]);
    }
    await operator.post('/admin/reports/schedules', sent());
    await db.deleteFrom('delivery_channels').execute();
    const [made] = await listSchedules(db);
    const path = `/admin/reports/schedules/${made?.id}/edit`;
    expect((await operator.post(path, { ...WEEKLY, version: '1' })).status).toBe(303);
  });

  test('are made, changed and deleted by forms, and written down', async () => {
    const { panel } = await startBooth();
    await channel(panel, 'c1');
    const operator = await panel.as('operator');
    const made = await operator.post('/admin/reports/schedules', sent());
    expect([made.status, made.headers.location]).toEqual([303, '/admin/reports?done=added']);
    const { db } = panel.services.store;
    const [weekly] = await listSchedules(db);
    expect(weekly).toMatchObject({
      ...{ cadence: 'weekly', timezone: 'Europe/Madrid', weekday: 7, channelIds: ['c1'] },
      ...{ isEnabled: true, version: 1 },
    });
    const list = wordsOf((await operator.get('/admin/reports')).text);
    expect(list).toContain('Cada domingo a las 08:30 (Europe/Madrid)');
    expect(list).toContain('A Canal c1');

    const path = `/admin/reports/schedules/${weekly?.id}`;
    const { enabled: _, ...off } = { ...WEEKLY, version: '1', account: '', cadence: 'monthly' };
    expect((await operator.post(`${path}/edit`, off)).status).toBe(303);
    const [monthly] = await listSchedules(db);
    expect(monthly).toMatchObject({
      ...{ cadence: 'monthly', accountId: null, isEnabled: false, version: 2 },
    });
    const stale = await operator.post(`${path}/edit`, off);
    expect(stale.status).toBe(409);
    expect((await operator.post(`${path}/delete`, { version: '2' })).status).toBe(400);
    const gone = await operator.post(`${path}/delete`, { version: '2', confirm: 'yes' });
    expect(gone.headers.location).toBe('/admin/reports?done=deleted');
    expect(await listSchedules(db)).toEqual([]);
    const entries = await db.selectFrom('audit_entries').select('action').execute();
    const actions = entries.map(({ action }) => action);
    for (const what of ['added', 'changed', 'deleted']) {
      expect(actions).toContain(`report_schedule.${what}`);
    }
  });

  test('say who gets their reports, and not who is switched off', async () => {
    const { panel } = await startBooth();
    await schedule(panel);
    const operator = await panel.as('operator');
    const list = async () => wordsOf((await operator.get('/admin/reports')).text);
    await channel(panel, 'off', { isEnabled: false });
    expect(await list()).toContain('Solo al archivo');
    await channel(panel, 'on');
    expect(await list()).toContain('A Canal on');
    await panel.services.store.db.updateTable('delivery_channels').set({ is_enabled: 1 }).execute();
    expect(await list()).toContain('A todos los canales');
    await panel.services.store.db.updateTable('delivery_channels').set({ is_enabled: 0 }).execute();
    const form = wordsOf((await operator.get('/admin/reports/schedules/new')).text);
    expect(form).toContain('a…@example.com · Desactivado');
  });

  test.each([
    [{ local_time: '25:00' }, 'local_time'],
    [{ cadence: 'monthly', month_day: '32' }, 'month_day'],
    [{ form_id: 'x' }, 'form_id'],
    [{ weekday: '8' }, 'weekday'],
    [{ timezone: 'Mars' }, 'timezone'],
    [{ cadence: 'hourly' }, 'cadence'],
  ])('with %j come back with what was typed and why', async (wrong, field) => {
    const panel = await startPlanner();
    const operator = await panel.as('operator');
    const fields = sent({ account: '', channel_ids: [], ...wrong });
    const { status, text } = await operator.post('/admin/reports/schedules', fields);
    expect(status).toBe(400);
    expect(text).toContain(`data-field="${field}"`);
    expect(await listSchedules(panel.services.store.db)).toEqual([]);
  });

  test('of an account that is gone are not made', async () => {
    const panel = await startPlanner();
    const operator = await panel.as('operator');
    expect((await operator.post('/admin/reports/schedules', sent())).status).toBe(404);
  });

  test('that somebody changed while a report was made are made by the new rule', async () => {
    const { panel } = await startBooth();
    const { services } = panel;
    const daily = await schedule(panel);
    await dueSince(panel, '2026-03-07T00:00:00.000Z');
    await channel(panel, 'c1');
    await makeReports(panel, {}, async () => {
      const fields = { ...daily, channelIds: [] };
      await changeSchedule(services, COMMAND_LINE, daily, fields);
      return Buffer.from('PNG');
    });
    expect(await archive(services)).toEqual([]);
    await syncOnce(panel, 'booth');
    await makeReports(panel);
    expect(await archive(services)).toHaveLength(1);
    expect(await services.store.db.selectFrom('deliveries').selectAll().execute()).toEqual([]);
  });
});
