import type { Engine } from '../../../src/store/engine.ts';
import type { Rows } from './index.ts';

/** Rows as version 0004 kept them; this file changes no more than the migration does. */
export function rowsOf0004(engine: Engine): Rows {
  const big = (digits: string) => (engine === 'postgres' ? digits : Number(digits));
  const at = '2026-03-08T03:20:30.500Z';
  return {
    planned_events: [
      {
        id: 'p1',
        account_id: 'a1',
        name: 'Boda',
        venue: 'Hacienda',
        client: 'Ana',
        note: 'dos cabinas',
        starts_at: at,
        ends_at: '2026-03-08T08:20:30.500Z',
        timezone: 'America/Mexico_City',
        participants: 300,
        outputs_per_participant: big('1500000000'),
        allowance_percent: big('10000000000'),
        margin_percent: big('20000000000'),
        price_per_output: big('5000000'),
        peak_participants: 90,
        concurrency: 2,
        api_key_ids: '["k1"]',
        price_charged: big('9000000000000001'),
        participants_came: 280,
        closed_at: at,
        version: 3,
        created_at: at,
        updated_at: at,
      },
    ],
    planned_event_models: [
      {
        event_id: 'p1',
        position: 0,
        endpoint_id: 'fal-ai/flux/dev',
        share: big('100000000000'),
        units_per_output: null,
      },
    ],
  };
}
