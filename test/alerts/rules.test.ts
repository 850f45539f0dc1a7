import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { defaultRules } from '../../src/alerts/default-rules.ts';
import type { AlertKind } from '../../src/alerts/kind.ts';
import { KINDS } from '../../src/alerts/kinds/index.ts';
import { listRules, ruleRow } from '../../src/alerts/rule-rows.ts';
import { findRule } from '../../src/alerts/rules.ts';
import { createToken } from '../../src/auth/tokens.ts';
import { toText } from '../../src/store/values.ts';
import { storeBooth, wordsOf } from '../planner/booth.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { plantIncident } from './planted-incident.ts';

const SPEND = { kind: 'spend_above', params: { amount: '5.5', period: 'today' } };
const FORM = {
  kind: 'spend_above',
  'params.amount': '5.5',
  'params.period': 'today',
  severity: 'warning',
  is_enabled: 'yes',
};

async function start(
  engine: Panel['services']['store']['engine'] = 'sqlite',
  { isSynced = false } = {},
) {
  const panel = await startPanel({ BACKFILL_DAYS: '12' }, { engine });
  await storeBooth(panel, { isSynced });
  // But for those that every panel begins with.
  await panel.services.store.db.deleteFrom('alert_rules').execute();
  await addChannel(panel, 'slack-1', 'Slack del equipo');
  const token = await createToken(panel.services.store.db, NOW, {
    ...{ name: 'a program', role: 'admin', createdBy: 'a test', expiresAt: null },
  });
  const authorized = { Authorization: `Bearer ${token}` };
  const path = '/api/v1/alert-rules';
  const { http } = panel;
  return {
    panel,
    db: panel.services.store.db,
    admin: await panel.as('admin'),
    api: {
      get: (rest = '') => http.get(path + rest).set(authorized),
      post: (body: object, rest = '') =>
        http
          .post(path + rest)
          .set(authorized)
          .send(body),
      put: (id: string, body: object) => http.put(`${path}/${id}`).set(authorized).send(body),
      delete: (id: string) => http.delete(`${path}/${id}`).set(authorized),
    },
  };
}

async function addChannel({ services }: Panel, id: string, name: string): Promise<void> {
  await services.store.db
    .insertInto('delivery_channels')
    .values({
      ...{ id, name, kind: 'slack', sealed_target: '', hint: 'hooks.slack.com', locale: 'es' },
      ...{ is_enabled: 1, version: 1, created_at: toText(NOW), updated_at: toText(NOW) },
    })
    .execute();
}

test('of what happens once no reminder is offered or promised', async () => {
  const { admin, db } = await start();
  const usual = Object.values(KINDS).flatMap((kind) => defaultRules(kind as AlertKind));
  const reminding = usual.map((rule) => ruleRow({ ...rule, remindHours: 24 }, NOW));
  await db.insertInto('alert_rules').values(reminding).execute();
  for (const { kind, isOnce = false } of Object.values(KINDS)) {
    const form = (await admin.get(`/admin/alerts/rules/new?kind=${kind}`)).text;
    expect([kind, form.includes('name="remind_hours"')]).toEqual([kind, !isOnce]);
  }
  const lasting = usual.filter(({ kind }) => !KINDS[kind]?.isOnce);
  const list = wordsOf((await admin.get('/admin/alerts/rules')).text);
  expect(list.match(/Recuerda cada 24 horas/g)).toHaveLength(lasting.length);
});

