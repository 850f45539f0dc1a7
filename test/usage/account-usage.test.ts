import { describe, expect, test } from 'vitest';
import * as faults from '../../src/demo/faults.ts';
import { toJsonNumber } from '../../src/money.ts';
import { syncOnce } from '../history/synced.ts';
import { stoppedClock } from '../support/clock.ts';
import { NOW, type Panel, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

/** A panel whose copy is up to date, and whose clock is two hours further on. */
async function panelWithCopy() {
  const clock = stoppedClock();
  const panel = await startPanel(
    { BACKFILL_DAYS: '9' },
    { parts: { now: clock.now }, simulator: { now: clock.now } },
  );
  const { admin } = panel.fal.keys;
  await storeAccount(panel.services, { slug: 'main', name: 'Main', key: admin, isDefault: true });
  await syncOnce(panel, 'main');
  return { panel, clock };
}

function away(panel: Panel): void {
  panel.fal.fault(/./, faults.failWith(503));
}

/** Asks with the stored key, as a page of the panel does. */
async function askAsViewer(panel: Panel, body: Record<string, string>) {
  const viewer = await panel.as('viewer');
  return panel.http
    .post('/api/config/falai-usage')
    .set('Cookie', viewer.header)
    .set('Sec-Fetch-Site', 'same-origin')
    .send(body);
}

describe('while fal is away', () => {
  test('a stored account is answered from the copy, which says so and since when', async () => {
    const { panel, clock } = await panelWithCopy();
    clock.forward({ hours: 2 });
    away(panel);
    const { body, status } = await askAsViewer(panel, { end_date: NOW.toString() });
    expect([status, body.ok]).toEqual([200, true]);
    // Whole hours, by which the copy is kept.
    const truth = panel.fal.truth({
      start: Temporal.Instant.from('2026-03-07T03:00:00Z'),
      end: NOW,
    });
    expect(truth.costNano).toBeGreaterThan(0n);
    expect(body.usage).toMatchObject({
      total_cost: toJsonNumber(truth.costNano),
      total_requests: truth.count,
      start: '2026-03-06T21:00:00-06:00',
      source: 'local_copy',
      source_reason: 'fal_unavailable',
      as_of: '2026-03-07T21:20:30.5-06:00',
      account: 'main',
      balance_as_of: '2026-03-07T21:20:30.5-06:00',
    });
    expect(body.usage.balance).toBeGreaterThan(0);
    expect(body.message).toMatch(/copia local/);
  });

  test('hours after the last reading are unknown, and the sum is a lower bound', async () => {
    const { panel, clock } = await panelWithCopy();
    clock.forward({ hours: 3 });
    away(panel);
    const { body } = await askAsViewer(panel, {});
    expect(body.usage).toMatchObject({ partial: true, partial_reason: 'days_not_read' });
    expect(body.usage.series.slice(-3).map(({ cost }: { cost: unknown }) => cost)).toEqual([
      null,
      null,
      null,
    ]);
  });

  test('the page shows the copy with its age, and still no key', async () => {
    const { panel, clock } = await panelWithCopy();
    clock.forward({ hours: 2 });
    away(panel);
    const viewer = await panel.as('viewer');
    const page = await viewer.post('/admin/config/usage', { period: '24h' });
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/copia local/);
    expect(page.text).toMatch(/hace 2 h/);
    expect(page.text).not.toContain(panel.fal.keys.admin);
  });

  test('the last known balance stands beside an answer without one', async () => {
    const { panel } = await panelWithCopy();
    panel.fal.fault('/account/billing', faults.failWith(503));
    const operator = await panel.as('operator');
    for (const button of ['usage', 'test']) {
      const { text } = await operator.post(`/admin/config/${button}`, { period: '24h' });
      const card = text.slice(text.indexOf('id="credits"')).replace(/<[^>]*>/g, ' ');
      const words = card.replace(/\s+/g, ' ');
      expect(words).toMatch(/Último saldo conocido \$[\d.,]+ Leído \S+ .*· 7 mar 2026/);
      expect(words).toContain('fal no respondió a la pregunta por el saldo.');
    }
  });

  test('a key of one’s own has no copy: the failure is the answer', async () => {
    const { panel } = await panelWithCopy();
    away(panel);
    const { body, status } = await panel.http
      .post('/api/config/falai-usage')
      .send({ api_key: panel.fal.keys.admin });
    expect([status, body.code]).toEqual([503, 'fal_unavailable']);
  });

  test.each([
    ['of which nothing was read', { start_date: '2025-11-01', end_date: '2025-11-02' }],
    ['after the last reading', { start_date: NOW.add({ hours: 1 }).toString() }],
    ['in a zone whose hours are not kept', { timezone: 'Asia/Kolkata' }],
  ])('a period %s has no copy either', async (_, period) => {
    const { panel, clock } = await panelWithCopy();
    clock.forward({ hours: 3 });
    away(panel);
    const { body, status } = await askAsViewer(panel, period);
    expect([status, body.code]).toEqual([503, 'fal_unavailable']);
  });
});

test('what fal says of the key is its answer, whatever the copy knows', async () => {
  const { panel } = await panelWithCopy();
  panel.fal.fault(/./, faults.failWith(401));
  const { body } = await askAsViewer(panel, {});
  expect(body.code).toBe('invalid_api_key');
});

test('the copy and fal itself say the same of whole hours', async () => {
  const { panel } = await panelWithCopy();
  const ask = () => askAsViewer(panel, { start_date: '2026-03-05', end_date: '2026-03-06' });
  const live = await ask();
  away(panel);
  const copy = await ask();
  const {
    source: _,
    source_reason: __,
    as_of: ___,
    balance_as_of: ____,
    ...said
  } = copy.body.usage;
  expect(live.body.usage).toMatchObject(said);
});
