import type { Engine } from '../../../src/store/engine.ts';
import type { Rows } from './index.ts';

/** Rows as version 0003 kept them; this file changes no more than the migration does. */
export function rowsOf0003(engine: Engine): Rows {
  const big = (digits: string) => (engine === 'postgres' ? digits : Number(digits));
  const at = '2026-03-08T03:20:30.500Z';
  return {
    credit_entries: [
      {
        account_id: 'a1',
        entry_id: 'e1',
        revision: 1,
        kind: 'purchase',
        amount: big('9000000000000001'),
        currency: 'USD',
        at,
        expires_at: '2027-03-08T03:20:30.500Z',
        note: 'tarjeta',
        is_void: 0,
        source: 'proposal',
        seen_after: at,
        recorded_at: at,
        recorded_by: 'ana@example.com',
      },
    ],
    dismissed_top_ups: [
      { account_id: 'a1', seen_after: at, dismissed_at: at, dismissed_by: 'ana@example.com' },
    ],
  };
}
