import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import fc from 'fast-check';
import supertest from 'supertest';
import { describe, expect, test } from 'vitest';
import { allow, identifyCaller } from '../../src/auth/access.ts';
import { tokenExpiry } from '../../src/auth/token-expiry.ts';
import { answerApiFailures } from '../../src/http/errors.ts';
import { chooseLocale } from '../../src/http/locale.ts';
import { requestLog } from '../../src/http/request-log.ts';
import { stoppedClock } from '../support/clock.ts';
import { type Browser, ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';

const MADE = /id="made-token"[^>]* value="(fup_[\w-]{43})"/;

/** Creates a token as the page does. */
async function create(admin: Browser, fields: Record<string, string> = {}): Promise<string> {
  const form = { form_id: randomUUID(), name: 'Reporte', role: 'viewer', expires: '30', ...fields };
  const { text } = await admin.post('/admin/tokens', form);
  return text.match(MADE)?.[1] ?? '';
}

/** The API's way of finding out who asks, in front of a route for each role. */
function api({ services }: Panel) {
  const app = express();
  app.use(requestLog(services.log), chooseLocale(services.settings), identifyCaller(services));
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    app.get(`/${role}`, allow(role), (req, res) => void res.json(req.viewer));
  }
  app.use(answerApiFailures);
  return (path: string, token: string) =>
    supertest(app).get(path).set('Authorization', `Bearer ${token}`);
}

const rows = (panel: Panel) =>
  panel.services.store.db.selectFrom('api_tokens').selectAll().execute();

describe.each(ENGINES)('on %s', (engine) => {
  test('a token is shown once, and opens what its role may do', async () => {
    const panel = await startPanel({}, { engine });
    const admin = await panel.as('admin');
    const token = await create(admin, { name: 'Cabina', role: 'operator' });
    expect((await admin.get('/admin/tokens')).text).not.toContain(token);
    const ask = api(panel);
    expect((await ask('/viewer', token)).body).toMatchObject({ kind: 'token', name: 'Cabina' });
    expect((await ask('/operator', token)).status).toBe(200);
    const refused = await ask('/admin', token);
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  });

  test('the same form sent twice makes one token, also at the same moment', async () => {
    const panel = await startPanel({}, { engine });
    const admin = await panel.as('admin');
    const form = { form_id: randomUUID(), name: 'Una vez', role: 'viewer', expires: 'never' };
    const answers = await Promise.all([
      admin.post('/admin/tokens', form),
      admin.post('/admin/tokens', form),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 303]);
    const again = await admin.post('/admin/tokens', form);
    expect(again.headers.location).toBe('/admin/tokens?done=already_created');
    expect(await rows(panel)).toHaveLength(1);
  });

  test('a token works until it expires, and not a moment longer', async () => {
    const { now, forward } = stoppedClock();
    const panel = await startPanel({}, { engine, parts: { now } });
    const token = await create(await panel.as('admin'), { expires: '30' });
    const ask = api(panel);
    forward({ hours: 30 * 24 - 1, minutes: 59, seconds: 59, milliseconds: 999 });
    expect((await ask('/viewer', token)).status).toBe(200);
    forward({ milliseconds: 1 });
    const refused = await ask('/viewer', token);
    expect([refused.status, refused.body.code]).toEqual([401, 'not_signed_in']);
  });

  test('a revoked token opens nothing, from that moment on', async () => {
    const panel = await startPanel({}, { engine });
    const admin = await panel.as('admin');
    const token = await create(admin);
    const [row] = await rows(panel);
    const path = `/admin/tokens/${row?.id}/revocation`;
    expect((await admin.get(path)).text).toContain('¿Revocar «Reporte»?');
    expect((await admin.post(path)).headers.location).toBe('/admin/tokens?done=revoked');
    expect((await api(panel)('/viewer', token)).status).toBe(401);
    expect((await admin.post(path)).status).toBe(409);
    expect((await admin.get(path)).status).toBe(409);
    expect((await admin.get('/admin/tokens')).text).toContain('Revocado');
  });

  test('its last use is written down, at most once a minute', async () => {
    const { now, forward } = stoppedClock();
    const panel = await startPanel({}, { engine, parts: { now } });
    const token = await create(await panel.as('admin'));
    const ask = api(panel);
    const lastUse = async () => (await rows(panel))[0]?.last_used_at;
    expect(await lastUse()).toBe(null);
    await ask('/viewer', token);
    forward({ seconds: 59 });
    await ask('/viewer', token);
    expect(await lastUse()).toBe('2026-03-08T03:20:30.500Z');
    forward({ seconds: 1 });
    await ask('/viewer', token);
    expect(await lastUse()).toBe('2026-03-08T03:21:30.500Z');
  });

  test('who made and revoked it is in the audit log, and the token is nowhere', async () => {
    const panel = await startPanel({}, { engine });
    const admin = await panel.as('admin');
    const token = await create(admin, { role: 'admin', expires: 'never' });
    await api(panel)('/viewer', token);
    const [row] = await rows(panel);
    await admin.post(`/admin/tokens/${row?.id}/revocation`);
    const entries = await panel.services.store.db.selectFrom('audit_entries').selectAll().execute();
    expect(entries).toMatchObject([
      { actor: admin.email, action: 'token.created', target: 'Reporte' },
      { actor: admin.email, action: 'token.revoked', target: 'Reporte' },
    ]);
    expect(JSON.stringify([row, entries]) + panel.logged()).not.toContain(token.slice(4, 40));
  });
});

