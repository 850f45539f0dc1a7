import { expect, test } from 'vitest';
import { startPanel } from '../support/panel.ts';

const PATH = '/admin/config/usage';

test('a form of this session is taken', async () => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  const response = await admin.post(PATH, { api_key: panel.fal.keys.admin });
  expect(response.status).toBe(200);
});

test.each([
  ['no token', ''],
  ['a made-up token', 'A'.repeat(43)],
  ['HTML', '"><script>'],
])('a form with %s is refused, and fal is not asked', async (_, _csrf) => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  const response = await admin.post(PATH, { api_key: panel.fal.keys.admin, _csrf });
  expect(response.status).toBe(403);
  expect(response.text).toContain('data-problem="form_expired"');
  expect(panel.fal.received).toEqual([]);
});

test("a token stolen from somebody else's page is of no use", async () => {
  const panel = await startPanel();
  const [admin, thief] = [await panel.as('admin'), await panel.as('viewer')];
  const stolen = { api_key: panel.fal.keys.admin, _csrf: admin.formToken };
  expect((await thief.post(PATH, stolen)).status).toBe(403);
});

test.each([
  { 'Sec-Fetch-Site': 'cross-site' },
  { 'Sec-Fetch-Site': 'same-site' },
  { Origin: 'https://evil.example.com' },
  { Origin: 'null' },
])('a form sent by another site is refused, even with the token: %j', async (headers) => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  const response = await admin.post(PATH, { api_key: panel.fal.keys.admin }).set(headers);
  expect(response.status).toBe(403);
});

test('behind a proxy that says nothing of itself, PUBLIC_URL tells what the browser sees', async () => {
  const panel = await startPanel({ PUBLIC_URL: 'https://panel.example.com' });
  const admin = await panel.as('admin');
  const sent = admin
    .post(PATH, { api_key: panel.fal.keys.admin })
    .set({ Origin: 'https://panel.example.com', Host: '127.0.0.1:3000' });
  expect((await sent).status).toBe(200);
  const { headers } = await panel.http.get('/admin/login');
  expect(String(headers['set-cookie'])).toMatch(/panel\.visitor=[^;]+;.*Secure/);
});
