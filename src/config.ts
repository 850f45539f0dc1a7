import { isIP } from 'node:net';
import { z } from 'zod';
import { type MailConfig, parseMailFrom, parseSmtpUrl } from './deliveries/mail-config.ts';
import { isSendableKey, normalizeKey } from './fal/key.ts';
import { canonicalTimezone } from './timezone.ts';

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be a whole number from ${min} to ${max}`);

const url = (example: string) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^https?:\/\//.test(text),
      `must be a URL such as ${example}`,
    )
    .transform((text) => text.replace(/\/+$/, ''));

/**
 * A number of proxies, or their addresses and subnets. Not "all of them": then every client could
 * say that it is another one, and no limit would hold.
 */
const trustProxy = z.string().transform((text, context): false | number | string => {
  if (text === 'false') return false;
  if (/^\d+$/.test(text)) return Number(text);
  if (!text.split(/\s*,\s*/).every((part) => PROXY_NETWORKS.has(part) || isNetwork(part))) {
    context.addIssue('must be how many proxies there are, or their addresses such as 10.0.0.0/8');
  }
  return text;
});

const PROXY_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** An address, or a subnet such as `10.0.0.0/8`. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  return (
    family > 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most))
  );
}

const HOST_NAME =
  /^(?=.{1,253}$)[a-z\d_](?:[a-z\d_-]*[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]*[a-z\d_])?)*$/;

const networks = z
  .string()
  .toLowerCase()
  .transform((text, context) => {
    const list = text.split(/[\s,]+/).filter(Boolean);
    for (const part of list) {
      // Something like 10.0.0 is meant to be an address.
      const isName = HOST_NAME.test(part) && !/^[\d.]+$/.test(part);
      if (!isName && !isNetwork(part)) {
        context.addIssue(`must be networks such as 10.0.0.0/8, or names of hosts: ${part}`);
      }
    }
    return list;
  });

const smtpUrl = z.string().transform((text, context) => {
  const server = parseSmtpUrl(text);
  if (server) return server;
  context.addIssue('must be a URL such as smtp://user:password@mail.example.com:587, or smtps://');
  return z.NEVER;
});

const mailFrom = z.string().transform((text, context) => {
  const from = parseMailFrom(text);
  if (from) return from;
  context.addIssue('must be an e-mail address, or one with a name: Panel <panel@example.com>');
  return z.NEVER;
});

const origins = z.string().transform((text, context) => {
  const list = text.split(/[\s,]+/).filter(Boolean);
  for (const origin of list) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      context.addIssue(`must be origins such as https://example.com, without a path: ${origin}`);
    }
  }
  return list;
});

/** A secret shorter than this can be guessed; the password's bound is better-auth's own default. */
const SECRET_MIN = 32;
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 128;

const secret = (min: number, max: number) =>
  z
    .string()
    .min(min, `must have ${min} to ${max} characters`)
    .max(max, `must have ${min} to ${max} characters`);

/** First segments of addresses; under a base path of that name they would not be found. */
const OWN_ADDRESSES = new Set([
  'api',
  'admin',
  'assets',
  'embed',
  'healthz',
  'mcp',
  'metrics',
  'readyz',
]);

const schema = z.object({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  BASE_PATH: z
    .string()
    .regex(/^(?:\/[\w~-][\w.~-]*)+\/?$/, 'must be a path such as /futurelab_ai')
    .refine(
      (path) => !OWN_ADDRESSES.has(path.split('/')[1] ?? ''),
      `must not begin with one of the panel's own addresses: ${[...OWN_ADDRESSES].join(', ')}`,
    )
    .transform((path) => path.replace(/\/$/, ''))
    .default(''),
  PUBLIC_URL: url('https://panel.example.com').optional(),
  TRUST_PROXY: trustProxy.default(false),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(?:ql)?:\/\/./, 'must be a URL such as postgres://user:password@host/database')
    .optional(),
  APP_SECRET: secret(SECRET_MIN, 1_024).optional(),
  NEW_APP_SECRET: secret(SECRET_MIN, 1_024).optional(),
  ADMIN_EMAIL: z.email('must be an e-mail address').toLowerCase().optional(),
  ADMIN_PASSWORD: secret(PASSWORD_MIN, PASSWORD_MAX).optional(),
  OIDC_ISSUER: url('https://accounts.example.com').optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().max(60, 'must have at most 60 characters').default('OpenID Connect'),
  FAL_KEY: z
    .string()
    .transform(normalizeKey)
    .refine(isSendableKey, 'must be a fal key such as key_id:key_secret')
    .optional(),
  FAL_API_BASE_URL: url('https://api.fal.ai/v1').default('https://api.fal.ai/v1'),
  FAL_TIMEOUT_MS: wholeNumber(100, 300_000).default(20_000),
  RATE_LIMIT_PER_MINUTE: wholeNumber(1, 1_000_000).default(30),
  CORS_ORIGINS: origins.default([]),
  SMTP_URL: smtpUrl.optional(),
  MAIL_FROM: mailFrom.optional(),
  DELIVERY_ALLOW_NETWORKS: networks.default([]),
  SYNC_INTERVAL_SECONDS: wholeNumber(60, 86_400).default(300),
  BACKFILL_DAYS: wholeNumber(1, 366).default(90),
  SETTLE_HOURS: wholeNumber(24, 168).default(72),
  DEFAULT_LOCALE: z.enum(['es', 'en'], 'must be es or en').default('es'),
  DEFAULT_TIMEZONE: z
    .string()
    .refine(
      (name) => canonicalTimezone(name) !== null,
      'must be an IANA time zone such as America/Mexico_City',
    )
    .optional(),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    )
    .default('info'),
});

