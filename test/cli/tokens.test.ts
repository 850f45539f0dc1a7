import { describe, expect, test } from 'vitest';
import { findToken } from '../../src/auth/tokens.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { startTerminal } from '../support/terminal.ts';

function terminalOf({ services: { config } }: Panel) {
  return startTerminal({
    DATA_DIR: config.dataDir,
    ...(config.databaseUrl && { DATABASE_URL: config.databaseUrl }),
  });
}

describe.each(ENGINES)('on %s', (engine) => {
  test('a token is made, listed without itself, and revoked', async () => {
    const panel = await startPanel({}, { engine });
    const { db } = panel.services.store;
    const run = terminalOf(panel);
    const words = ['--name', 'Cabina de fotos', '--role', 'operator'];
    const [token = ''] = (await run('token', 'create', ...words)).out;
    expect(await findToken(db, NOW, token)).toMatchObject({ role: 'operator' });

    const list = (await run('token', 'list')).out;
    expect(list[1]).toMatch(/ operator +active +2026-06-06T03:20Z +2026-03-08T03:20Z +Cabina de/);
    expect(list.join('\n')).not.toContain(token.slice(4, 40));

    const id = list[1]?.split(' ')[0] ?? '';
    expect(await run('token', 'revoke', id)).toEqual({ code: 0, out: [], err: '' });
    expect(await findToken(db, NOW, token)).toBe(null);
    expect((await run('token', 'list')).out[1]).toContain('revoked');
    expect(await run('token', 'revoke', id)).toMatchObject({ code: 1, out: [] });

    const actors = await db.selectFrom('audit_entries').select(['actor_kind', 'action']).execute();
    expect(actors).toEqual([
      { actor_kind: 'command_line', action: 'token.created' },
      { actor_kind: 'command_line', action: 'token.revoked' },
    ]);
  });
});

test.each([
  ['never', null],
  ['1d', '2026-03-09T03:20:30.5Z'],
  ['3650d', '2036-03-05T03:20:30.5Z'],
])('--expires %s', async (word, end) => {
  const panel = await startPanel();
  const words = ['--name', 'x', '--role', 'viewer', '--expires', word];
  expect((await terminalOf(panel)('token', 'create', ...words)).code).toBe(0);
  const row = await panel.services.store.db
    .selectFrom('api_tokens')
    .select('expires_at')
    .executeTakeFirstOrThrow();
  expect(row.expires_at && Temporal.Instant.from(row.expires_at).toString()).toBe(end);
});
