import * as faults from '../../src/demo/faults.ts';
import type { PlannedEvent } from '../../src/planner/planned-event.ts';
import { plannedEvent } from '../planner/events.ts';
import { test as exploredTest } from './explored.ts';
import { expect, expectAccessible, expectFits, NOW, PHONE } from './panel.ts';

interface Events {
  /** It takes place now. */
  running: PlannedEvent;
  /** It was yesterday. */
  ended: PlannedEvent;
}

const test = exploredTest.extend<Events>({
  running: async ({ panel }, use) => use(await plannedEvent(panel.services, 'futurelab')),
  ended: async ({ panel }, use) =>
    use(
      await plannedEvent(panel.services, 'futurelab', {
        start: NOW.subtract({ hours: 27 }),
        end: NOW.subtract({ hours: 20 }),
      }),
    ),
});

test.afterEach(({ panel }) => panel.fal.reset());

const liveOf = ({ id }: PlannedEvent) => `/admin/events/${id}/live`;
const closingOf = ({ id }: PlannedEvent) => `/admin/events/${id}/closing`;

test('the live page asks fal by itself, and keeps the last good numbers while fal is away', async ({
  page,
  fal,
  running,
}) => {
  await page.goto(liveOf(running));
  const live = page.locator('#live');
  await expect(live.locator('.badge')).toHaveText('en vivo');
  await expect(live.locator('[data-sentence]')).toContainText('terminará costando unos $');
  await expectAccessible(page);
  const spent = (await live.locator('.live-spent .figure').textContent()) ?? '';

  fal.fault(/./, faults.failWith(503), Infinity);
  await page.reload();
  await expect(live).toContainText('últimas cifras buenas');
  await expect(live.locator('.live-spent .figure')).toHaveText(spent);
  await expectAccessible(page);
});

test('on a wall screen all of it is in sight, and on paper it says of when it is', async ({
  page,
  running,
}) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.goto(liveOf(running));
  await expect(page.locator('#live .badge')).toHaveText('en vivo');
  const card = await page.locator('.live-card').boundingBox();
  expect((card?.y ?? 0) + (card?.height ?? 1080)).toBeLessThan(1080);
  await expectFits(page);
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText('(America/Mexico_City)')).toBeVisible();
});

test('an event is closed with the keyboard, corrected, and handed to the client', async ({
  page,
  ended,
}) => {
  await page.goto(liveOf(ended));
  await page.locator('[data-over]').getByRole('link', { name: 'Cerrar el evento' }).click();
  await page.getByLabel('Participantes que vinieron').fill('doscientos');
  await page.getByLabel('Precio cobrado').fill('900');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('Participantes que vinieron')).toHaveValue('doscientos');
  await expectAccessible(page);

  await page.getByLabel('Participantes que vinieron').fill('210');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toContainText('quedó cerrado');
  await expect(page.locator('[data-lessons], [data-suggested]').first()).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Precio cobrado').fill('950');
  await page.getByRole('button', { name: 'Guardar la corrección' }).click();
  await expect(page.getByText('$950.00').first()).toBeVisible();

  await page.getByRole('link', { name: 'Hoja para el cliente' }).click();
  const sheet = page.locator('.sheet');
  await expect(sheet).toContainText('$950.00');
  await expect(sheet).not.toContainText('Costo');
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Mostrar el costo de fal' }).click();
  await expect(sheet).toContainText('Costo de fal');

  const pdf = await page.pdf({ format: 'Letter' });
  // Each page of it is an object of that type.
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
});

test.describe('on a phone in the dark', () => {
  test.use({ ...PHONE, colorScheme: 'dark' });

  test('nothing is wider than the screen, in both languages, and all is accessible', async ({
    page,
    running,
    ended,
  }) => {
    for (const [language, live, closing] of [
      ['es', 'En vivo', 'Cierre'],
      ['en', 'Live', 'Closing'],
    ]) {
      await page.goto(`${liveOf(running)}?lang=${language}`);
      await expect(page.getByRole('heading', { level: 1 })).toContainText(live ?? '');
      await expect(page.locator('.badge.live')).toBeVisible();
      await expectFits(page);
      await expectAccessible(page);
      await page.goto(`${closingOf(ended)}?lang=${language}`);
      await expect(page.getByRole('heading', { level: 1 })).toContainText(closing ?? '');
      await expectFits(page);
      await expectAccessible(page);
      await page.goto(`${closingOf(ended)}/sheet`);
      await expectFits(page);
      await expectAccessible(page);
    }
  });
});

test.describe('with scripts off', () => {
  test.use({ javaScriptEnabled: false });

  test('fal is asked by a link, and the event is closed by its form', async ({
    page,
    running,
    ended,
  }) => {
    await page.goto(liveOf(running));
    await page.getByRole('link', { name: 'Preguntar a fal ahora' }).click();
    await expect(page.locator('#live .badge')).toHaveText('en vivo');
    await page.goto(closingOf(ended));
    await page.getByLabel('Participantes que vinieron').fill('180');
    await page.getByRole('button', { name: 'Cerrar el evento' }).click();
    await expect(page.getByRole('status')).toContainText('quedó cerrado');
  });
});
