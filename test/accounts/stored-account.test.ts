import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { createToken, revokeToken } from '../../src/auth/tokens.ts';
import type { Role } from '../../src/auth/viewer.ts';
import { toJsonNumber } from '../../src/money.ts';
import type { Engine } from '../../src/store/engine.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';

const USAGE = '/api/config/falai-usage';
const TEST = '/api/config/falai-test';
const DAY = { start: NOW.subtract({ hours: 24 }), end: NOW };

async function start(env: Record<string, string> = {}, engine: Engine = 'sqlite') {
  const panel = await startPanel(env, { engine });
  const { admin, empty } = panel.fal.keys;
  const add = (name: string, timezone: string, key: string) =>
    createAccount(panel.services, COMMAND_LINE, { name, note: '', timezone, color: 1 }, key);
  await add('Principal', 'America/Bogota', admin);
  await add('Cuenta nueva', 'Europe/Madrid', empty);
  return panel;
}

async function bearer({ services: { store, now } }: Panel, role: Role): Promise<string> {
  const fields = { name: 'reporte', role, createdBy: 'ana@example.com', expiresAt: null };
  return `Bearer ${await createToken(store.db, now(), fields)}`;
}

const asProgram = async (panel: Panel, role: Role, path: string, body: object = {}) =>
  panel.http
    .post(path)
    .set('Authorization', await bearer(panel, role))
    .send(body);

test.each(ENGINES)('a program asks with the default account, in its zone: %s', async (engine) => {
  const panel = await start({}, engine);
  const { status, body } = await asProgram(panel, 'viewer', USAGE);
  expect(status).toBe(200);
  expect(body.usage).toMatchObject({
    account: 'principal',
    timezone: 'America/Bogota',
    total_cost: toJsonNumber(panel.fal.truth(DAY).costNano),
  });
});

test.each(ENGINES)('another account and another zone can be asked for: %s', async (engine) => {
  const panel = await start({}, engine);
  const body = { account: 'cuenta-nueva', timezone: 'UTC' };
  const response = await asProgram(panel, 'viewer', USAGE, body);
  expect(response.body.usage).toMatchObject({
    account: 'cuenta-nueva',
    timezone: 'UTC',
    total_cost: 0,
  });
});

test('single charges come along as they do with a key', async () => {
  const panel = await start();
  const { body } = await asProgram(panel, 'viewer', USAGE, { page_size: 2 });
  expect(body.usage.records).toHaveLength(2);
  expect(body.usage.account).toBe('principal');
});

test('a person asks with the session of the panel’s own pages, and of no other page', async () => {
  const panel = await start({ CORS_ORIGINS: 'https://elsewhere.example' });
  const { header } = await panel.as('viewer');
  const ask = (headers: Record<string, string>) =>
    panel.http
      .post(USAGE)
      .set({ Cookie: header, ...headers })
      .send({});
  expect((await ask({ 'Sec-Fetch-Site': 'same-origin' })).body.usage.account).toBe('principal');
  for (const headers of [
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://elsewhere.example' },
    { 'Sec-Fetch-Site': 'same-site' },
    { Origin: 'https://elsewhere.example' },
  ]) {
    const response = await ask(headers);
    expect([response.status, response.body.code]).toEqual([401, 'not_signed_in']);
    expect(response.headers['access-control-allow-credentials']).toBeUndefined();
  }
});

test('with a key it is as open as before, and says nothing of accounts', async () => {
  const panel = await start();
  const { body } = await panel.http
    .post(USAGE)
    .set('Authorization', 'Bearer nonsense')
    .send({ api_key: panel.fal.keys.admin, account: 'cuenta-nueva' });
  expect(body).toMatchObject({ ok: true, usage: { timezone: 'America/Mexico_City' } });
  expect(body.usage).not.toHaveProperty('account');
});

test('the same report with a key and with an account is two different answers', async () => {
  const panel = await startPanel({}, { parts: { cacheMs: 10_000 } });
  const fields = { name: 'A', note: '', timezone: 'America/Mexico_City', color: 1 };
  await createAccount(panel.services, COMMAND_LINE, fields, panel.fal.keys.admin);
  const withKey = () => panel.http.post(USAGE).send({ api_key: panel.fal.keys.admin });
  expect((await withKey()).body.usage).not.toHaveProperty('account');
  expect((await asProgram(panel, 'viewer', USAGE)).body.usage.account).toBe('a');
  expect((await withKey()).body.usage).not.toHaveProperty('account');
});

test('a question with a key asks nothing of the database', async () => {
  const panel = await start();
  const { admin: api_key } = panel.fal.keys;
  await panel.services.store.close();
  const response = await panel.http.post(USAGE).send({ api_key });
  expect(response.body.ok).toBe(true);
});

test('a test of a stored key is for operators, of one’s own for all', async () => {
  const panel = await start();
  const refused = await asProgram(panel, 'viewer', TEST);
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  const { body } = await asProgram(panel, 'operator', TEST, { account: 'cuenta-nueva' });
  expect(body.test).toMatchObject({
    verdict: 'ready',
    account: 'cuenta-nueva',
    stored_account: 'cuenta-nueva',
    can_spend: null,
  });
});

test.each(ENGINES)('an account that is not there is not found: %s', async (engine) => {
  const panel = await start({}, engine);
  const nobodys = ['nobody', 'PRINCIPAL', "' or 1=1 --", { slug: 'principal' }, 7];
  for (const account of nobodys) {
    const { status, body } = await asProgram(panel, 'viewer', USAGE, { account });
    expect([status, body.code]).toEqual([404, 'not_found']);
    expect(body.errors).toMatchObject([{ field: 'account' }]);
    expect(body.message).toContain('No hay una cuenta guardada con ese nombre');
  }
  expect(panel.fal.received).toEqual([]);
});

test('with no account stored the answer says so', async () => {
  const panel = await startPanel();
  const { status, body } = await asProgram(panel, 'admin', USAGE);
  expect([status, body.code]).toEqual([404, 'not_found']);
  expect(body.message).toContain('Todavía no hay ninguna cuenta de fal guardada');
});

test('nobody, and a token that is not or no longer good, is not signed in', async () => {
  const panel = await start();
  const { store, now } = panel.services;
  const id = randomUUID();
  const fields = { id, name: 'viejo', role: 'admin', createdBy: 'ana', expiresAt: null } as const;
  const token = await createToken(store.db, now(), fields);
  await revokeToken(store.db, now(), id);
  for (const authorization of ['', 'Bearer nonsense', `Bearer ${token}`, 'Basic YTpi']) {
    const response = await panel.http.post(USAGE).set('Authorization', authorization).send({});
    expect([response.status, response.body.code]).toEqual([401, 'not_signed_in']);
  }
  expect(panel.fal.received).toEqual([]);
});
