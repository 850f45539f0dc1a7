import { createToken } from '../../src/auth/tokens.ts';
import type { Role } from '../../src/auth/viewer.ts';
import type { PlannedEvent } from '../../src/planner/planned-event.ts';
import { syncOnce } from '../history/synced.ts';
import { stoppedClock } from '../support/clock.ts';
import { NOW, type Panel, type PanelOptions, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { plannedEvent } from './events.ts';

/** The panel, whose accounts are read for twelve days. */
export function startPlanner(options: PanelOptions = {}): Promise<Panel> {
  return startPanel({ BACKFILL_DAYS: '12' }, options);
}

/** The account with traffic, as `booth`. */
export async function storeBooth(panel: Panel, { isSynced = true } = {}): Promise<void> {
  await storeAccount(panel.services, {
    slug: 'booth',
    name: 'Booth',
    key: panel.fal.keys.admin,
    isDefault: true,
  });
  if (isSynced) await syncOnce(panel, 'booth');
}

/** An hour before a planned event of `booth`, whose clock stands still. */
export async function startEvening(
  fields: Parameters<typeof plannedEvent>[2] = {},
  engine: PanelOptions['engine'] = 'sqlite',
): Promise<{ clock: ReturnType<typeof stoppedClock>; panel: Panel; event: PlannedEvent }> {
  const clock = stoppedClock(Temporal.Instant.from('2026-03-07T23:00Z'));
  const { now } = clock;
  const panel = await startPlanner({ parts: { now }, simulator: { now }, engine });
  await storeBooth(panel);
  return { clock, panel, event: await plannedEvent(panel.services, 'booth', fields) };
}

/** A program that asks about planned events with a new token of that role. */
export async function programOf(panel: Panel, role: Role) {
  const token = await createToken(panel.services.store.db, NOW, {
    name: `a ${role}`,
    role,
    createdBy: 'a test',
    expiresAt: null,
  });
  const authorized = { Authorization: `Bearer ${token}` };
  const path = '/api/v1/planned-events';
  const { http } = panel;
  return {
    get: (rest = '') => http.get(path + rest).set(authorized),
    post: (body: object) => http.post(path).set(authorized).send(body),
    check: (body: object) => http.post(`${path}/check`).set(authorized).send(body),
    put: (id: string, body: object) => http.put(`${path}/${id}`).set(authorized).send(body),
    delete: (id: string) => http.delete(`${path}/${id}`).set(authorized),
  };
}

/** What a person reads of a page, from there on. */
export function wordsOf(html: string, from = '<main'): string {
  return html
    .slice(html.indexOf(from))
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}
