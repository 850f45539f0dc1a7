import { describe, expect, test } from 'vitest';
import { hashPassword } from '../../src/auth/password.ts';
import { giveResetLink, resetPassword } from '../../src/auth/password-reset.ts';
import { ENGINES, type Panel } from '../support/panel.ts';
import { enrol } from './authenticator.ts';
import { openBrowser, PASSWORD, setCookies, signedIn, type Visitor } from './browser.ts';

const NEW = 'una frase nueva y larga';

/** What happens once, after better-auth has read the hash and before it makes the session. */
async function whileChecking({ services }: Panel, change: () => Promise<unknown>): Promise<void> {
  const { password } = await (await services.betterAuth()).$context;
  const { verify } = password;
  password.verify = async (typed) => {
    password.verify = verify;
    const isRight = await verify(typed);
    await change();
    return isRight;
  };
}

async function reset(panel: Panel, personId: string): Promise<void> {
  const admin = await panel.as('admin');
  const actor = { kind: 'person', name: admin.email, address: null } as const;
  const acting = { personId: admin.personId, actor };
  const link = await giveResetLink(panel.services, acting, personId);
  const token = link.split('token=')[1] ?? '';
  expect(await resetPassword(panel.services, actor, token, await hashPassword(NEW))).toBe(true);
}

async function change(browser: Visitor): Promise<void> {
  await browser.get('/admin/profile');
  const fields = { current_password: PASSWORD, password: NEW, password_again: NEW };
  expect((await browser.submit('/admin/profile/password', fields)).status).toBe(303);
}

describe.each(ENGINES)('a sign-in under way, on %s', (engine) => {
  test.each([
    ['a reset of the password', (panel: Panel, id: string) => reset(panel, id)],
    ['a change of the password', (_: Panel, __: string, own: Visitor) => change(own)],
    ['turning two-step verification on', (_: Panel, __: string, own: Visitor) => enrol(own)],
  ])('does not outlive %s', async (_, meanwhile) => {
    const { panel, id, browser } = await signedIn(engine);
    await whileChecking(panel, () => meanwhile(panel, id, browser));
    const late = openBrowser(panel);
    const answer = await late.signIn('ana@example.com');
    expect([answer.status, answer.text.includes('data-notice="refused"')]).toEqual([401, true]);
    expect(setCookies(answer).join()).not.toContain('session_token');
    const { others } = await panel.services.store.db
      .selectFrom('sessions')
      .select(({ fn }) => fn.countAll().as('others'))
      .where('user_id', '=', id)
      .executeTakeFirstOrThrow();
    // Their own browser's, where it was not all of them that ended.
    expect(Number(others)).toBe((await browser.get('/admin/profile')).status === 200 ? 1 : 0);
  });

  test('gets no second step by a password that was reset meanwhile', async () => {
    const { panel, id, browser } = await signedIn(engine);
    await enrol(browser);
    await whileChecking(panel, () => reset(panel, id));
    const answer = await openBrowser(panel).signIn('ana@example.com');
    expect(answer.status).toBe(401);
    expect(setCookies(answer).join()).not.toContain('two_factor');
  });
});
