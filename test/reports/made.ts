import { randomUUID } from 'node:crypto';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import type { ChannelKind } from '../../src/deliveries/channel.ts';
import type { Lease } from '../../src/jobs/leases.ts';
import { addSchedule } from '../../src/reports/change-schedules.ts';
import { makeDueReports, type Waiting } from '../../src/reports/make-reports.ts';
import { findReport, listReports, type StoredReport } from '../../src/reports/report-rows.ts';
import type { Schedule, ScheduleFields } from '../../src/reports/schedule.ts';
import type { Services } from '../../src/services.ts';
import { testLease } from '../history/synced.ts';
import type { Panel } from '../support/panel.ts';

type WithServices = Pick<Panel, 'services'>;

/** A daily report at nine in Mexico City, of all accounts and to everybody, unless said otherwise. */
export async function schedule(
  { services }: WithServices,
  fields: Partial<ScheduleFields> = {},
): Promise<Schedule> {
  const added = await addSchedule(services, COMMAND_LINE, {
    id: randomUUID(),
    ...{ accountId: null, channelIds: null, isEnabled: true },
    ...{ cadence: 'daily', localTime: Temporal.PlainTime.from('09:00'), weekday: 1, monthDay: 1 },
    timezone: 'America/Mexico_City',
    ...fields,
  });
  if (!added) throw new Error('a schedule that is there already');
  return added;
}

/** One look at what is due. A drawing takes a second: most tests do without. */
export function makeReports(
  { services }: WithServices,
  { lease = testLease(), waiting = new Map() }: { lease?: Lease; waiting?: Waiting } = {},
  drawPng: (drawing: { svg: string; width: number }) => Promise<Buffer> = async () =>
    Buffer.from('PNG'),
): Promise<Temporal.Instant | null> {
  return makeDueReports({ ...services, drawPng }, lease, waiting);
}

/** All of them, the latest period first. */
export async function archive({ store }: Services): Promise<StoredReport[]> {
  const all = { cadence: null, accountId: null };
  const listed = await listReports(store.db, all, { offset: 0, limit: 1_000 });
  const found = await Promise.all(listed.map(({ id }) => findReport(store.db, id)));
  return found.flatMap((report) => report ?? []);
}

/** A place to send reports to. */
export async function channel(
  { services: { store } }: WithServices,
  id: string,
  {
    locale = 'es',
    isEnabled = true,
    kind = 'email',
  }: { locale?: string; isEnabled?: boolean; kind?: ChannelKind } = {},
): Promise<void> {
  const at = '2026-01-01T00:00:00.000Z';
  await store.db
    .insertInto('delivery_channels')
    .values({
      ...{
        id,
        name: `Canal ${id}`,
        kind,
        sealed_target: 'v1.a.b.c',
        hint: 'a…@example.com',
      },
      ...{ locale, is_enabled: isEnabled ? 1 : 0, version: 1, created_at: at, updated_at: at },
    })
    .execute();
}
