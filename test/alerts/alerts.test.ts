import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import { seedDefaultRules } from '../../src/alerts/default-rules.ts';
import { ruleRow } from '../../src/alerts/rule-rows.ts';
import { createToken } from '../../src/auth/tokens.ts';
import { storeBooth, wordsOf } from '../planner/booth.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { type PlantedIncident, plantIncident } from './planted-incident.ts';
import { aRule, plantChannel } from './settling.ts';

async function start(engine: Panel['services']['store']['engine'] = 'sqlite') {
  const panel = await startPanel({}, { engine });
  await storeBooth(panel, { isSynced: false });
  const token = await createToken(panel.services.store.db, NOW, {
    ...{ name: 'a program', role: 'operator', createdBy: 'a test', expiresAt: null },
  });
  const authorized = { Authorization: `Bearer ${token}` };
  const { http } = panel;
  return {
    panel,
    operator: await panel.as('operator'),
    plant: (planted: Partial<PlantedIncident> = {}) =>
      plantIncident(panel.services, { account: 'booth', ...planted }),
    api: {
      get: (rest = '') => http.get(`/api/v1/alerts${rest}`).set(authorized),
      post: (rest: string) => http.post(`/api/v1/alerts${rest}`).set(authorized),
    },
  };
}

/** The main part of a page, up to its end. */
const mainOf = (html: string) => wordsOf(html.slice(0, html.indexOf('</main>')));

describe('/admin/alerts', () => {
  test('says that all is calm, what is watched, and that nobody would be told', async () => {
    const { panel, operator } = await start();
    await panel.services.store.db.deleteFrom('alert_rules').execute();
    expect(mainOf((await operator.get('/admin/alerts')).text)).toContain('No se vigila nada');
    const admin = await panel.as('admin');
    await admin.post('/admin/alerts/rules', {
      ...{ kind: 'spend_above', 'params.amount': '5', 'params.period': 'today' },
      ...{ severity: 'info', is_enabled: 'yes', form_id: randomUUID() },
    });
    const words = mainOf((await operator.get('/admin/alerts')).text);
    expect(words).toContain('Nadie recibe estos avisos');
    expect(words).toMatch(/Todo en calma.*Se vigila: Gasto/);
  });

  test('says that there is no account to watch, not that all is calm', async () => {
    const panel = await startPanel();
    const words = mainOf((await (await panel.as('admin')).get('/admin/alerts')).text);
    expect(words).toContain('Todavía no hay ninguna cuenta guardada');
    expect(words).not.toMatch(/en calma|Se vigila/);
  });

  test('has what is open first, the gravest on top, with since when and who knows', async () => {
    const { operator, plant } = await start();
    await plant({ severity: 'info', spent: '6.10', hoursAgo: 1 });
    await plant({ severity: 'critical', spent: '70', told: [{ channel: 'Slack', state: 'sent' }] });
    await plant({ spent: '8.20', told: [{ channel: 'Correo', state: 'pending' }] });
    await plant({ spent: '9.90', state: 'resolved' });
    const words = mainOf((await operator.get('/admin/alerts')).text);
    expect(words).toMatch(
      /Abiertas.*Crítica.*\$70\.00.*Avisado a Slack.*Advertencia.*\$8\.20.*Por avisar a Correo.*Informativa.*\$6\.10.*No se avisó a nadie.*Historial/,
    );
  });

  test('says since when, also in English', async () => {
    const { operator, plant } = await start();
    await plant({ hoursAgo: 2 });
    const inLanguage = async (language: string) =>
      mainOf((await operator.get('/admin/alerts').set('Accept-Language', language)).text);
    expect(await inLanguage('es')).toContain('Desde hace 2 h');
    expect(await inLanguage('en')).toContain('Found 2h ago');
  });

  test('says until when what nobody was told of waits for the end of quiet hours', async () => {
    const { panel, operator, plant } = await start();
    const { db } = panel.services.store;
    // It is 21:20 in the account's zone.
    const rule = aRule({ quietHours: { from: '21:00', until: '07:00' } });
    await db.insertInto('alert_rules').values(ruleRow(rule, NOW)).execute();
    const id = await plant({ ruleId: rule.id, told: [] });
    const wordsAt = async (path: string) => mainOf((await operator.get(path)).text);
    // Nobody would be told then, either.
    expect(await wordsAt('/admin/alerts')).toContain('No se avisó a nadie');
    await plantChannel(panel.services.store, 'guardia');
    for (const path of ['/admin/alerts', `/admin/alerts/${id}`]) {
      expect(await wordsAt(path)).toContain('En horas de silencio: se avisa el 8 mar 2026, 07:00');
    }
    await db.updateTable('incidents').set({ severity: 'critical' }).execute();
    expect(await wordsAt('/admin/alerts')).toContain('No se avisó a nadie');
  });

  test('shows the history page by page, and only what is asked for', async () => {
    const { operator, plant } = await start();
    for (let hour = 1; hour <= 27; hour += 1) {
      await plant({ state: 'resolved', hoursAgo: hour });
    }
    await plant({ state: 'acknowledged' });
    const countOf = (html: string, state: string) =>
      html.match(new RegExp(`data-state="${state}"`, 'g'))?.length ?? 0;
    const first = (await operator.get('/admin/alerts')).text;
    expect([countOf(first, 'resolved'), countOf(first, 'acknowledged')]).toEqual([25, 1]);
    const older = /href="(\/admin\/alerts\?before=[^"]+)"/.exec(first)?.[1] ?? '';
    const second = (await operator.get(older.replaceAll('&amp;', '&'))).text;
    expect([countOf(second, 'resolved'), countOf(second, 'acknowledged')]).toEqual([2, 0]);
    const asked = (await operator.get('/admin/alerts?state=acknowledged')).text;
    expect([countOf(asked, 'resolved'), countOf(asked, 'acknowledged')]).toEqual([0, 2]);
    expect((await operator.get('/admin/alerts?before=x')).status).toBe(400);
    expect((await operator.get('/admin/alerts?state=x')).status).toBe(400);
  });

  test('shows one account where one is chosen', async () => {
    const { panel, operator, plant } = await start();
    await storeAccount(panel.services, { slug: 'other', name: 'Otra', key: panel.fal.keys.admin });
    await plant({ spent: '6.10' });
    await plant({ account: 'other', spent: '7.70' });
    const all = mainOf((await operator.get('/admin/alerts')).text);
    expect([all.includes('$6.10'), all.includes('$7.70')]).toEqual([true, true]);
    const chosen = await operator
      .get('/admin/alerts')
      .set('Cookie', `${operator.header}; account=other`);
    const words = mainOf(chosen.text);
    expect([words.includes('$6.10'), words.includes('$7.70')]).toEqual([false, true]);
  });

  test('says of whom single charges can not be seen, while a rule watches them', async () => {
    const { operator, panel } = await start();
    const { db } = panel.services.store;
    await seedDefaultRules(db, NOW);
    const isSaid = async () => {
      const pages = ['/admin/alerts', '/admin/alerts/rules'].map((path) => operator.get(path));
      return (await Promise.all(pages)).map(({ text }) => text.includes('unseen_charges'));
    };
    expect(await isSaid()).toEqual([false, false]);
    const [account] = await listAccounts(db);
    await db
      .insertInto('charge_watches')
      .values({ account_id: account?.id ?? '', error_code: 'fal_unavailable' })
      .execute();
    expect(await isSaid()).toEqual([true, true]);
    await db
      .updateTable('alert_rules')
      .set({ is_enabled: 0 })
      .where('kind', '=', 'costly_request')
      .execute();
    expect(await isSaid()).toEqual([false, false]);
  });

  test('marks which part of alerts one is at', async () => {
    const { operator } = await start();
    const currentOf = (html: string) =>
      html.slice(html.indexOf('class="sections"')).match(/href="([^"]*)" aria-current="page"/)?.[1];
    for (const path of ['/admin/alerts', '/admin/alerts/rules']) {
      expect(currentOf((await operator.get(path)).text)).toBe(path);
      expect(currentOf((await operator.get(`${path}/`)).text)).toBe(path);
    }
  });

  test('offers nothing to do to who may only look', async () => {
    const { panel, operator, plant } = await start();
    const id = await plant();
    const viewer = await panel.as('viewer');
    for (const path of ['/admin/alerts', `/admin/alerts/${id}`]) {
      expect((await operator.get(path)).text).toContain('/acknowledgement');
      expect((await viewer.get(path)).text).not.toContain('/acknowledgement');
    }
  });
});

