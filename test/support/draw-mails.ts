import { mkdirSync, writeFileSync } from 'node:fs';
import { type Browser, chromium } from '@playwright/test';
import { mailOf } from '../../src/deliveries/formats/email.ts';
import type { MessageImage } from '../../src/deliveries/message.ts';
import { findChromium } from './chromium.ts';
import { DOT, sampleDeliveries } from './sample-deliveries.ts';

/** What people read mails on, in CSS pixels. */
const WIDTHS = { phone: 390, desktop: 700 };
/** Drawn once a device; the others in light and in dark. */
const SHORT = 'resolved';
const FOLDER = new URL('../../docs/images/mails/', import.meta.url);

/** Draws the sample mails as a browser shows them, for docs/deliveries.md: `npm run mails`. */
async function drawMails(browser: Browser): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const samples = sampleDeliveries(await chart(browser));
  for (const [name, delivery] of Object.entries(samples)) {
    const { html, image } = mailOf(delivery, 'example.com');
    const shown = image
      ? html.replace(`cid:${image.cid}`, `data:image/png;base64,${image.png.toString('base64')}`)
      : html;
    for (const [device, width] of Object.entries(WIDTHS)) {
      for (const colorScheme of ['light', 'dark'] as const) {
        if (name === SHORT && (device === 'phone') !== (colorScheme === 'dark')) continue;
        const page = await browser.newPage({ viewport: { width, height: 300 }, colorScheme });
        await page.setContent(shown);
        const png = await page.screenshot({ fullPage: true });
        writeFileSync(new URL(`${name}-${device}-${colorScheme}.png`, FOLDER), png);
        await page.close();
      }
    }
  }
}

/** A chart like that of a report, on white as every picture in a mail. */
async function chart(browser: Browser): Promise<MessageImage> {
  const { width, height } = DOT;
  const hours = [2, 1, 3, 5, 4, 6, 9, 14, 17, 20, 18, 11];
  const bars = hours.map((cost, index) => {
    const tall = cost * 8;
    const x = 44 + index * 44;
    return `<rect x="${x}" y="${height - 30 - tall}" width="32" height="${tall}" fill="#4477c8"/>
<text x="${x + 16}" y="${height - 12}" text-anchor="middle">${10 + index}</text>`;
  });
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 2 });
  await page.setContent(`<style>body{margin:0}text{font:12px sans-serif;fill:#5b6272}</style>
<svg width="${width}" height="${height}" style="display:block;background:#fff">
<text x="2" y="32">$2.05</text><text x="2" y="${height - 30}">$0</text>${bars.join('')}</svg>`);
  const png = await page.screenshot();
  await page.close();
  return { ...DOT, png: png.toString('base64') };
}

const browser = await chromium.launch({
  executablePath: findChromium() ?? '',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
});
await drawMails(browser);
await browser.close();