describe.each(ENGINES)('a rule on %s', (engine) => {
  test('is one when its button is pressed twice', async () => {
    const { admin, db } = await start(engine);
    const { text } = await admin.get('/admin/alerts/rules/new?kind=spend_above');
    const [, id = ''] = text.match(/name="form_id" value="([^"]+)"/) ?? [];
    const before = (await listRules(db)).length;
    const save = () => admin.post('/admin/alerts/rules', { ...FORM, form_id: id });
    const [one, other] = await Promise.all([save(), save()]);
    expect([one.headers.location, other.headers.location].sort()).toEqual([
      '/admin/alerts/rules?done=already_created',
      '/admin/alerts/rules?done=created',
    ]);
    expect(await listRules(db)).toHaveLength(before + 1);
    expect((await admin.post('/admin/alerts/rules', FORM)).status).toBe(400);
  });

  test('is made, changed, switched off and on, and deleted, and the log says so', async () => {
    const { admin, db, panel } = await start(engine);
    const made = await admin.post('/admin/alerts/rules', {
      ...{ ...FORM, account: 'booth', name: 'Gasto de hoy', channel_ids: 'slack-1' },
      ...{ quiet_from: '22:00', quiet_until: '07:00', remind_hours: '24' },
      form_id: randomUUID(),
    });
    expect([made.status, made.headers.location]).toEqual([303, '/admin/alerts/rules?done=created']);
    const [rule] = await listRules(db);
    expect(rule).toMatchObject({
      ...{ kind: 'spend_above', name: 'Gasto de hoy', severity: 'warning', isEnabled: true },
      ...{ channelIds: ['slack-1'], remindHours: 24, version: 1 },
      quietHours: { from: '22:00', until: '07:00' },
      params: { amount: '5.5', period: 'today' },
    });
    const path = `/admin/alerts/rules/${rule?.id}`;
    const list = wordsOf((await admin.get('/admin/alerts/rules')).text);
    expect(list).toContain('Se gasta más de $5.50 en');
    expect(list).toContain('Booth');
    expect(list).toContain('Avisa a Slack del equipo Callada de 22:00 a 07:00');
    expect(list).toContain('Recuerda cada 24 horas');

    const edit = await admin.get(`${path}/edit`);
    expect(edit.text).toContain('value="5.5"');
    await admin.post(`${path}/edit`, { ...FORM, 'params.amount': '7', version: '1' });
    expect(await findRule(db, rule?.id ?? '')).toMatchObject({
      ...{ name: '', channelIds: null, quietHours: null, remindHours: null, version: 2 },
      params: { amount: '7' },
    });
    await admin.post(`${path}/deactivation`, { version: '2' });
    expect(await findRule(db, rule?.id ?? '')).toMatchObject({ isEnabled: false, version: 3 });
    await admin.post(`${path}/activation`, { version: '3' });
    const unconfirmed = await admin.post(`${path}/delete`, { version: '4' });
    expect([unconfirmed.status, await listRules(db)]).toMatchObject([400, [{ isEnabled: true }]]);
    await admin.post(`${path}/delete`, { version: '4', confirm: 'yes' });
    expect(await listRules(db)).toEqual([]);
    expect((await admin.get(`${path}/edit`)).status).toBe(404);

    const log = wordsOf((await admin.get('/admin/audit')).text, '<tbody');
    expect(log).toContain('Creó una regla de alerta : Gasto de hoy');
    for (const verb of ['Cambió', 'Activó', 'Desactivó', 'Eliminó']) {
      expect(log).toContain(`${verb} una regla de alerta vigila: `);
    }
    expect(log).toContain('cuándo avisa, canales, horas de silencio, recordatorios');
    expect(panel.logged()).not.toContain('"level":50');
  });

  test('of two changes that saw the same version the second is a conflict', async () => {
    const { admin, api } = await start(engine);
    const { body } = await api.post(SPEND);
    const path = `/admin/alerts/rules/${body.rule.id}`;
    const changes = await Promise.all([
      api.put(body.rule.id, { ...SPEND, version: 1 }),
      api.put(body.rule.id, { ...SPEND, version: 1 }),
    ]);
    expect(changes.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const late = await admin.post(`${path}/edit`, { ...FORM, 'params.amount': '9', version: '1' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('value="9"');
    expect(wordsOf(late.text)).toContain('Alguien más cambió esto');
    const off = await admin.post(`${path}/deactivation`, { version: '1' });
    expect(off.status).toBe(409);
    expect(off.text).toMatch(/class="button" href="\/admin\/alerts\/rules"/);
    const gone = await admin.post(`${path}/delete`, { version: '1', confirm: 'yes' });
    expect(gone.status).toBe(409);
  });

  test.each(['deactivation', 'delete', 'edit'])('leaves nothing open after a %s', async (way) => {
    const { admin, api, db, panel } = await start(engine);
    const { body } = await api.post(SPEND);
    const incident = { account: 'booth', ruleId: body.rule.id };
    const id = await plantIncident(panel.services, incident);
    const other = await plantIncident(panel.services, { account: 'booth' });
    const { is_enabled: _, ...off } = FORM;
    await admin.post(`/admin/alerts/rules/${body.rule.id}/${way}`, {
      ...off,
      ...{ version: '1', confirm: 'yes' },
    });
    const states = await db.selectFrom('incidents').select(['id', 'state']).execute();
    expect(Object.fromEntries(states.map((row) => [row.id, row.state]))).toEqual({
      [id]: 'resolved',
      [other]: 'open',
    });
  });
});

/** One case for both: what a form refuses the API refuses, by the same name of the field. */
const KEY = '5ec2e700-1111-4222-8333-444444444444:5ec2e7000000000000000000deadbeef';
const REFUSED: [field: string, json: object, form: Record<string, string>][] = [
  ['params.amount', { params: { amount: 'mucho' } }, { 'params.amount': 'mucho' }],
  ['params.amount', { params: {} }, { 'params.amount': '' }],
  ['params.period', { params: { amount: '5', period: 'eon' } }, { 'params.period': 'eon' }],
  ['params.api_key_id', { params: { amount: '5', api_key_id: KEY } }, { 'params.api_key_id': KEY }],
  [
    'params.endpoint_id',
    { params: { amount: '5', endpoint_id: `mi clave ${KEY}` } },
    { 'params.endpoint_id': `mi clave ${KEY}` },
  ],
  ['name', { name: KEY }, { name: KEY }],
  ['severity', { severity: 'grave' }, { severity: 'grave' }],
  ['channel_ids', { channel_ids: ['gone'] }, { channel_ids: 'gone' }],
  ['quiet_from', { quiet_from: '25:00', quiet_until: '07:00' }, { quiet_from: '25:00' }],
  ['quiet_until', { quiet_from: '22:00' }, { quiet_from: '22:00' }],
  ['quiet_from', { quiet_until: '07:00' }, { quiet_until: '07:00' }],
  [
    'quiet_until',
    { quiet_from: '07:00', quiet_until: '07:00' },
    { quiet_from: '07:00', quiet_until: '07:00' },
  ],
  ['remind_hours', { remind_hours: 0 }, { remind_hours: '0' }],
  ['remind_hours', { remind_hours: 1.5 }, { remind_hours: '1,5' }],
  ['name', { name: 'x'.repeat(81) }, { name: 'x'.repeat(81) }],
];

describe('what can not be used', () => {
  test('is named field by field, on the page and to programs', async () => {
    const { admin, api, db } = await start();
    for (const [field, json, form] of REFUSED) {
      const answer = await api.post({ ...SPEND, ...json });
      expect([answer.status, answer.body.errors?.[0].field], field).toEqual([400, field]);
      const fields = { ...FORM, form_id: randomUUID(), ...form };
      const page = await admin.post('/admin/alerts/rules', fields);
      expect(page.status, field).toBe(400);
      expect(page.text, field).toContain(`<li data-field="${field}">`);
      expect(page.text, field).toContain(`href="#${field}"`);
      expect(page.text, field).toContain(`id="${field}-fault"`);
      expect(page.text + answer.text, field).not.toContain(KEY);
    }
    expect(await listRules(db)).toEqual([]);
  });

  test('is named all at once, in the order of the form', async () => {
    const { admin, api } = await start();
    const wrong = { quiet_from: '22:00', remind_hours: '9999', name: 'x'.repeat(81) };
    const params = { amount: 'nada', period: 'eon', endpoint_id: KEY };
    const fields = Object.entries(params).map(([name, value]) => [`params.${name}`, value]);
    const expected = ['params.amount', 'params.period', 'params.endpoint_id'];
    expected.push('quiet_until', 'remind_hours', 'name');
    const { text } = await admin.post('/admin/alerts/rules', {
      ...{ ...FORM, form_id: randomUUID(), ...Object.fromEntries(fields), ...wrong },
    });
    expect([...text.matchAll(/<li data-field="([^"]+)"/g)].map(([, field]) => field)).toEqual(
      expected,
    );
    const { body } = await api.post({ ...SPEND, params, ...wrong });
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual(expected);
  });

  test('is told in words, with the label of the field', async () => {
    const { admin } = await start();
    const { text } = await admin.post('/admin/alerts/rules', { ...FORM, 'params.amount': 'x' });
    expect(wordsOf(text)).toContain('Monto : Tiene que ser un número');
    const program = await start();
    const { body } = await program.api.post({ kind: 'moon_phase', params: {} });
    expect(body.errors).toEqual([{ field: 'kind', message: 'No hay reglas de ese tipo.' }]);
  });

  test('is also another account or kind for a rule that there is, or an account nobody stored', async () => {
    const { api, admin } = await start();
    const { body } = await api.post(SPEND);
    const put = (fields: object) => api.put(body.rule.id, { ...SPEND, version: 1, ...fields });
    expect((await put({ account: 'booth' })).body.errors[0].field).toBe('account');
    expect((await put({ kind: 'budget' })).body.errors[0].field).toBe('kind');
    expect((await api.post({ ...SPEND, account: 'nobody' })).status).toBe(404);
    const page = await admin.post('/admin/alerts/rules', { ...FORM, account: 'nobody' });
    expect(page.status).toBe(404);
  });

  test('keeps what was typed, but nothing that looks like a key', async () => {
    const { admin, panel } = await start();
    const { text } = await admin.post('/admin/alerts/rules', {
      ...{ ...FORM, 'params.amount': '12 pesos', name: 'Mi regla' },
      'params.api_key_id': panel.fal.keys.admin,
    });
    expect(text).toContain('value="12 pesos"');
    expect(text).toContain('value="Mi regla"');
    expect(text).not.toContain(panel.fal.keys.admin);
  });

  test('a new form has what is usual, but no amount that nobody chose', async () => {
    const { admin } = await start();
    const { text } = await admin.get('/admin/alerts/rules/new?kind=budget');
    expect(text).toMatch(/name="params.steps"[^>]* value="50, 80, 100"/);
    expect(text).toMatch(/name="params.amount"[^>]* value=""/);
    expect(text).toMatch(/name="params.forecast" value="yes" checked/);
  });

  test('a form of a kind that there is not leads to the choice of kinds', async () => {
    const { admin } = await start();
    const { status, text } = await admin.post('/admin/alerts/rules', { kind: 'moon_phase' });
    expect([status, wordsOf(text).includes('¿Qué quieres vigilar?')]).toEqual([400, true]);
    expect((await admin.get('/admin/alerts/rules/new?kind=moon_phase')).status).toBe(200);
  });
});

describe('the list of rules', () => {
  test('says which rule takes the place of which, also while that one is off', async () => {
    const { admin, api } = await start();
    await api.post(SPEND);
    const { body } = await api.post({ ...SPEND, account: 'booth' });
    const words = async () => wordsOf((await admin.get('/admin/alerts/rules')).text);
    expect(await words()).toContain('No vale para Booth, que tiene su propia regla.');
    expect(await words()).toContain('Para esta cuenta reemplaza a la regla de todas');
    await admin.post(`/admin/alerts/rules/${body.rule.id}/deactivation`, { version: '1' });
    expect(await words()).toContain('está desactivada: en esta cuenta esto no se vigila');
  });

  test('says when a rule reaches nobody, as when its channel is gone', async () => {
    const { admin, api, db } = await start();
    await api.post({ ...SPEND, channel_ids: ['slack-1'] });
    await api.post(SPEND);
    await db.deleteFrom('delivery_channels').execute();
    const words = wordsOf((await admin.get('/admin/alerts/rules')).text);
    expect(words.match(/No avisa a nadie/g)).toHaveLength(2);
    expect(words).toContain('Nadie recibe estos avisos');
  });

  test('offers changes to admins only', async () => {
    const { api, panel } = await start();
    await api.post(SPEND);
    for (const [role, may] of [
      ['viewer', false],
      ['operator', false],
      ['admin', true],
    ] as const) {
      const { text } = await (await panel.as(role)).get('/admin/alerts/rules');
      expect([role, text.includes('/deactivation')]).toEqual([role, may]);
      expect([role, text.includes('/rules/new')]).toEqual([role, may]);
    }
  });
});

/** What an account with traffic spends every day. */
const SMALL = { ...SPEND, params: { amount: '0.01', period: 'today' } };
const OFTEN = { ...FORM, 'params.amount': '0.01' };

describe('a preview', () => {
  test('says how often the rule would have fired, without keeping it', async () => {
    const { admin, db } = await start('sqlite', { isSynced: true });
    const page = await admin.post('/admin/alerts/rules/preview', OFTEN);
    expect(page.status).toBe(200);
    expect(wordsOf(page.text)).toMatch(/Habría avisado \d+ veces en los últimos 30 días/);
    // The form is still there, with what was typed.
    expect(page.text).toContain('value="0.01"');
    expect(await listRules(db)).toEqual([]);
    const fragment = await admin
      .post('/admin/alerts/rules/preview', OFTEN)
      .set('HX-Request', 'true');
    expect(fragment.text).not.toContain('<html');
    expect(wordsOf(fragment.text, '<')).toMatch(/Habría avisado \d+ veces/);
  });

  test('says that it would never have fired, what is wrong, and that no account is left', async () => {
    const { admin, api } = await start('sqlite', { isSynced: true });
    const ask = (fields: Record<string, string>) =>
      admin.post('/admin/alerts/rules/preview', { ...FORM, ...fields }).set('HX-Request', 'true');
    expect(wordsOf((await ask({ 'params.amount': '100000' })).text, '<')).toContain(
      'No habría avisado en los últimos 30 días.',
    );
    const wrong = await ask({ 'params.amount': '' });
    expect([wrong.status, wrong.text.includes('href="#params.amount"')]).toEqual([400, true]);
    await api.post({ ...SPEND, account: 'booth' });
    const none = wordsOf((await ask({})).text, '<');
    expect(none).toContain('No hay ninguna cuenta');
    expect(none).toMatch(/No vale para .+, que tiene su propia regla\./);
  });

  test('of an edited rule keeps to its account and version', async () => {
    const { admin, api } = await start('sqlite', { isSynced: true });
    const { body } = await api.post({ ...SPEND, account: 'booth' });
    const { text } = await admin.post('/admin/alerts/rules/preview', {
      ...FORM,
      ...{ id: body.rule.id, version: '1', 'params.amount': '0.02' },
    });
    expect(text).toContain(`action="/admin/alerts/rules/${body.rule.id}/edit"`);
    expect(text).toContain('value="0.02"');
    expect(wordsOf(text)).toMatch(/Habría avisado \d+ veces/);
  });

  test('is told to programs, of a rule that is kept and of one that is not', async () => {
    const { api } = await start('sqlite', { isSynced: true });
    const { body } = await api.post(SMALL, '/preview');
    const [booth] = body.preview.accounts;
    expect(booth).toMatchObject({ account: 'booth', state: 'kept', is_known: true });
    expect(booth.found[0]).toMatchObject({ severity: 'warning' });
    expect(booth.found[0].message).toContain('$');
    expect(body.message).toMatch(/Habría avisado \d+ veces/);
    const kept = await api.post(SMALL);
    const again = await api.get(`/${kept.body.rule.id}/preview`);
    expect(again.body).toEqual(body);
  });
});

describe('/api/v1/alert-rules', () => {
  test('answers with what was made, and lists it', async () => {
    const { api } = await start();
    const made = await api.post({ ...SPEND, account: 'booth', channel_ids: [] });
    expect(made.status).toBe(201);
    const rule = {
      ...{ kind: 'spend_above', account: 'booth', name: '', severity: 'warning' },
      ...{ channel_ids: null, quiet_from: null, quiet_until: null, remind_hours: null },
      ...{ is_enabled: true, version: 1 },
    };
    expect(made.body.rule).toMatchObject(rule);
    expect(made.body.rule.sentence).toContain('$5.50');
    expect((await api.get()).body.rules).toEqual([made.body.rule]);
    expect((await api.get(`/${made.body.rule.id}`)).body.rule).toEqual(made.body.rule);
    expect((await api.delete(made.body.rule.id)).body.ok).toBe(true);
    expect((await api.get(`/${made.body.rule.id}`)).status).toBe(404);
  });
});
