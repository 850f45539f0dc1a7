import { describe, expect, test } from 'vitest';
import { utcDayOf, utcDayStart } from '../../src/history/slots.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';
import { plantAccount, plantHours, plantSeries, plantWindows } from '../support/planted-history.ts';

const PATH = '/admin/settings';
const TODAY = utcDayOf(NOW);

/** Two accounts: one has usage of 900 days ago, of 500 days ago and of today, the other of today. */
async function panelWithHistory(engine: (typeof ENGINES)[number] = 'sqlite') {
  const panel = await startPanel({ DEFAULT_LOCALE: 'en' }, { engine });
  const { db } = panel.services.store;
  for (const [id, ages] of [
    ['a', [900, 500, 0]],
    ['b', [0]],
  ] as const) {
    await plantAccount(db, id);
    const days = ages.map((age) => TODAY - age);
    await plantWindows(db, id, days);
    const series = await plantSeries(db, id, 'fal-ai/flux/dev');
    const hours = days.flatMap((day) => [0, 1, 2].map((hour) => ({ day, hour })));
    await plantHours(
      db,
      series,
      hours.map(({ day, hour }) => ({ at: utcDayStart(day).add({ hours: hour }), cost: 1n })),
    );
  }
  return panel;
}

async function save(panel: Panel, historyDays: string, confirmed?: string) {
  const admin = await panel.as('admin');
  const { text } = await admin.get(PATH);
  return admin.post(PATH, {
    locale: '',
    timezone: '',
    refresh_seconds: '60',
    currency_display: 'symbol',
    history_days: historyDays,
    version: text.match(/name="version" value="([^"]*)"/)?.[1] ?? '',
    ...(confirmed !== undefined && { confirm_deletion: confirmed }),
  });
}

/** What the page says would be deleted. */
function deletion({ text }: { text: string }): string {
  const block = text.match(/<div[^>]* data-deletion>.*?<\/ul>/s)?.[0] ?? '';
  return block
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

async function jobs({ services }: Panel) {
  return services.store.db.selectFrom('jobs').select(['name', 'next_run_at']).execute();
}

describe.each(ENGINES)('how long usage is kept, on %s', (engine) => {
  test('is for ever, until an admin has seen what goes and said yes', async () => {
    const panel = await panelWithHistory(engine);
    expect(panel.services.settings.current().historyDays).toBe(null);
    const asked = await save(panel, '400');
    expect(asked.status).toBe(400);
    expect(asked.text).toContain('data-field="confirm_deletion"');
    expect(asked.text).toMatch(/value="400" checked/);
    expect(deletion(asked)).toBe(
      'This deletes for good the usage from Sep 20, 2023 to Jan 31, 2025 (UTC). ' +
        'Accounts: 1 Days, those of each account added up: 2 Rows by hour: 6',
    );
    expect([panel.services.settings.stored(), await jobs(panel)]).toEqual([{}, []]);

    expect((await save(panel, '400', '400')).status).toBe(303);
    expect(panel.services.settings.stored()).toEqual({ historyDays: 400 });
    expect(await jobs(panel)).toMatchObject([{ name: 'retention' }]);
    const [entry] = await panel.services.store.db
      .selectFrom('audit_entries')
      .select('detail')
      .where('action', '=', 'settings.changed')
      .execute();
    expect(JSON.parse(entry?.detail ?? '')).toEqual({
      before: { history_days: null },
      after: { history_days: 400 },
    });
  });

  test('is confirmed for what was seen: another choice is shown anew', async () => {
    const panel = await panelWithHistory(engine);
    const other = await save(panel, '800', '400');
    expect(other.status).toBe(400);
    expect(deletion(other)).toContain('Rows by hour: 3');
    expect(panel.services.settings.stored()).toEqual({});
  });
});

test('what deletes nothing needs no confirmation', async () => {
  const panel = await panelWithHistory();
  expect((await save(panel, '1200')).status).toBe(303);
  expect(panel.services.settings.stored()).toEqual({ historyDays: 1200 });
  expect(await jobs(panel)).toEqual([]);
});

test('keeping more is saved at once, as is what was confirmed before', async () => {
  const panel = await panelWithHistory();
  await save(panel, '400', '400');
  expect((await save(panel, '400')).status).toBe(303);
  expect((await save(panel, '800')).status).toBe(303);
  expect((await save(panel, 'all')).status).toBe(303);
  expect(panel.services.settings.stored()).toEqual({});
});