describe.each(ENGINES)('an alert on %s', (engine) => {
  test('tells what was found, the numbers then and now, its history and what was sent', async () => {
    const { operator, plant } = await start(engine);
    const id = await plant({
      told: [
        { channel: 'Slack', state: 'sent' },
        { channel: 'Correo', state: 'dead' },
      ],
    });
    await plant({ toldWith: id, spent: '12.34', severity: 'info' });
    const { text } = await operator.get(`/admin/alerts/${id}`);
    const words = mainOf(text);
    expect(words).toMatch(/Al abrirse Lo último .*\$5\.10 \$7\.25/);
    expect(words).toContain('Qué hacer ahora');
    expect(text).toContain('href="/admin/usage?account=booth"');
    expect(words).toMatch(/Correo · .* No se pudo enviar/);
    expect(words).toMatch(/Slack · .* Enviado/);
    expect(words).toMatch(
      /Avisado junto con esto Informativa|Avisado junto con esto i Informativa/,
    );
    expect(words).toContain('$12.34');
    expect(words).toContain('La regla que la encontró ya no está.');
  });

  test('says of each message what it told', async () => {
    const { operator, plant } = await start(engine);
    const id = await plant({
      told: (['opened', 'worsened', 'reminder', 'resolved'] as const).map((what) => ({
        ...{ channel: `para ${what}`, state: 'sent', what },
      })),
    });
    const words = mainOf((await operator.get(`/admin/alerts/${id}`)).text);
    expect(words).toContain('para opened · Se encontró');
    expect(words).toContain('para worsened · Empeoró');
    expect(words).toContain('para reminder · Se recordó');
    expect(words).toContain('para resolved · Ya no se encuentra');
  });

  test.each([
    [
      'account_trouble',
      'exhausted_balance',
      'Recargar en fal.ai',
      'https://fal.ai/dashboard/billing',
    ],
    ['account_trouble', 'bad_key', 'Ver la cuenta', '/admin/accounts/booth'],
    ['credits_expiring', '', 'Compras y créditos anotados', '/admin/credits/booth/ledger'],
  ])('of %s %s offers first what its advice says', async (kind, subject, label, href) => {
    const { operator, plant } = await start();
    const { text } = await operator.get(`/admin/alerts/${await plant({ kind, subject })}`);
    const [, first = '', said = ''] =
      /next-step">\s*<a class="button" href="([^"]*)"[^>]*>([^<]*)/.exec(text) ?? [];
    expect([said, first]).toEqual([label, href]);
  });

  test('tells also what was only known later, as a top-up that did not help', async () => {
    const { operator, plant, panel } = await start(engine);
    const id = await plant({ kind: 'account_trouble' });
    const latest = {
      spent: { as: 'money', value: '5.10', currency: 'USD' },
      amount: { as: 'money', value: '5', currency: 'USD' },
      topped_up: { as: 'money', value: '50', currency: 'USD' },
    };
    await panel.services.store.db
      .updateTable('incidents')
      .set({ latest_facts: JSON.stringify(latest) })
      .where('id', '=', id)
      .execute();
    const words = mainOf((await operator.get(`/admin/alerts/${id}`)).text);
    expect(words).toMatch(/Recarga anotada después — \$50\.00/);
  });

  test('is acknowledged and resolved, on the page and by programs', async () => {
    const { operator, api, plant } = await start(engine);
    const id = await plant();
    const seen = await operator.post(`/admin/alerts/${id}/acknowledgement`, { list: 'yes' });
    expect(seen.headers.location).toBe('/admin/alerts?done=acknowledged');
    expect((await api.get(`/${id}`)).body.alert).toMatchObject({
      state: 'acknowledged',
      acknowledged_by: expect.stringContaining('operator-'),
      entries: [{ what: 'opened' }, { what: 'acknowledged' }],
    });
    const over = await operator.post(`/admin/alerts/${id}/resolution`);
    expect(over.headers.location).toBe(`/admin/alerts/${id}?done=resolved`);
    const page = mainOf((await operator.get(String(over.headers.location))).text);
    expect(page).toContain('La alerta quedó resuelta.');
    expect(page).toContain('Dónde mirar');
    expect(page).not.toContain('Qué hacer ahora');
    // Nobody found that the spend is over.
    for (const words of [page, mainOf((await operator.get('/admin/alerts')).text)]) {
      expect(words).toContain('Se gastaron $7.25, más de $5.00');
      expect(words).not.toContain('el período terminó');
    }
    expect((await api.post(`/${id}/acknowledgement`)).status).toBe(409);
    expect((await operator.post(`/admin/alerts/${id}/acknowledgement`)).status).toBe(409);
    expect((await api.post(`/${id}/resolution`)).body.alert.state).toBe('resolved');
    expect((await api.get(`/${id}`)).body.alert.advice).toBeNull();

    const other = await plant();
    const { body } = await api.post(`/${other}/acknowledgement`);
    expect(body.alert).toMatchObject({ state: 'acknowledged', acknowledged_by: 'a program' });
    expect((await api.post(`/${other}/acknowledgement`)).status).toBe(200);
  });

  test('that is not there is not found, whoever asks', async () => {
    const { operator, api } = await start(engine);
    for (const path of ['none', "x'", 'a'.repeat(70)]) {
      expect((await operator.get(`/admin/alerts/${path}`)).status).toBe(404);
      expect((await api.get(`/${path}`)).status).toBe(404);
      expect((await api.post(`/${path}/resolution`)).status).toBe(404);
    }
  });

  test('is one of a list for programs, of an account, a state and a page', async () => {
    const { api, plant } = await start(engine);
    const older = await plant({ hoursAgo: 5 });
    const newer = await plant({ hoursAgo: 1, state: 'resolved' });
    const idsOf = async (query: string) => {
      const { body } = await api.get(query);
      return body.alerts.map(({ id }: { id: string }) => id);
    };
    expect(await idsOf('')).toEqual([newer, older]);
    expect(await idsOf('?state=unresolved&account=booth')).toEqual([older]);
    const { body } = await api.get('?limit=1');
    expect(body.alerts).toHaveLength(1);
    expect(await idsOf(`?limit=1&before=${encodeURIComponent(body.next)}`)).toEqual([older]);
    expect((await api.get('?limit=0')).body.errors[0].field).toBe('limit');
    expect((await api.get('?account=nobody')).status).toBe(404);
    const [alert] = (await api.get('?state=open')).body.alerts;
    expect(alert).toMatchObject({
      account: 'booth',
      kind: 'spend_above',
      timezone: expect.any(String),
    });
    expect(alert.facts[0]).toEqual({
      name: 'spent',
      type: 'money',
      value: '5.10',
      currency: 'USD',
    });
  });
});
