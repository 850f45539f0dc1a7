import type { Rows } from './index.ts';

/** Rows as version 0007 kept them; this file changes no more than the migration does. */
export function rowsOf0007(): Rows {
  const at = '2026-03-08T03:20:30.500Z';
  const token = {
    name: 'Intranet',
    hint: 'x1y2',
    locale: 'es',
    created_by: 'ana@example.com',
    created_at: at,
  };
  return {
    embed_tokens: [
      {
        ...token,
        id: 'w1',
        account_id: 'a1',
        token_hash: 'hash-1',
        shows: '["amounts","runway","event"]',
        frame_origins: '["https://intranet.example.com"]',
        expires_at: '2027-03-08T03:20:30.500Z',
        last_used_at: at,
        revoked_at: at,
      },
      {
        ...token,
        id: 'w2',
        account_id: null,
        token_hash: 'hash-2',
        shows: '[]',
        frame_origins: null,
        expires_at: null,
        last_used_at: null,
        revoked_at: null,
      },
    ],
  };
}
