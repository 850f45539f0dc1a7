import type { Engine } from '../../../src/store/engine.ts';
import type { Rows } from './index.ts';

/** Rows as version 0005 kept them; this file changes no more than the migration does. */
export function rowsOf0005(engine: Engine): Rows {
  const big = (digits: string) => (engine === 'postgres' ? digits : Number(digits));
  const at = '2026-03-08T03:20:30.500Z';
  const later = '2026-03-08T05:20:30.500Z';
  return {
    delivery_channels: [
      {
        id: 'c1',
        name: 'Guardia',
        kind: 'email',
        sealed_target: 'v1.a.b.c',
        hint: 'a…@example.com',
        locale: 'es',
        is_enabled: 1,
        version: 1,
        created_at: at,
        updated_at: at,
      },
    ],
    deliveries: [
      {
        id: 'd1',
        channel_id: 'c1',
        channel_name: 'Guardia',
        channel_kind: 'email',
        source_kind: 'incident',
        source_id: 'i1',
        occasion: 'i1 opened',
        content: '{}',
        state: 'sent',
        created_at: at,
        next_attempt_at: at,
        first_attempt_at: at,
        attempts: 1,
        last_error: null,
        ended_at: later,
      },
    ],
    alert_rules: [
      {
        id: 'r1',
        account_id: 'a1',
        kind: 'spend_above',
        name: 'Más de 5 al día',
        params: '{"amount":"5","period":"today"}',
        severity: 'warning',
        channel_ids: '["c1"]',
        quiet_from: '22:00',
        quiet_until: '07:00',
        remind_hours: 24,
        is_enabled: 1,
        version: 2,
        created_at: at,
        updated_at: later,
      },
    ],
    incidents: [
      {
        id: 'i1',
        rule_id: 'r1',
        account_id: 'a1',
        kind: 'spend_above',
        rule_name: 'Más de 5 al día',
        subject: '2026-03-08',
        nature: 'state',
        cause: 'spend',
        severity: 'warning',
        state: 'resolved',
        facts: '{}',
        latest_facts: '{}',
        opened_at: at,
        seen_at: at,
        acknowledged_at: at,
        acknowledged_by: 'ana@example.com',
        resolved_at: later,
        told_at: at,
        told_with: 'i1',
      },
    ],
    incident_entries: [
      { incident_id: 'i1', number: 1, at, what: 'opened', actor: null, facts: '{}' },
    ],
    charge_watches: [
      { account_id: 'a1', looked_until: at, looked_at: later, error_code: 'fal_unavailable' },
    ],
    usual_charges: [
      { account_id: 'a1', endpoint_id: 'fal-ai/flux/dev', costs: '["5000000","5000000"]' },
    ],
    costly_charges: [
      {
        account_id: 'a1',
        request_id: 'q1',
        endpoint_id: 'fal-ai/flux/dev',
        at,
        found_at: later,
        cost: big('40500000000001'),
        usual_cost: big('500000000'),
      },
    ],
    refusals: [
      {
        account_id: 'a1',
        from_at: at,
        until_at: later,
        times: 3,
        asked: 'usage',
        kind: 'exhausted_balance',
        status: 403,
        said: 'User is locked.',
      },
    ],
  };
}
