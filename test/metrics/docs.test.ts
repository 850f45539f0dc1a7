import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createToken } from '../../src/auth/tokens.ts';
import { COMPARISONS } from '../../src/overview/comparisons.ts';
import { syncOnce } from '../history/synced.ts';
import { NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { type Scraped, scrape } from './scrape.ts';

const read = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8');

/** An account of which everything is known, with credits that will expire unused. */
async function scrapeEverything(): Promise<{ scraped: Scraped; credits: CreditsAnswer }> {
  const panel = await startPanel();
  const { services, fal, http } = panel;
  await storeAccount(services, { slug: 'booth', name: 'Booth', key: fal.keys.admin });
  await syncOnce(panel, 'booth');
  const token = await createToken(services.store.db, NOW, {
    ...{ name: 'a program', role: 'operator', createdBy: 'a test', expiresAt: null },
  });
  const authorization = `Bearer ${token}`;
  await http
    .post('/api/v1/credits')
    .set('Authorization', authorization)
    .send({ amount: 5_000, at: '2026-03-01', expires_at: '2026-03-10' })
    .expect(201);
  const { body } = await http
    .get('/api/v1/credits?account=booth')
    .set('Authorization', authorization)
    .expect(200);
  return { scraped: await scrape(panel), credits: body.credits };
}

interface CreditsAnswer {
  expiring: { amount: number; expires_at: string }[];
}

/** Every expression of a dashboard, however deep. */
function expressions(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(expressions);
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) =>
    typeof value === 'string' && ['expr', 'query'].includes(name) ? [value] : expressions(value),
  );
}

const namesIn = (text: string) => [...new Set(text.match(/\bfal_\w+/g))].toSorted();

test('the list, the alerts and the dashboard name what there is, and the list all of it', async () => {
  const { scraped } = await scrapeEverything();
  const names = [...scraped.types.keys()].toSorted();
  const page = read('prometheus.md');
  const rows = [...page.matchAll(/^\| `(fal_\w+)` \|([^|]*)\|/gm)];
  expect(rows.map(([, name]) => name).toSorted()).toEqual(names);
  expect(namesIn(page).filter((name) => !names.includes(name))).toEqual([]);
  for (const [, name = '', labels = ''] of rows) {
    const [sample] = scraped.all(name);
    expect([name, Object.keys(sample?.labels ?? {}).sort()]).toEqual([
      name,
      labels.trim().split(', ').filter(Boolean).sort(),
    ]);
  }

  const dashboard = JSON.parse(read('grafana/fal-usage.json'));
  const asked = expressions(dashboard);
  expect(asked.length).toBeGreaterThan(20);
  expect(namesIn(asked.join('\n')).filter((name) => !names.includes(name))).toEqual([]);
  for (const [, name = '', selector = ''] of asked.join('\n').matchAll(/(fal_\w+)\{([^}]*)\}/g)) {
    const labels = [...selector.matchAll(/(\w+)=/g)].map(([, label]) => label);
    const known = Object.keys(scraped.all(name)[0]?.labels ?? {});
    expect([name, labels.filter((label) => !known.includes(label ?? ''))]).toEqual([name, []]);
    // Periods overlap.
    expect([name, labels.includes('period')]).toEqual([name, known.includes('period')]);
  }
  const period = dashboard.templating.list.find((each: { name: string }) => each.name === 'period');
  expect(period.query.split(',').toSorted()).toEqual(COMPARISONS.toSorted());
});

test('credits that will expire unused are those of the credits page', async () => {
  const { scraped, credits } = await scrapeEverything();
  const [expiring, ...more] = credits.expiring;
  if (!expiring) throw new Error('nothing expires');
  expect(more).toEqual([]);
  const labels = { account: 'booth' };
  expect(scraped.value('fal_account_credits_expiring_usd', labels)).toBe(expiring.amount);
  expect(scraped.value('fal_account_credits_next_expiry_timestamp_seconds', labels)).toBe(
    Temporal.Instant.from(expiring.expires_at).epochMilliseconds / 1000,
  );
});
