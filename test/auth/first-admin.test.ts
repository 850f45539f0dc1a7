import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

describe('a start', () => {
  function start(env: Record<string, string>) {
    const child = spawn('node', ['src/main.ts'], {
      env: { PATH: process.env.PATH ?? '', BASE_PATH: '/fal', ...env },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  /** The link in the log of a start, and the level that it is logged at. */
  async function printed(
    child: ReturnType<typeof start>,
  ): Promise<{ link: string; level: unknown }> {
    for await (const line of createInterface(child.stdout)) {
      const link = line.match(/http:\/\/\S+token=[\w-]{43}/)?.[0];
      if (link) return { link, level: JSON.parse(line).level };
    }
    throw new Error('the panel ended without a link');
  }

  const opened = async (link: string) => {
    const page = await fetch(link);
    return [page.status, (await page.text()).includes('name="password"')];
  };

  test('prints the link to the log, also where that has warnings only, and it opens', async () => {
    const DATA_DIR = temporaryFolder();
    const { link, level } = await printed(start({ DATA_DIR, PORT: '0', LOG_LEVEL: 'warn' }));
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/fal\/admin\/setup\?token=/);
    expect(level).toBe(40);
    expect(await opened(link)).toEqual([200, true]);
  });

  test('that finds its port taken leaves the link of the panel that runs as it is', async () => {
    const DATA_DIR = temporaryFolder();
    const { link } = await printed(start({ DATA_DIR, PORT: '0' }));
    const second = start({ DATA_DIR, PORT: new URL(link).port });
    expect(await once(second, 'exit')).toEqual([1, null]);
    expect(await opened(link)).toEqual([200, true]);
  });
});
