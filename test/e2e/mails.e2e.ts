import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { mailOf } from '../../src/deliveries/formats/email.ts';
import { sampleDeliveries } from '../support/sample-deliveries.ts';

const WIDTHS = [320, 390, 700];

for (const [name, delivery] of Object.entries(sampleDeliveries())) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the mail "${name}" can be read by everybody, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme });
      await page.setContent(mailOf(delivery, 'example.com').html);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 600 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(wide).toBeLessThanOrEqual(width);
      }
      // A mail has no landmarks: its client does.
      const { violations } = await new AxeBuilder({ page })
        .disableRules(['region', 'landmark-one-main'])
        .analyze();
      expect(violations).toEqual([]);
    });
  }
}

test('a mail without its pictures says in words what they show', async ({ page }) => {
  const { report } = sampleDeliveries();
  await page.setContent(mailOf(report, 'example.com').html);
  await expect(page.getByRole('img')).toHaveAccessibleName(/Costo por hora/);
});