test('a planted token is not in the database file', async () => {
  const panel = await startPanel();
  const token = await create(await panel.as('admin'), { name: 'Plantado' });
  await api(panel)('/viewer', token);
  const { dataDir } = panel.services.config;
  const kept = readdirSync(dataDir)
    .filter((name) => name.startsWith('panel.sqlite'))
    .map((name) => readFileSync(join(dataDir, name), 'latin1'))
    .join('');
  expect(kept).toContain('Plantado');
  expect(kept).not.toContain(token);
  expect(kept).not.toContain(token.slice(4));
});

test.each(['x', 'fup_', `fup_${'A'.repeat(43)}`, "fup_'or'1'='1", `fup_${'A'.repeat(8_000)}`])(
  'no program is known by the token %j',
  async (token) => {
    const panel = await startPanel();
    await create(await panel.as('admin'));
    expect((await api(panel)('/viewer', token)).status).toBe(401);
  },
);

test('tokens are for admins alone', async () => {
  const panel = await startPanel();
  await create(await panel.as('admin'));
  const [row] = await rows(panel);
  for (const role of ['viewer', 'operator'] as const) {
    const browser = await panel.as(role);
    expect((await browser.get('/admin/tokens')).status).toBe(403);
    expect(await create(browser)).toBe('');
    expect((await browser.get(`/admin/tokens/${row?.id}/revocation`)).status).toBe(403);
    expect((await browser.post(`/admin/tokens/${row?.id}/revocation`)).status).toBe(403);
  }
  expect((await rows(panel)).map(({ revoked_at }) => revoked_at)).toEqual([null]);
});

test.each([
  [{ name: '' }, 'Escribe un nombre'],
  [{ name: 'x'.repeat(81) }, 'hasta 80'],
  [{ name: 'a\nb' }, 'no se pueden usar'],
  [{ role: 'root' }, 'Elige uno de los roles'],
  [{ expires: '31' }, 'Elige cuándo vence'],
  [{ expires: 'date' }, 'Elige el último día'],
  [{ expires: 'date', expires_on: '2026-02-31' }, 'No entendemos esta fecha'],
  [{ expires: 'date', expires_on: '2026-03-06' }, 'Ese día ya pasó'],
  [{ expires: 'date', expires_on: '2036-03-08' }, 'dentro de 10 años'],
  [{ form_id: 'x' }, 'recarga la página'],
])('a token of %j is refused in words', async (fields, words) => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  const form = { form_id: randomUUID(), name: 'Reporte', role: 'viewer', expires: '30' };
  const { status, text } = await admin.post('/admin/tokens', { ...form, ...fields });
  expect([status, text.includes(words)]).toEqual([400, true]);
  expect(await rows(panel)).toEqual([]);
});

test('HTML and quotes in a name are text, in the list and when it is revoked', async () => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  await create(admin, { name: '<i>"\'; drop table api_tokens; --' });
  const [row] = await rows(panel);
  for (const path of ['/admin/tokens', `/admin/tokens/${row?.id}/revocation`]) {
    const { text } = await admin.get(path);
    expect(text).toContain('&lt;i&gt;');
    expect(text).not.toContain('<i>');
  }
});

describe('when a token expires', () => {
  const TIMEZONE = 'America/Mexico_City';
  const at = (life: '90' | 'date' | 'never', day = '') =>
    tokenExpiry({ life, day }, TIMEZONE, NOW)?.toString() ?? null;

  test('is after days, never, or at the end of a day where the panel is', () => {
    expect(at('90')).toBe('2026-06-06T03:20:30.5Z');
    expect(at('never')).toBe(null);
    // It is still the 7th in Mexico City.
    expect(at('date', '2026-03-07')).toBe('2026-03-08T05:59:59.999Z');
  });

  test('is later than now and shown on the day that was chosen, whichever that is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_650 }),
        fc.constantFrom('America/Mexico_City', 'Europe/Madrid', 'Pacific/Apia', 'UTC'),
        (days, timezone) => {
          const day = NOW.toZonedDateTimeISO(timezone).toPlainDate().add({ days }).toString();
          const end = tokenExpiry({ life: 'date', day }, timezone, NOW);
          expect(end && Temporal.Instant.compare(end, NOW)).toBe(1);
          expect(end?.toZonedDateTimeISO(timezone).toPlainDate().toString()).toBe(day);
        },
      ),
    );
  });
});
