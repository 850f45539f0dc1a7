import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

function mistakes(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

test('nothing set is a panel on this machine alone, asking fal itself', () => {
  expect(readConfig({})).toEqual({
    port: 3000,
    host: '127.0.0.1',
    basePath: '',
    publicUrl: null,
    trustProxy: false,
    dataDir: './data',
    databaseUrl: null,
    appSecret: null,
    newAppSecret: null,
    firstAdmin: null,
    oidc: null,
    falKey: null,
    falApiBaseUrl: 'https://api.fal.ai/v1',
    falTimeoutMs: 20_000,
    rateLimitPerMinute: 30,
    corsOrigins: [],
    mail: null,
    deliveryAllowNetworks: [],
    syncIntervalSeconds: 300,
    backfillDays: 90,
    settleHours: 72,
    defaultLocale: 'es',
    defaultTimezone: new Intl.DateTimeFormat('en').resolvedOptions().timeZone,
    logLevel: 'info',
  });
});

test('an empty variable counts as unset', () => {
  expect(readConfig({ PORT: '', BASE_PATH: ' ' })).toMatchObject({ port: 3000, basePath: '' });
});

test.each([
  [{ BASE_PATH: '/futurelab_ai/' }, { basePath: '/futurelab_ai' }],
  [
    { CORS_ORIGINS: 'https://a.example, http://b.example:8080' },
    { corsOrigins: ['https://a.example', 'http://b.example:8080'] },
  ],
  [{ TRUST_PROXY: '2' }, { trustProxy: 2 }],
  [{ TRUST_PROXY: '10.0.0.0/8, 127.0.0.1' }, { trustProxy: '10.0.0.0/8, 127.0.0.1' }],
  [{ FAL_API_BASE_URL: 'http://localhost:9/v1/' }, { falApiBaseUrl: 'http://localhost:9/v1' }],
  [{ FAL_KEY: ' "id:secret" ' }, { falKey: 'id:secret' }],
  [
    { ADMIN_EMAIL: 'Ana@Example.com', ADMIN_PASSWORD: 'a long password' },
    { firstAdmin: { email: 'ana@example.com', password: 'a long password' } },
  ],
  [
    { SMTP_URL: 'smtp://ana%40x:p%2Fw@mail.example.com', MAIL_FROM: 'El panel <p@example.com>' },
    {
      mail: {
        server: {
          host: 'mail.example.com',
          port: 587,
          isSecure: false,
          signIn: { user: 'ana@x', password: 'p/w' },
        },
        from: { name: 'El panel', address: 'p@example.com' },
      },
    },
  ],
  [
    { SMTP_URL: 'smtps://[::1]/', MAIL_FROM: 'p@example.com' },
    {
      mail: {
        server: { host: '::1', port: 465, isSecure: true, signIn: null },
        from: { name: '', address: 'p@example.com' },
      },
    },
  ],
  [
    { DELIVERY_ALLOW_NETWORKS: '10.0.0.0/8, Hooks.internal ::1' },
    { deliveryAllowNetworks: ['10.0.0.0/8', 'hooks.internal', '::1'] },
  ],
  [{ DATABASE_URL: 'postgres://panel@db/panel' }, { databaseUrl: 'postgres://panel@db/panel' }],
  [{ SYNC_INTERVAL_SECONDS: '60' }, { syncIntervalSeconds: 60 }],
  [{ BACKFILL_DAYS: '366' }, { backfillDays: 366 }],
  [{ SETTLE_HOURS: '168' }, { settleHours: 168 }],
  [{ DEFAULT_TIMEZONE: 'America/Bogota' }, { defaultTimezone: 'America/Bogota' }],
])('%j is read as %j', (env, expected) => {
  expect(readConfig(env)).toMatchObject(expected);
});

describe('a mistake', () => {
  test.each([
    [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535 (it is "http")'],
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 to 65535 (it is "70000")'],
    [
      { BASE_PATH: 'futurelab' },
      'BASE_PATH must be a path such as /futurelab_ai (it is "futurelab")',
    ],
    [
      { BASE_PATH: '/api' },
      'BASE_PATH must not begin with one of the panel\'s own addresses: api, admin, assets, embed, healthz, mcp, metrics, readyz (it is "/api")',
    ],
    [{ BASE_PATH: '/..' }, 'BASE_PATH must be a path such as /futurelab_ai (it is "/..")'],
    [
      { TRUST_PROXY: 'true' },
      'TRUST_PROXY must be how many proxies there are, or their addresses such as 10.0.0.0/8 (it is "true")',
    ],
    [
      { TRUST_PROXY: '10.0.0.0/33' },
      'TRUST_PROXY must be how many proxies there are, or their addresses such as 10.0.0.0/8 (it is "10.0.0.0/33")',
    ],
    [
      { FAL_API_BASE_URL: 'api.fal.ai' },
      'FAL_API_BASE_URL must be a URL such as https://api.fal.ai/v1 (it is "api.fal.ai")',
    ],
    [
      { CORS_ORIGINS: '*' },
      'CORS_ORIGINS must be origins such as https://example.com, without a path: * (it is "*")',
    ],
    [
      { DEFAULT_TIMEZONE: 'Nowhere/City' },
      'DEFAULT_TIMEZONE must be an IANA time zone such as America/Mexico_City (it is "Nowhere/City")',
    ],
    [{ DEFAULT_LOCALE: 'fr' }, 'DEFAULT_LOCALE must be es or en (it is "fr")'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent (it is "loud")',
    ],
    [
      { TRUST_PROXY: 'yes please' },
      'TRUST_PROXY must be how many proxies there are, or their addresses such as 10.0.0.0/8 (it is "yes please")',
    ],
    [
      { FAL_TIMEOUT_MS: '-1' },
      'FAL_TIMEOUT_MS must be a whole number from 100 to 300000 (it is "-1")',
    ],
    [
      { RATE_LIMIT_PER_MINUTE: '0' },
      'RATE_LIMIT_PER_MINUTE must be a whole number from 1 to 1000000 (it is "0")',
    ],
    [
      { SYNC_INTERVAL_SECONDS: '59' },
      'SYNC_INTERVAL_SECONDS must be a whole number from 60 to 86400 (it is "59")',
    ],
    [{ BACKFILL_DAYS: '367' }, 'BACKFILL_DAYS must be a whole number from 1 to 366 (it is "367")'],
    [{ SETTLE_HOURS: '12' }, 'SETTLE_HOURS must be a whole number from 24 to 168 (it is "12")'],
    [{ ADMIN_EMAIL: 'ana@example.com' }, 'ADMIN_PASSWORD must be set along with ADMIN_EMAIL'],
    [{ MAIL_FROM: 'p@example.com' }, 'SMTP_URL must be set along with MAIL_FROM'],
    [
      { DELIVERY_ALLOW_NETWORKS: '10.0.0.0/8, 10.0.0' },
      'DELIVERY_ALLOW_NETWORKS must be networks such as 10.0.0.0/8, or names of hosts: 10.0.0 (it is "10.0.0.0/8, 10.0.0")',
    ],
    [
      { OIDC_CLIENT_ID: 'panel', OIDC_CLIENT_SECRET: 'x' },
      'OIDC_ISSUER must be set along with OIDC_CLIENT_ID',
    ],
    [
      { ADMIN_EMAIL: 'ana', ADMIN_PASSWORD: 'a long password' },
      'ADMIN_EMAIL must be an e-mail address (it is "ana")',
    ],
  ])('in %j is said in one line', (env, line) => {
    expect(mistakes(env as unknown as Record<string, string>)).toEqual([line]);
  });

  test.each([
    [{ APP_SECRET: 'hush' }, 'APP_SECRET must have 32 to 1024 characters'],
    [
      { ADMIN_EMAIL: 'ana@example.com', ADMIN_PASSWORD: 'hush' },
      'ADMIN_PASSWORD must have 8 to 128 characters',
    ],
    [{ FAL_KEY: 'hush hush' }, 'FAL_KEY must be a fal key such as key_id:key_secret'],
    [
      { DATABASE_URL: 'mysql://root:hush@db' },
      'DATABASE_URL must be a URL such as postgres://user:password@host/database',
    ],
  ])('in a secret never prints it', (env, line) => {
    expect(mistakes(env as unknown as Record<string, string>)).toEqual([line]);
  });

  test.each(['hush', 'http://a:hush@b', 'smtp://a:%hush@b', 'smtp://a:hush@b/x', 'smtp://:hush@b'])(
    'in SMTP_URL never prints it: %s',
    (url) => {
      expect(mistakes({ SMTP_URL: url, MAIL_FROM: 'p@example.com' })).toEqual([
        'SMTP_URL must be a URL such as smtp://user:password@mail.example.com:587, or smtps://',
      ]);
    },
  );

  test.each(['panel', 'Panel <panel>', 'a@b.example, c@d.example', 'Panel <p@example.com'])(
    'in MAIL_FROM is said: %s',
    (from) => {
      expect(mistakes({ MAIL_FROM: from, SMTP_URL: 'smtp://mail.example.com' })).toEqual([
        `MAIL_FROM must be an e-mail address, or one with a name: Panel <panel@example.com> (it is "${from}")`,
      ]);
    },
  );

  test('never hides another', () => {
    expect(mistakes({ PORT: 'x', LOG_LEVEL: 'y' })).toHaveLength(2);
  });
});
