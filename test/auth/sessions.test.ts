import { describe, expect, test } from 'vitest';
import { toFlag } from '../../src/store/values.ts';
import { ENGINES, NOW, startPanel } from '../support/panel.ts';
import { signIn } from '../support/sign-in.ts';
import { invite, openBrowser } from './browser.ts';

describe.each(ENGINES)('a session, on %s', (engine) => {
  test('is the person it was made for', async () => {
    const { services } = await startPanel({}, { engine });
    const { header, personId } = await signIn(services, 'operator');
    expect(await services.sessions.find(header)).toMatchObject({ id: personId, role: 'operator' });
  });

  test('is nobody when its cookie was changed, anywhere', async () => {
    const { services } = await startPanel({}, { engine });
    const { cookie } = await signIn(services);
    const value = decodeURIComponent(cookie.value);
    for (const at of [0, 5, value.indexOf('.') + 1, value.length - 5]) {
      const changed = value.slice(0, at) + (value[at] === 'x' ? 'y' : 'x') + value.slice(at + 1);
      const header = `${cookie.name}=${encodeURIComponent(changed)}`;
      expect(await services.sessions.find(header)).toBeNull();
    }
  });

  test('can not be made from what the database keeps', async () => {
    const { services } = await startPanel({}, { engine });
    const { cookie } = await signIn(services);
    const { token } = await services.store.db
      .selectFrom('sessions')
      .select('token')
      .executeTakeFirstOrThrow();
    const signature = decodeURIComponent(cookie.value).split('.')[1];
    expect(cookie.value).not.toContain(token);
    for (const forged of [`${token}.${signature}`, token]) {
      const header = `${cookie.name}=${encodeURIComponent(forged)}`;
      expect(await services.sessions.find(header)).toBeNull();
    }
  });

  test('ends with its time, with its person, and when it is told to', async () => {
    let now = NOW;
    const { services } = await startPanel({}, { engine, parts: { now: () => now } });
    const { db } = services.store;
    const [first, second, third] = [
      await signIn(services),
      await signIn(services),
      await signIn(services),
    ];
    await db
      .updateTable('people')
      .set({ deactivated: toFlag(true, engine) })
      .where('id', '=', first.personId)
      .execute();
    await services.sessions.endAll(second.personId);
    expect(await services.sessions.find(first.header)).toBeNull();
    expect(await services.sessions.find(second.header)).toBeNull();
    expect(await services.sessions.find(third.header)).not.toBeNull();
    now = now.add({ hours: 24 });
    expect(await services.sessions.find(third.header)).toBeNull();
  });

  test('that is over is kept no longer than until somebody signs in', async () => {
    let now = NOW;
    const panel = await startPanel({}, { engine, parts: { now: () => now } });
    await signIn(panel.services);
    now = now.add({ hours: 1 });
    const open = await signIn(panel.services);
    const ana = await invite(panel, 'ana@example.com');
    now = now.add({ hours: 23 });
    await openBrowser(panel).signIn('ana@example.com');
    const kept = await panel.services.store.db.selectFrom('sessions').select('user_id').execute();
    const people = kept.map(({ user_id }) => user_id);
    expect(people.toSorted()).toEqual([open.personId, ana].toSorted());
  });
});

test.each([undefined, '', 'panel.session_token=', 'panel.session_token=%E0%A4%A', 'a=b; c'])(
  'the cookies %j are nobody',
  async (header) => {
    const { services } = await startPanel();
    expect(await services.sessions.find(header)).toBeNull();
  },
);
