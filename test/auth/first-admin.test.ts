import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { prepareFirstAdmin } from '../../src/auth/first-admin.ts';
import { createServices } from '../../src/services.ts';
import { atOnce } from '../support/at-once.ts';
import { PASSWORD, Visitor } from '../support/one-time-link.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIRST = { ADMIN_EMAIL: 'Ana@Example.com', ADMIN_PASSWORD: PASSWORD };

const people = (panel: Panel) =>
  panel.services.store.db.selectFrom('people').select(['name', 'email', 'role']).execute();

/** Another process on the same database. */
async function secondProcess({ services }: Panel) {
  const second = await createServices(services.config, { now: () => NOW, log: services.log });
  onTestFinished(() => second.close());
  return second;
}

describe.each(ENGINES)('on %s, where nobody is there yet', (engine) => {
  test('the configuration makes the admin, who signs in', async () => {
    const panel = await startPanel(FIRST, { engine });
    expect(await prepareFirstAdmin(panel.services)).toBe(null);
    expect(await people(panel)).toEqual([{ name: 'ana', email: 'ana@example.com', role: 'admin' }]);
    const { api } = await panel.services.betterAuth();
    const body = { email: 'ana@example.com', password: PASSWORD };
    expect(await api.signInEmail({ body, headers: new Headers() })).toHaveProperty('user');
    const log = await panel.services.store.db.selectFrom('audit_entries').selectAll().execute();
    expect(log).toMatchObject([
      { actor_kind: 'server', action: 'person.created', target: 'ana@example.com' },
    ]);
  });

  test('two processes that start at once make one admin', async () => {
    const panel = await startPanel(FIRST, { engine });
    const second = await secondProcess(panel);
    await atOnce(panel, [() => prepareFirstAdmin(panel.services), () => prepareFirstAdmin(second)]);
    expect(await people(panel)).toHaveLength(1);
  });

  test('each start makes a setup link and voids the one before', async () => {
    const panel = await startPanel({}, { engine });
    const first = (await prepareFirstAdmin(panel.services)) ?? '';
    const second = (await prepareFirstAdmin(panel.services)) ?? '';
    expect((await new Visitor(panel).open(first)).status).toBe(410);
    expect((await new Visitor(panel).fillIn(second)).status).toBe(303);
    expect(await prepareFirstAdmin(panel.services)).toBe(null);
  });

  test('two processes that start at once leave one setup link', async () => {
    const panel = await startPanel({}, { engine });
    const second = await secondProcess(panel);
    const links = await atOnce(panel, [
      () => prepareFirstAdmin(panel.services),
      () => prepareFirstAdmin(second),
    ]);
    const pages = await Promise.all(links.map((link) => new Visitor(panel).open(link ?? '')));
    expect(pages.map(({ status }) => status).sort()).toEqual([200, 410]);
  });

  test('a setup link of one process is used once over all of them', async () => {
    const panel = await startPanel({}, { engine });
    const second = await secondProcess(panel);
    const link = (await prepareFirstAdmin(panel.services)) ?? '';
    const visitors = [panel.app, createApp(second)].map((app) => new Visitor({ ...panel, app }));
    const done = await Promise.all(visitors.map((visitor) => visitor.fillIn(link)));
    expect(done.map(({ status }) => status).sort()).toEqual([303, 410]);
    expect(await people(panel)).toHaveLength(1);
  });
});

test('the configuration changes nothing where somebody is there', async () => {
  const panel = await startPanel(FIRST);
  await panel.as('viewer');
  expect(await prepareFirstAdmin(panel.services)).toBe(null);
  expect(await people(panel)).toMatchObject([{ role: 'viewer' }]);
});

test('a start prints the link to the log, and it opens', async () => {
  const env = { PATH: process.env.PATH ?? '', PORT: '0', DATA_DIR: temporaryFolder() };
  const start = () => {
    const child = spawn('node', ['src/main.ts'], { env: { ...env, BASE_PATH: '/fal' } });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };
  const lines = createInterface(start().stdout);
  let link = '';
  for await (const line of lines) {
    link = line.match(/http:\/\/\S+token=[\w-]{43}/)?.[0] ?? '';
    if (link) break;
  }
  expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/fal\/admin\/setup\?token=/);
  const page = await fetch(link);
  expect([page.status, (await page.text()).includes('name="password"')]).toEqual([200, true]);
});
