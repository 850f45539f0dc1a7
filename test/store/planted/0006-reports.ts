import type { Rows } from './index.ts';

/** Rows as version 0006 kept them; this file changes no more than the migration does. */
export function rowsOf0006(): Rows {
  const at = '2026-03-08T15:00:00.000Z';
  return {
    report_schedules: [
      {
        id: 's1',
        account_id: 'a1',
        cadence: 'monthly',
        local_time: '09:00',
        timezone: 'America/Mexico_City',
        weekday: null,
        month_day: 31,
        channel_ids: '["c1"]',
        is_enabled: 1,
        from_at: at,
        version: 2,
        created_at: at,
        updated_at: at,
      },
    ],
    reports: [
      {
        id: 'r1',
        schedule_id: 's1',
        account_id: null,
        cadence: 'daily',
        first_day: '2026-03-07',
        end_day: '2026-03-08',
        timezone: 'America/Mexico_City',
        due_at: at,
        made_at: at,
        is_late: 0,
        summary: '{}',
        content: '{}',
      },
    ],
  };
}
