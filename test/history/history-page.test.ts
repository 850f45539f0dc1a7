import { describe, expect, test } from 'vitest';
import { createToken } from '../../src/auth/tokens.ts';
import { utcDayOf } from '../../src/history/slots.ts';
import { syncJobName } from '../../src/history/sync-job-name.ts';
import {
  endRound,
  writeFailure,
  writeProgress,
  writeRoundStart,
} from '../../src/history/sync-queries.ts';
import { toText } from '../../src/store/values.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { plantWindows } from '../support/planted-history.ts';
import { storeAccount } from '../support/stored-account.ts';
import { accountId, syncOnce } from './synced.ts';

async function panelWithAccount(engine: (typeof ENGINES)[number] = 'sqlite') {
  const panel = await startPanel({ BACKFILL_DAYS: '4' }, { engine });
  await storeAccount(panel.services, {
    slug: 'futurelab',
    name: 'FutureLab <b>',
    key: panel.fal.keys.admin,
    isDefault: true,
  });
  return panel;
}

/** A round that somebody else's process has been at for a minute. */
async function runElsewhere({ services }: Panel, id: string): Promise<void> {
  const { db } = services.store;
  await db
    .insertInto('jobs')
    .values({
      name: syncJobName(id),
      next_run_at: toText(NOW.add({ seconds: 60 })),
      holder: 'another',
      lease_until: toText(NOW.add({ seconds: 60 })),
      failures: 0,
    })
    .execute();
  await writeRoundStart(db, id, NOW.subtract({ seconds: 60 }));
  const today = utcDayOf(NOW);
  const days = Array.from({ length: 30 }, (_, back) => today - back);
  await plantWindows(db, id, days, { read_at: toText(NOW.subtract({ seconds: 9 })) });
  await writeProgress(db, id, { days: 90, daysDone: 30, rows: 12_345 });
}

async function asProgram({ http, services }: Panel, path: string) {
  const token = { name: 'a', role: 'viewer', createdBy: 'a test', expiresAt: null } as const;
  const made = await createToken(services.store.db, services.now(), token);
  return http.get(path).set('Authorization', `Bearer ${made}`);
}

describe.each(ENGINES)('GET /api/v1/sync, on %s', (engine) => {
  test('says how each account is doing, before and after its first round', async () => {
    const panel = await panelWithAccount(engine);
    const before = await asProgram(panel, '/api/v1/sync');
    expect(before.body).toEqual({
      ok: true,
      sync: [
        {
          account: 'futurelab',
          state: 'waiting',
          progress: null,
          last_success_at: null,
          last_error: null,
          next_run_at: null,
        },
      ],
      message: 'Estado de la copia local',
    });
    await syncOnce(panel, 'futurelab');
    const id = await accountId(panel, 'futurelab');
    await writeFailure(panel.services.store.db, id, NOW.add({ seconds: 9 }), 'fal_unavailable');
    const after = await asProgram(panel, '/api/v1/sync');
    expect(after.body.sync).toEqual([
      {
        account: 'futurelab',
        state: 'failing',
        progress: null,
        last_success_at: '2026-03-07T21:20:30-06:00',
        last_error: { code: 'fal_unavailable', at: '2026-03-07T21:20:39-06:00' },
        next_run_at: null,
      },
    ]);
  });

  test('says how far a round has come, and how long it will take', async () => {
    const panel = await panelWithAccount(engine);
    await runElsewhere(panel, await accountId(panel, 'futurelab'));
    const { body } = await asProgram(panel, '/api/v1/sync');
    expect(body.sync[0]).toMatchObject({
      state: 'running',
      progress: { percent: 33, days: 90, days_done: 30, rows: 12_345, seconds_left: 120 },
      next_run_at: null,
    });
  });

  test('says nothing of the round before while a new one is prepared', async () => {
    const panel = await panelWithAccount(engine);
    const id = await accountId(panel, 'futurelab');
    await runElsewhere(panel, id);
    const { db } = panel.services.store;
    const began = toText(NOW.subtract({ seconds: 9 }));
    await db.updateTable('jobs').set({ last_started_at: began }).execute();
    const progress = async () => (await asProgram(panel, '/api/v1/sync')).body.sync[0].progress;
    // It goes on where the one before had to stop.
    expect(await progress()).toMatchObject({ percent: 33, days_done: 30, seconds_left: null });
    const nothing = { percent: 0, days: 0, days_done: 0, rows: 0, seconds_left: null };
    await db.transaction().execute((trx) => endRound(trx, id));
    expect(await progress()).toEqual(nothing);
  });

  test('is empty without accounts', async () => {
    const panel = await startPanel({}, { engine });
    const { body } = await asProgram(panel, '/api/v1/sync');
    expect(body).toMatchObject({ ok: true, sync: [] });
  });
});

