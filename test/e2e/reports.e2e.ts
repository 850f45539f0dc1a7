import type { Page } from '@playwright/test';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { planEvent } from '../../src/planner/change-events.ts';
import { readEvent } from '../../src/planner/event-request.ts';
import { type Cadence, periodBefore } from '../../src/reports/period.ts';
import { readReport } from '../../src/reports/read-report.ts';
import { insertReport } from '../../src/reports/report-rows.ts';
import { syncOnce } from '../history/synced.ts';
import { channel } from '../reports/made.ts';
import {
  addAccount,
  expect,
  expectAccessible,
  expectFits,
  forgetAccounts,
  NOW,
  PHONE,
  type signInTo,
  test,
} from './panel.ts';

// Reports and schedules are seen by every test of this file.
test.describe.configure({ mode: 'serial' });
type PanelFixture = Parameters<typeof signInTo>[1];

const ZONE = 'America/Mexico_City';

async function forgetAll(panel: PanelFixture): Promise<void> {
  const { db } = panel.services.store;
  for (const table of ['reports', 'report_schedules', 'deliveries', 'delivery_channels'] as const) {
    await db.deleteFrom(table).execute();
  }
  await forgetAccounts(panel);
}

test.beforeEach(({ panel }) => forgetAll(panel));
test.afterAll(({ panel }) => forgetAll(panel));

/** Two accounts, an event, and a report of each cadence of both together. */
async function keepReports(panel: PanelFixture): Promise<Record<Cadence, string>> {
  const { services } = panel;
  const account = await addAccount(panel, 'Cabinas');
  await syncOnce(panel, account.slug);
  const other = await addAccount(panel, 'Otra cuenta con un nombre más bien largo');
  await syncOnce(panel, other.slug);
  const event = {
    ...{ name: 'Boda de Ana y Luis', venue: 'Hacienda San José', participants: 300 },
    ...{ starts_at: '2026-03-14T20:00', ends_at: '2026-03-15T02:00' },
  };
  await planEvent(
    services,
    COMMAND_LINE,
    account.id,
    readEvent(event, { timezone: ZONE, now: NOW }),
  );
  const today = NOW.toZonedDateTimeISO(ZONE).toPlainDate();
  const ids: Record<string, string> = {};
  for (const cadence of ['daily', 'weekly', 'monthly'] as const) {
    const period = periodBefore(cadence, today, ZONE);
    const report = await readReport(
      services,
      { period, account: null },
      AbortSignal.timeout(30_000),
    );
    const isLate = cadence === 'weekly';
    ids[cadence] = `report-${cadence}`;
    const stored = { id: `report-${cadence}`, scheduleId: 's', dueAt: NOW, isLate, report };
    await insertReport(services.store.db, stored, null);
  }
  return ids as Record<Cadence, string>;
}

const open = (page: Page, path: string) => page.goto(`/futurelab_ai/admin/reports${path}`);

