import { invite } from '../../src/auth/invitations.ts';
import { expect, expectAccessible, expectFits, test } from './panel.ts';

const ADMIN = {
  kind: 'person',
  name: 'una-direccion-muy-larga@example.com',
  address: null,
} as const;

test('on a phone the pages of people fit the screen, and buttons are large enough for a thumb', async ({
  page,
  panel,
}) => {
  const link = await invite(panel.services, ADMIN, {
    email: 'alguien.con.una.direccion.que.no.termina@un-dominio-bastante-largo.example.com',
    name: 'Un nombre de los que llenan la línea y siguen',
    role: 'operator',
  });
  for (const path of ['/admin/people', '/admin/tokens', link, '/admin/setup']) {
    await page.goto(path);
    await expectFits(page);
    const heights = await page
      .locator('main :is(button, a.button, input:not([type=hidden], [type=radio]), .choices label)')
      .evaluateAll((all) =>
        all.filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect().height),
      );
    expect(heights.length).toBeGreaterThan(0);
    expect([path, Math.min(...heights) >= 43.5]).toEqual([path, true]);
    await expectAccessible(page);
  }
});