test('is for who is signed in, or has a token', async () => {
  const panel = await panelWithAccount();
  const { status, body } = await panel.http.get('/api/v1/sync');
  expect([status, body.code]).toEqual([401, 'not_signed_in']);
});

describe('the page', () => {
  const state = (html: string) => html.match(/data-state="(\w+)"/)?.[1];

  test('says that there is no account yet, and what to do', async () => {
    const panel = await startPanel();
    const { text } = await (await panel.as('admin')).get('/admin/history');
    expect(text).toContain('/admin/accounts/new');
    expect(text).not.toContain('data-state');
  });

  test('waits for the first round, and then has its days', async () => {
    const panel = await panelWithAccount();
    const viewer = await panel.as('viewer');
    const before = await viewer.get('/admin/history');
    expect(state(before.text)).toBe('waiting');
    expect(before.text).toContain('FutureLab &lt;b&gt;');
    expect(before.text).toContain('Todavía ninguna');
    await syncOnce(panel, 'futurelab');
    const after = await viewer.get('/admin/history');
    expect(state(after.text)).toBe('idle');
    expect(after.text).toContain('5 días, desde el 4 mar 2026');
    expect(after.text).toMatch(/<rect class="final" x="0" y="0" width="1" height="1"\/>/);
    expect(after.text).toMatch(/<rect class="settling" x="1" y="0" width="4" height="1"\/>/);
  });

  test('has live progress, which a script asks for again', async () => {
    const panel = await panelWithAccount();
    const id = await accountId(panel, 'futurelab');
    await runElsewhere(panel, id);
    const viewer = await panel.as('viewer');
    const { text } = await viewer.get('/admin/history').set('Accept-Language', 'en');
    expect(state(text)).toBe('running');
    expect(text).toContain(`hx-get="/admin/history/${id}" hx-trigger="every 2s"`);
    const part = await viewer.get(`/admin/history/${id}`).set('HX-Request', 'true');
    expect(part.text).toMatch(/^\s*<div class="copy-status"/);
    expect(part.text).toContain('<progress value="30" max="90"');
    expect(part.text).toContain('30 de 90 días · 12,345 filas · faltan cerca de 2 minutos');
    const plain = await viewer.get(`/admin/history/${id}`);
    expect([plain.status, plain.headers.location]).toEqual([303, '/admin/history']);
  });

  test('says what is wrong with an account, since when, and what to do', async () => {
    const panel = await panelWithAccount();
    await storeAccount(panel.services, { slug: 'gone', name: 'Gone', key: 'revoked:key' });
    await syncOnce(panel, 'gone').catch(() => {});
    const id = await accountId(panel, 'gone');
    const admin = await (await panel.as('admin')).get('/admin/history');
    expect(admin.text).toContain('data-problem="invalid_api_key"');
    expect(admin.text).toContain('fal no reconoce esta clave');
    expect(admin.text).toContain(`href="/admin/accounts/${id}/key"`);
    const viewer = await (await panel.as('viewer')).get('/admin/history');
    expect(viewer.text).toContain('data-problem="invalid_api_key"');
    expect(viewer.text).not.toContain(`/admin/accounts/${id}/key`);
    expect(viewer.text).not.toContain('/pause"');
  });

  test('pauses, resumes and reads at once; each is in the audit log', async () => {
    const panel = await panelWithAccount();
    await syncOnce(panel, 'futurelab');
    const id = await accountId(panel, 'futurelab');
    const operator = await panel.as('operator');
    const paused = await operator.post(`/admin/history/${id}/pause`);
    expect([paused.status, paused.headers.location]).toEqual([303, '/admin/history?done=paused']);
    const { text } = await operator.get('/admin/history?done=paused');
    expect(state(text)).toBe('paused');
    expect(text).toContain('La lectura está en pausa.');
    expect(text).toContain(`action="/admin/history/${id}/resumption"`);
    expect(text).not.toContain(`action="/admin/history/${id}/reading"`);
    await operator.post(`/admin/history/${id}/resumption`);
    await operator.post(`/admin/history/${id}/reading`);
    expect(state((await operator.get('/admin/history')).text)).toBe('idle');
    const log = await (await panel.as('admin')).get('/admin/audit');
    for (const what of ['Pausó la lectura', 'Reanudó la lectura', 'Pidió leer una cuenta']) {
      expect(log.text).toContain(what);
    }
  });

  test('starts a range over, and says what is wrong with its dates', async () => {
    const panel = await panelWithAccount();
    await syncOnce(panel, 'futurelab');
    const path = `/admin/history/${await accountId(panel, 'futurelab')}/restart`;
    const operator = await panel.as('operator');
    const form = await operator.get(path);
    expect(form.text).toContain('value="2026-03-01"');
    expect(form.text).toContain('Si empieza antes del 3 mar');
    for (const [start_date, end_date, field] of [
      ['', '2026-03-01', 'start_date'],
      ['2026-02-30', '2026-03-01', 'start_date'],
      ['2026-03-05', '2026-03-01', 'end_date'],
      ['2026-03-08', '2026-03-09', 'start_date'],
      ['2024-01-01', '2026-03-01', 'start_date'],
      ['2026-03-01', 'nonsense', 'end_date'],
    ] as const) {
      const { status, text } = await operator.post(path, { start_date, end_date });
      expect([start_date, status]).toEqual([start_date, 400]);
      expect(text).toMatch(new RegExp(`id="${field}"[^>]*aria-invalid="true"`));
    }
    const fields = { start_date: '2026-02-20', end_date: '2026-03-02' };
    const { headers } = await operator.post(path, fields);
    expect(headers.location).toBe('/admin/history?done=restarted');
    const log = await (await panel.as('admin')).get('/admin/audit');
    expect(log.text).toContain('desde: 2026-02-20');
  });

  test('shows days that differed from fal’s totals, and why', async () => {
    const panel = await panelWithAccount();
    const account_id = await accountId(panel, 'futurelab');
    const viewer = await panel.as('viewer');
    expect((await viewer.get('/admin/history')).text).toContain('Todavía no se ha comparado');
    const check = {
      account_id,
      checked_at: toText(NOW),
      local_cost: 225_000_000n,
      fal_cost: 225_000_000n,
      events_cost: null,
      events_reason: null,
      cause: null,
      repaired_at: null,
    };
    const { db } = panel.services.store;
    await db
      .insertInto('reconciliations')
      .values({ ...check, day: '2026-03-04' })
      .execute();
    expect((await viewer.get('/admin/history')).text).toContain('1 día comparado: coincide');
    await db
      .insertInto('reconciliations')
      .values({ ...check, day: '2026-03-05', fal_cost: 1_230_000_000n, cause: 'late_rows' })
      .execute();
    const { text } = await viewer.get('/admin/history');
    expect(text).toContain('Llegó uso después de leer el día.');
    expect(text).toContain('sin corregir');
    expect(text).toContain('$1.23');
  });

  test.each(['pause', 'resumption', 'reading', 'restart'])(
    'finds no account to %s that is not there',
    async (action) => {
      const panel = await panelWithAccount();
      const operator = await panel.as('operator');
      expect((await operator.post(`/admin/history/gone/${action}`)).status).toBe(404);
    },
  );
});
