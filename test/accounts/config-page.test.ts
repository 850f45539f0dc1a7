import { describe, expect, test } from 'vitest';
import { createAccount } from '../../src/accounts/change-accounts.ts';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { type Panel, startPanel } from '../support/panel.ts';

const PATH = '/admin/config';

function add({ services }: Panel, name: string, timezone: string, key: string) {
  return createAccount(services, COMMAND_LINE, { name, note: '', timezone, color: 1 }, key);
}

async function start() {
  const panel = await startPanel();
  await add(panel, 'Principal', 'America/Bogota', panel.fal.keys.admin);
  await add(panel, 'Cuenta <nueva>', 'Europe/Madrid', panel.fal.keys.empty);
  return panel;
}

describe('with no account stored', () => {
  test('the key is asked for, and admins are invited to store it', async () => {
    const panel = await startPanel();
    const [admin, viewer] = [await panel.as('admin'), await panel.as('viewer')];
    const page = (await admin.get(PATH)).text;
    expect(page).toMatch(/<input id="api_key"[^>]* required/);
    expect(page).toContain('/admin/accounts/new');
    expect((await viewer.get(PATH)).text).not.toContain('/admin/accounts/new');
  });

  test('a question without a key names the missing field', async () => {
    const panel = await startPanel();
    const response = await (await panel.as('admin')).post(`${PATH}/usage`, { period: '24h' });
    expect(response.status).toBe(400);
    expect(response.text).toContain('data-field="api_key"');
  });
});

describe('with accounts stored', () => {
  test('one is chosen: the default, or the one of the switch', async () => {
    const panel = await start();
    const viewer = await panel.as('viewer');
    const chosen = async (kept: string) => {
      const asked = viewer.get(PATH).set('Cookie', `${viewer.header}; account=${kept}`);
      return (await asked).text.match(/<option value="([\w-]+)" selected/)?.[1];
    };
    expect(await chosen('')).toBe('principal');
    expect(await chosen('cuenta-nueva')).toBe('cuenta-nueva');
    expect(await chosen('nobody')).toBe('principal');
    expect((await viewer.get(PATH)).text).not.toMatch(/<input id="api_key"[^>]* required/);
  });

  test('Ver Uso asks with the stored key, in the account’s zone, and says whose it is', async () => {
    const panel = await start();
    const viewer = await panel.as('viewer');
    const fields = { period: '24h', account: 'cuenta-nueva', api_key: '', timezone: '' };
    const page = (await viewer.post(`${PATH}/usage`, fields)).text;
    expect(page).toContain('asked-account');
    expect(page).toContain('Cuenta &lt;nueva&gt;</span>');
    expect(page).toContain('Europe/Madrid');
    expect(page).toMatch(/<option value="cuenta-nueva" selected/);
    const usage = panel.fal.received.find(({ path }) => path === '/models/usage');
    expect(usage?.keyId).toBe(panel.fal.keys.empty.split(':')[0]);
  });

  test('a key that is typed in is asked with instead, and the answer names no account', async () => {
    const panel = await start();
    const viewer = await panel.as('viewer');
    const fields = { period: '24h', account: 'principal', api_key: panel.fal.keys.empty };
    const page = (await viewer.post(`${PATH}/usage`, fields)).text;
    expect(page).toContain('data-result');
    expect(page).not.toContain('asked-account');
    expect(page).toContain('America/Mexico_City');
  });

  test('an unknown account is said on the page', async () => {
    const panel = await start();
    const response = await (await panel.as('admin')).post(`${PATH}/usage`, { account: 'nobody' });
    expect(response.status).toBe(404);
    expect(response.text).toContain('data-field="account"');
  });

  test('Probar conexión tests the stored key for operators, and a typed one for all', async () => {
    const panel = await start();
    const [operator, viewer] = [await panel.as('operator'), await panel.as('viewer')];
    const stored = { account: 'principal' };
    expect((await operator.post(`${PATH}/test`, stored)).text).toContain('data-verdict="ready"');
    const refused = await viewer.post(`${PATH}/test`, stored);
    expect([refused.status, refused.text]).toEqual([
      403,
      expect.stringContaining('data-problem="forbidden"'),
    ]);
    const typed = { ...stored, api_key: panel.fal.keys.api };
    expect((await viewer.post(`${PATH}/test`, typed)).text).toContain('admin_scope_missing');
  });
});
