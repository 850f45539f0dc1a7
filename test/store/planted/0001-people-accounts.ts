import type { Engine } from '../../../src/store/engine.ts';
import type { Rows } from './index.ts';

/** Rows as version 0001 kept them; this file changes no more than the migration does. */
export function rowsOf0001(engine: Engine): Rows {
  const [yes, no] = engine === 'postgres' ? [true, false] : [1, 0];
  const at = '2026-03-08T03:20:30.500Z';
  const times = { created_at: at, updated_at: at };
  return {
    people: [
      {
        id: 'ana',
        name: 'Ana Ñandú 🐦',
        email: 'ana@example.com',
        email_verified: yes,
        image: null,
        role: 'admin',
        deactivated: no,
        two_factor_enabled: yes,
        ...times,
      },
    ],
    sessions: [
      {
        id: 's1',
        token: 'an HMAC',
        user_id: 'ana',
        expires_at: at,
        ip_address: '192.0.2.1',
        user_agent: 'Firefox',
        ...times,
      },
    ],
    sign_in_methods: [
      {
        id: 'm1',
        account_id: 'ana',
        provider_id: 'credential',
        user_id: 'ana',
        password: 'a hash',
        ...times,
      },
    ],
    verifications: [{ id: 'v1', identifier: 'hashed', value: 'v', expires_at: at, ...times }],
    second_factors: [
      {
        id: 'f1',
        user_id: 'ana',
        secret: 'encrypted',
        backup_codes: 'encrypted',
        verified: yes,
        failed_verification_count: 2,
        locked_until: null,
      },
    ],
    one_time_links: [
      {
        token_hash: 'a hash',
        purpose: 'reset',
        email: 'ana@example.com',
        name: null,
        role: null,
        person_id: 'ana',
        created_by: 'ana@example.com',
        created_at: at,
        expires_at: at,
      },
    ],
    sign_in_failures: [{ id: 'x1', subject: 'hashed', at }],
    api_tokens: [
      {
        id: 't1',
        name: 'booth',
        token_hash: 'a hash',
        hint: 'wxyz',
        role: 'viewer',
        created_by: 'ana@example.com',
        created_at: at,
        expires_at: null,
        last_used_at: at,
        revoked_at: null,
      },
    ],
    fal_accounts: [
      {
        id: 'a1',
        slug: 'main',
        name: 'Main',
        note: "'; drop table people; --",
        timezone: 'America/Mexico_City',
        color: 3,
        sealed_key: 'v1.nonce.tag.text',
        key_hint: 'abcd',
        is_default: 1,
        version: 7,
        ...times,
      },
      {
        id: 'a2',
        slug: 'other',
        name: 'Other',
        note: '',
        timezone: 'UTC',
        color: 1,
        sealed_key: 'v1.nonce.tag.text',
        key_hint: 'efgh',
        is_default: null,
        version: 1,
        ...times,
      },
    ],
    settings: [{ name: 'locale', value: 'es', updated_at: at }],
    audit_entries: [
      {
        id: 'e1',
        at,
        actor: 'ana@example.com',
        actor_kind: 'person',
        action: 'session.started',
        target: null,
        address: '192.0.2.1',
        detail: '{"second_factor":true}',
      },
    ],
  };
}
