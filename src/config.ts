import { isIP } from 'node:net';
import { z } from 'zod';
import { canonicalTimezone } from './usage/period.ts';

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
  if (!text.split(/\s*,\s*/).every(isProxyAddress)) {
    context.addIssue('must be how many proxies there are, or their addresses such as 10.0.0.0/8');
  }
  return text;
});

function isProxyAddress(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  return (
    family > 0 &&
    rest.length === 0 &&
    (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most))
  );
}

const origins = z.string().transform((text, context) => {
  const list = text.split(/[\s,]+/).filter(Boolean);
  for (const origin of list) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      context.addIssue(`must be origins such as https://example.com, without a path: ${origin}`);
    }
  }
  return list;
});

/** First segments of addresses; under a base path of that name they would not be found. */
const OWN_ADDRESSES = new Set(['api', 'admin', 'assets', 'healthz', 'readyz']);

const schema = z.object({
  PORT: wholeNumber(0, 65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  BASE_PATH: z
    .string()
    .regex(/^(?:\/[\w~-][\w.~-]*)+\/?$/, 'must be a path such as /futurelab_ai')
    .refine(
      (path) => !OWN_ADDRESSES.has(path.split('/')[1] ?? ''),
      "must not begin with one of the panel's own addresses: api, admin, assets, healthz, readyz",
    )
    .transform((path) => path.replace(/\/$/, ''))
    .default(''),
  PUBLIC_URL: url('https://panel.example.com').optional(),
  TRUST_PROXY: trustProxy.default(false),
  FAL_API_BASE_URL: url('https://api.fal.ai/v1').default('https://api.fal.ai/v1'),
  FAL_TIMEOUT_MS: wholeNumber(100, 300_000).default(20_000),
  RATE_LIMIT_PER_MINUTE: wholeNumber(1, 1_000_000).default(30),
  CORS_ORIGINS: origins.default([]),
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

export interface Config {
  port: number;
  host: string;
  /** Path under which every route answers as well, such as `/futurelab_ai`; empty for none. */
  basePath: string;
  publicUrl: string | null;
  /** `false`, a number of proxies, or their addresses. */
  trustProxy: false | number | string;
  falApiBaseUrl: string;
  /** How long one question to fal may take, retries included, in ms. */
  falTimeoutMs: number;
  rateLimitPerMinute: number;
  corsOrigins: string[];
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
        return `${name} ${issue.message} (it is "${set[name]}")`;
      }),
    );
  }
  const read = result.data;
  return {
    port: read.PORT,
    host: read.HOST,
    basePath: read.BASE_PATH,
    publicUrl: read.PUBLIC_URL ?? null,
    trustProxy: read.TRUST_PROXY,
    falApiBaseUrl: read.FAL_API_BASE_URL,
    falTimeoutMs: read.FAL_TIMEOUT_MS,
    rateLimitPerMinute: read.RATE_LIMIT_PER_MINUTE,
    corsOrigins: read.CORS_ORIGINS,
    defaultLocale: read.DEFAULT_LOCALE,
    defaultTimezone: canonicalTimezone(read.DEFAULT_TIMEZONE ?? Temporal.Now.timeZoneId()) ?? 'UTC',
    logLevel: read.LOG_LEVEL,
  };
}
