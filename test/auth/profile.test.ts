import { describe, expect, test } from 'vitest';
import { ENGINES, startPanel } from '../support/panel.ts';
import { invite, openBrowser, PASSWORD, signedIn } from './browser.ts';

const PROFILE = '/admin/profile';
const NEW = 'una frase nueva y larga';

describe.each(ENGINES)('the profile, on %s', (engine) => {
  async function onProfile() {
    const there = await signedIn(engine);
    await there.browser.get(PROFILE);
    return there;
  }

  test.each(['viewer', 'operator', 'admin'] as const)('tells a %s who they are', async (role) => {
    const panel = await startPanel({}, { engine });
    await invite(panel, 'ana@example.com', role);
    const browser = openBrowser(panel);
    await browser.signIn('ana@example.com');
    const { status, text } = await browser.get(PROFILE);
    expect(status).toBe(200);
    expect(text).toContain('Ana Ñandú');
    expect(text).toContain('ana@example.com');
    const names = { viewer: 'Consulta', operator: 'Operación', admin: 'Administración' };
    expect(text).toContain(`class="fact">${names[role]}<`);
  });

  test('changes the password and ends the sessions elsewhere', async () => {
    const { panel, browser } = await onProfile();
    const elsewhere = openBrowser(panel);
    await elsewhere.signIn('ana@example.com');
    expect((await browser.get(PROFILE)).text).toContain('tienes abierta 1 sesión');
    const done = await browser.submit(`${PROFILE}/password`, change(PASSWORD, NEW));
    expect([done.status, done.headers.location]).toEqual([303, `${PROFILE}?done=password`]);
    expect((await browser.get(`${PROFILE}?done=password`)).text).toContain(
      'data-notice="password"',
    );
    expect((await elsewhere.get(PROFILE)).status).toBe(303);
    expect((await openBrowser(panel).signIn('ana@example.com', PASSWORD)).status).toBe(401);
    expect((await openBrowser(panel).signIn('ana@example.com', NEW)).status).toBe(303);
  });

  test('changing the password ends a link to reset it', async () => {
    const { panel, id, browser } = await onProfile();
    const admin = await panel.as('admin');
    const given = await admin.post(`/admin/people/${id}/reset-link`);
    const link = given.text.match(/\/admin\/reset\?token=[\w-]+/)?.[0] ?? '';
    expect((await panel.http.get(link)).status).toBe(200);
    await browser.submit(`${PROFILE}/password`, change(PASSWORD, NEW));
    expect((await panel.http.get(link)).status).toBe(410);
  });

  test.each([
    ['a wrong current password', change('not it', NEW), 'Esa no es tu contraseña.'],
    ['one too short', change(PASSWORD, 'short'), 'La contraseña debe tener al menos 8 caracteres.'],
    [
      'one too long',
      change(PASSWORD, 'x'.repeat(129)),
      'La contraseña puede tener hasta 128 caracteres.',
    ],
    [
      'two that differ',
      { ...change(PASSWORD, NEW), password_again: 'x' },
      'Las dos contraseñas no son iguales',
    ],
    ['nothing', {}, 'Escribe tu contraseña actual.'],
  ])('refuses a change with %s and says so at the field', async (_, fields, words) => {
    const { panel, browser } = await onProfile();
    const answer = await browser.submit(`${PROFILE}/password`, fields);
    expect([answer.status, answer.text.includes(words)]).toEqual([400, true]);
    expect(answer.text).toContain('aria-invalid="true"');
    expect(answer.text + panel.logged()).not.toContain(NEW);
    expect((await openBrowser(panel).signIn('ana@example.com', PASSWORD)).status).toBe(303);
  });

  test('a session left open can not be used to guess the password', async () => {
    const { browser } = await onProfile();
    const guess = () => browser.submit(`${PROFILE}/password`, change('x'.repeat(200), NEW));
    for (let count = 0; count < 10; count += 1) expect((await guess()).status).toBe(400);
    const limited = await browser.submit(`${PROFILE}/password`, change(PASSWORD, NEW));
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '900']);
    expect(limited.text).toContain('data-notice="rate_limited"');
  });

  test('signs out elsewhere, or everywhere', async () => {
    const { panel, browser } = await onProfile();
    const [one, two] = [openBrowser(panel), openBrowser(panel)];
    await one.signIn('ana@example.com');
    await two.signIn('ana@example.com');
    const others = await browser.submit(`${PROFILE}/sessions`, { which: 'others' });
    expect(others.headers.location).toBe(`${PROFILE}?done=others_ended`);
    expect((await one.get(PROFILE)).status).toBe(303);
    expect((await browser.get(PROFILE)).status).toBe(200);
    const all = await browser.submit(`${PROFILE}/sessions`, { which: 'all' });
    expect(all.headers.location).toBe('/admin/login?notice=signed_out_everywhere');
    expect((await browser.get(PROFILE)).status).toBe(303);
    const log = await panel.services.store.db
      .selectFrom('audit_entries')
      .select('detail')
      .where('action', '=', 'session.ended_everywhere')
      .execute();
    expect(log.map(({ detail }) => detail).toSorted()).toEqual([
      '{"which":"all","ended":1}',
      '{"which":"others","ended":2}',
    ]);
  });

  test('tells those without a password what they can do', async () => {
    const panel = await startPanel({}, { engine });
    const viewer = await panel.as('viewer');
    const { text } = await viewer.get(PROFILE);
    expect(text).toContain('No tienes contraseña');
    expect(text).not.toContain('name="password_again"');
    const answer = await viewer.post(`${PROFILE}/second-factor`, { password: PASSWORD });
    expect(answer.status).toBe(400);
  });

  test('an address of one of its forms leads back to it', async () => {
    const { browser } = await onProfile();
    const answer = await browser.get(`${PROFILE}/second-factor/confirmation`);
    expect([answer.status, answer.headers.location]).toEqual([303, PROFILE]);
  });
});

function change(current: string, next: string) {
  return { current_password: current, password: next, password_again: next };
}