for (const scripts of [false, true]) {
  test.describe(scripts ? 'with scripts' : 'scripts off', () => {
    test.use({ javaScriptEnabled: scripts });

    test('a report is scheduled, changed, switched off and deleted', async ({ page, panel }) => {
      await addAccount(panel, 'Cabinas');
      await channel(panel, 'c1');
      await open(page, '');
      await expect(page.getByText('Todavía no hay reportes')).toBeVisible();
      await page.getByRole('main').getByRole('link', { name: 'Programar un reporte' }).click();
      await expect(page.getByLabel('Día de la semana')).toBeHidden();
      await page.getByLabel('Cada cuándo').selectOption('weekly');
      await page.getByLabel('Día de la semana').selectOption({ label: 'martes' });
      await page.getByLabel('Hora', { exact: true }).fill('08:30');
      await page.getByLabel(/Solo a los que elija/).check();
      await page.getByLabel(/Canal c1/).check();
      if (scripts) await expectAccessible(page);
      await page.getByRole('button', { name: 'Guardar' }).click();
      await expect(page.getByRole('status')).toContainText('La programación quedó guardada');
      const listed = page.locator('[data-schedule]');
      await expect(listed).toContainText(`Cada martes a las 08:30 (${ZONE})`);
      await expect(listed).toContainText('A Canal c1');
      await expect(listed).toContainText('mar 10 de mar, 08:30');

      await page.getByRole('link', { name: /^Editar/ }).click();
      await page.getByLabel('Activa').uncheck();
      await page.getByRole('button', { name: 'Guardar' }).click();
      await expect(listed).toContainText('Apagada');
      await page.getByRole('link', { name: /^Eliminar/ }).click();
      await page.getByLabel('Sí, eliminar esta programación').check();
      await page.getByRole('button', { name: 'Eliminar' }).click();
      await expect(page.getByText('Nada está programado')).toBeVisible();
    });

    test('the archive leads to each report in full, and to its files', async ({ page, panel }) => {
      await keepReports(panel);
      await open(page, '');
      await expect(page.locator('[data-report]')).toHaveCount(3);
      await page.getByRole('link', { name: 'Diario', exact: true }).click();
      await expect(page.locator('[data-report]')).toHaveCount(1);
      await page.getByRole('link', { name: '6 mar 2026' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(
        'Reporte diario · 6 mar 2026',
      );
      await expect(page.locator('svg.chart-wide')).toBeVisible();
      await expect(page.locator('.report-events')).toContainText('Boda de Ana y Luis');
      const saved = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Descargar CSV' }).click();
      expect((await saved).suggestedFilename()).toBe('fal-daily-report-2026-03-06.csv');
    });
  });
}

test('today so far is shown, and says that it is not over', async ({ page, panel }) => {
  await keepReports(panel);
  await open(page, '');
  await page.getByRole('link', { name: 'Ver hoy hasta ahora' }).click();
  await expect(page.locator('[data-report="today"]')).toContainText('El período no ha terminado.');
  await expectAccessible(page);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const locale of ['es-MX', 'en-US']) {
    test.describe(`${colorScheme} ${locale}`, () => {
      test.use({ colorScheme, locale });

      test('every page is accessible and fits', async ({ page, panel }) => {
        const ids = await keepReports(panel);
        for (const path of ['', `/${ids.daily}`, '/schedules/new']) {
          await open(page, path);
          await expectAccessible(page);
          await expectFits(page);
          await shoot(page, `${colorScheme}-${locale.slice(0, 2)}${path.replaceAll('/', '-')}`);
        }
      });
    });
  }
}

/** As narrow as a page must do without being moved sideways. */
const NARROW = { width: 320, height: 800 };

test.describe('on a phone', () => {
  test.use(PHONE);

  test('everything fits', async ({ page, panel }) => {
    const ids = await keepReports(panel);
    for (const path of ['', `/${ids.weekly}`, '/schedules/new']) {
      await open(page, path);
      await expectFits(page);
      await expectAccessible(page);
      await shoot(page, `phone${path.replaceAll('/', '-')}`);
      await page.setViewportSize(NARROW);
      await expectFits(page);
      await page.setViewportSize(PHONE.viewport);
    }
  });
});

test('a report is printed as a document: with its chart and without the panel around it', async ({
  page,
  panel,
}) => {
  const ids = await keepReports(panel);
  // An A4 sheet with these margins, at 96 pixels an inch.
  await page.setViewportSize({ width: 688, height: 1017 });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  for (const id of [ids.daily, ids.weekly]) {
    await open(page, `/${id}`);
    await expect(page.locator('svg.chart-wide, svg.chart-narrow').first()).toBeAttached();
    await expect(page.locator('.report-panel')).toBeVisible();
    await expect(page.locator('.report-head')).toContainText('Todas las cuentas');
    await expect(page.getByText(`hora de ${ZONE}`)).toBeVisible();
    for (const gone of ['#menu', '.back', '.page-actions', '.report details', 'footer']) {
      await expect(page.locator(gone).first()).toBeHidden();
    }
    await expectFits(page);
    await shoot(page, `print-${id}`);
    for (const format of ['A4', 'Letter'] as const) {
      const pdf = (await page.pdf({ format, preferCSSPageSize: false })).toString('latin1');
      const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
      expect(pages, format).toBeLessThanOrEqual(3);
    }
  }
});

/** For whoever wants to see them. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
