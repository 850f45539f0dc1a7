import { describe, expect, test } from 'vitest';
import { Visitor } from '../support/one-time-link.ts';
import { ENGINES, type Panel, startPanel } from '../support/panel.ts';
import { startTerminal } from '../support/terminal.ts';

/** A command line on the panel's own store, as on the machine it runs on. */
function terminalOf({ services: { config } }: Panel) {
  return startTerminal({
    DATA_DIR: config.dataDir,
    BASE_PATH: '/fal',
    ...(config.databaseUrl && { DATABASE_URL: config.databaseUrl }),
  });
}

const pathOf = (address = '') => address.replace('http://127.0.0.1:3000/fal', '');

describe.each(ENGINES)('on %s', (engine) => {
  test('a setup link makes the first account, and then there is none to print', async () => {
    const panel = await startPanel({}, { engine });
    const run = terminalOf(panel);
    const first = await run('user', 'setup-link');
    const { out } = await run('user', 'setup-link');
    expect(out).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:3000\/fal\/admin\/setup/)]);
    expect((await new Visitor(panel).open(pathOf(first.out[0]))).status).toBe(410);
    expect((await new Visitor(panel).fillIn(pathOf(out[0]))).status).toBe(303);
    const over = await run('user', 'setup-link');
    expect([over.code, over.out]).toEqual([1, []]);
    expect(over.err).toContain('user reset-link EMAIL');
  });

  test('a reset link lets in who locked themselves out, whatever the case of the address', async () => {
    const panel = await startPanel({}, { engine });
    const admin = await panel.as('admin');
    const { code, out } = await terminalOf(panel)('user', 'reset-link', admin.email.toUpperCase());
    expect([code, out.length]).toEqual([0, 1]);
    expect((await new Visitor(panel).fillIn(pathOf(out[0]))).status).toBe(303);
    expect((await admin.get('/admin/config')).status).toBe(303);
    const entries = await panel.services.store.db
      .selectFrom('audit_entries')
      .select(['actor_kind', 'action', 'target'])
      .execute();
    const target = admin.email;
    expect(entries).toEqual([
      { actor_kind: 'command_line', action: 'link.created', target },
      { actor_kind: 'nobody', action: 'password.reset', target },
    ]);
  });

  test('the list says who there is', async () => {
    const panel = await startPanel({}, { engine });
    const [admin, viewer] = [await panel.as('admin'), await panel.as('viewer')];
    await admin.post(`/admin/people/${viewer.personId}/deactivation`);
    const { out } = await terminalOf(panel)('user', 'list');
    expect(out.map((line) => line.split(/ {2,}/))).toEqual([
      ['EMAIL', 'ROLE', 'TWO-STEP', 'STATE', 'NAME'],
      [admin.email, 'admin', 'off', 'active', 'Una admin'],
      [viewer.email, 'viewer', 'off', 'deactivated', 'Una viewer'],
    ]);
  });
});

test('why there is no reset link is said in one line', async () => {
  const panel = await startPanel();
  const run = terminalOf(panel);
  expect((await run('user', 'reset-link', 'ana@example.com')).err).toContain('user setup-link');
  const [admin, viewer] = [await panel.as('admin'), await panel.as('viewer')];
  await admin.post(`/admin/people/${viewer.personId}/deactivation`);
  expect((await run('user', 'reset-link', 'ana@example.com')).err).toMatch(/^Nobody has/);
  expect(await run('user', 'reset-link', viewer.email)).toEqual({
    code: 1,
    out: [],
    err: `${viewer.email} is deactivated: an admin must reactivate them first.`,
  });
});

test('links begin with PUBLIC_URL where it is set', async () => {
  const run = startTerminal({ PUBLIC_URL: 'https://panel.example.com' });
  const { out } = await run('user', 'setup-link');
  expect(out[0]).toMatch(/^https:\/\/panel\.example\.com\/admin\/setup\?token=/);
});