/** Variables whose value is never printed. */
const SECRETS = new Set([
  'APP_SECRET',
  'NEW_APP_SECRET',
  'ADMIN_PASSWORD',
  'DATABASE_URL',
  'OIDC_CLIENT_SECRET',
  'FAL_KEY',
  'SMTP_URL',
]);

/** Variables that mean nothing one without the other. */
const TOGETHER = [
  ['ADMIN_EMAIL', 'ADMIN_PASSWORD'],
  ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
  ['SMTP_URL', 'MAIL_FROM'],
] as const;

/** An OpenID Connect provider where people may sign in too. */
export interface OidcConfig {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** How the button calls it. */
  name: string;
}

export interface Config {
  port: number;
  host: string;
  /** Path under which every route answers as well, such as `/futurelab_ai`; empty for none. */
  basePath: string;
  publicUrl: string | null;
  /** `false`, a number of proxies, or their addresses. */
  trustProxy: false | number | string;
  /** Folder of what the panel keeps on disk. */
  dataDir: string;
  /** A PostgreSQL database; `null` is SQLite in `dataDir`. */
  databaseUrl: string | null;
  /** What everything secret is encrypted under; `null` is one made once and kept in `dataDir`. */
  appSecret: string | null;
  /** What `appSecret` is to be replaced with, when the command line is told to rotate it. */
  newAppSecret: string | null;
  /** Makes the first admin, where there is nobody yet. */
  firstAdmin: { email: string; password: string } | null;
  oidc: OidcConfig | null;
  /** A fal key that becomes the first account, where there is none yet. */
  falKey: string | null;
  falApiBaseUrl: string;
  /** How long one question to fal may take, retries included, in ms. */
  falTimeoutMs: number;
  rateLimitPerMinute: number;
  corsOrigins: string[];
  /** `null`: no e-mail is sent. */
  mail: MailConfig | null;
  /** Subnets, addresses and names of hosts that deliveries may go to although they are private. */
  deliveryAllowNetworks: string[];
  /** How often each account's latest usage is read into the local copy. */
  syncIntervalSeconds: number;
  /** How far back a new account's usage is read. */
  backfillDays: number;
  /** How long usage may still arrive or be corrected; hours younger than this are read again. */
  settleHours: number;
  defaultLocale: 'es' | 'en';
  defaultTimezone: string;
  logLevel: string;
}

/** Everything that is wrong with the environment, a line a mistake. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: string[];

  constructor(mistakes: string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/**
 * Reads the configuration; an empty variable counts as unset.
 * @throws ConfigError
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const set = Object.fromEntries(
    Object.entries(env)
      .map(([name, value]) => [name, value?.trim()])
      .filter(([, value]) => value),
  );
  const result = schema.safeParse(set);
  if (!result.success) {
    throw new ConfigError(
      result.error.issues.map((issue) => {
        const name = issue.path.join('.');
        return SECRETS.has(name)
          ? `${name} ${issue.message}`
          : `${name} ${issue.message} (it is "${set[name]}")`;
      }),
    );
  }
  const halves = TOGETHER.filter((names) => names.some((name) => set[name])).flatMap((names) =>
    names
      .filter((name) => !set[name])
      .map((name) => `${name} must be set along with ${names.find((other) => set[other])}`),
  );
  if (set.OIDC_ISSUER && !set.PUBLIC_URL) {
    halves.push('PUBLIC_URL must be set along with OIDC_ISSUER: people are sent back there');
  }
  if (halves.length > 0) throw new ConfigError(halves);
  const read = result.data;
  return {
    port: read.PORT,
    host: read.HOST,
    basePath: read.BASE_PATH,
    publicUrl: read.PUBLIC_URL ?? null,
    trustProxy: read.TRUST_PROXY,
    dataDir: read.DATA_DIR,
    databaseUrl: read.DATABASE_URL ?? null,
    appSecret: read.APP_SECRET ?? null,
    newAppSecret: read.NEW_APP_SECRET ?? null,
    firstAdmin:
      read.ADMIN_EMAIL && read.ADMIN_PASSWORD
        ? { email: read.ADMIN_EMAIL, password: read.ADMIN_PASSWORD }
        : null,
    oidc:
      read.OIDC_ISSUER && read.OIDC_CLIENT_ID && read.OIDC_CLIENT_SECRET
        ? {
            issuer: read.OIDC_ISSUER,
            clientId: read.OIDC_CLIENT_ID,
            clientSecret: read.OIDC_CLIENT_SECRET,
            name: read.OIDC_NAME,
          }
        : null,
    falKey: read.FAL_KEY ?? null,
    falApiBaseUrl: read.FAL_API_BASE_URL,
    falTimeoutMs: read.FAL_TIMEOUT_MS,
    rateLimitPerMinute: read.RATE_LIMIT_PER_MINUTE,
    corsOrigins: read.CORS_ORIGINS,
    mail: read.SMTP_URL && read.MAIL_FROM ? { server: read.SMTP_URL, from: read.MAIL_FROM } : null,
    deliveryAllowNetworks: read.DELIVERY_ALLOW_NETWORKS,
    syncIntervalSeconds: read.SYNC_INTERVAL_SECONDS,
    backfillDays: read.BACKFILL_DAYS,
    settleHours: read.SETTLE_HOURS,
    defaultLocale: read.DEFAULT_LOCALE,
    defaultTimezone: canonicalTimezone(read.DEFAULT_TIMEZONE ?? Temporal.Now.timeZoneId()) ?? 'UTC',
    logLevel: read.LOG_LEVEL,
  };
}
