import type { Engine } from '../../../src/store/engine.ts';
import type { Rows } from './index.ts';

/** Rows as version 0002 kept them; this file changes no more than the migration does. */
export function rowsOf0002(engine: Engine): Rows {
  const big = (digits: string) => (engine === 'postgres' ? digits : Number(digits));
  const at = '2026-03-08T03:20:30.500Z';
  const measures = {
    cost: big('9000000000000001'),
    units: big('12000000000'),
    unit_nanos: big('225000000'),
    requests: big('45'),
    successes: big('44'),
    failures: big('1'),
    timed: big('45'),
    p50_ms: big('90000'),
    p95_ms: big('180000'),
  };
  return {
    jobs: [
      {
        name: 'sync:a1',
        next_run_at: at,
        holder: 'somebody',
        lease_until: at,
        last_started_at: at,
        last_ended_at: null,
        failures: 2,
      },
    ],
    account_syncs: [
      {
        account_id: 'a1',
        is_paused: 1,
        backfill_from: 20400,
        last_success_at: at,
        last_error_code: 'fal_unavailable',
        last_error_at: at,
        round_started_at: at,
        round_days: 90,
        round_days_done: 12,
        round_rows: 3456,
      },
    ],
    sync_windows: [
      {
        account_id: 'a1',
        day: 20520,
        slot_minutes: 60,
        read_at: at,
        changed_at: at,
        is_final: 1,
        is_stale: 0,
        is_complete: 1,
        is_forgotten: 1,
        uncounted: '["fal-ai/fast-sdxl"]',
        zones: ',1,',
      },
    ],
    usage_zones: [{ id: 1, name: 'America/Mexico_City' }],
    usage_series: [
      {
        id: 7,
        scope: 'account',
        measure: 'billed',
        account_id: 'a1',
        endpoint_id: 'fal-ai/fast-sdxl',
        unit: 'images',
        unit_price: big('5000000'),
        percent_discount: 12.5,
        currency: 'USD',
        auth_detail: 'Cabina 1',
        api_key_id: 'key-1',
        username: null,
        by_account_id: 8,
        by_endpoint_id: 9,
        identity: '["account","billed","a1"]',
      },
    ],
    usage_slots: [{ series_id: 7, slot: 29548980, ...measures }],
    usage_days: [{ series_id: 7, zone_id: 1, day: 20520, ...measures }],
    balance_samples: [
      {
        account_id: 'a1',
        from_at: at,
        until_at: at,
        balance: big('24500000000'),
        currency: 'USD',
        reason: null,
      },
    ],
    model_prices: [
      {
        endpoint_id: 'fal-ai/fast-sdxl',
        from_at: at,
        until_at: at,
        unit: 'images',
        unit_price: big('5000000'),
        currency: 'USD',
      },
    ],
    reconciliations: [
      {
        account_id: 'a1',
        day: '2026-03-07',
        checked_at: at,
        local_cost: big('225000000'),
        fal_cost: big('230000000'),
        events_cost: null,
        events_reason: 'fal_unavailable',
        cause: 'late_rows',
        repaired_at: at,
      },
    ],
  };
}
