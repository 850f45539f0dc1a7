import { expect, test } from 'vitest';
import { startPanel } from '../support/panel.ts';

const SECRET = 'planted-password';

test('what better-auth logs has the message and stack of an error, and nothing that hangs on it', async () => {
  const panel = await startPanel();
  const { logger } = await (await panel.services.betterAuth()).$context;
  const cause = Object.assign(new Error('the cause'), { parameters: [SECRET] });
  const error = Object.assign(new Error('no such row', { cause }), {
    code: 'E_ROW',
    body: { password: SECRET },
  });
  logger.error('could not read', { password: SECRET }, error);
  expect(panel.logged()).toContain('"by":"better-auth"');
  expect(panel.logged()).toMatch(/no such row.*"code":"E_ROW".*the cause/s);
  expect(panel.logged()).not.toContain(SECRET);
});
