import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { type Actor, recordAudit } from '../audit/audit.ts';
import type { Config } from '../config.ts';
import { RequestError } from '../http/failure.ts';
import { CURRENCY_DISPLAYS, type CurrencyDisplay } from '../i18n/format.ts';
import { LOCALES, type Locale } from '../i18n/index.ts';
import { SECRET_CHECK } from '../secrets/check.ts';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import { timezoneField } from '../timezone.ts';

/** How often live figures are asked for again, in seconds; 0: only when a page is opened. */
export const REFRESH_CHOICES = [0, 30, 60, 300] as const;

/** How many days of usage the local copy keeps; `null`: all of them. A year and more, for comparisons. */
export const HISTORY_CHOICES = [null, 400, 800, 1200] as const;

/** How the panel speaks to those who don't say otherwise. */
export interface Settings {
  locale: Locale;
  /** IANA name of the zone in which days begin and times are shown. */
  timezone: string;
  refreshSeconds: (typeof REFRESH_CHOICES)[number];
  currencyDisplay: CurrencyDisplay;
  historyDays: (typeof HISTORY_CHOICES)[number];
}

/** What an admin has settled; what is not in it is as the environment says, or as it comes. */
export type StoredSettings = Partial<Settings>;

const schemas = {
  locale: z.enum(LOCALES),
  timezone: timezoneField,
  refreshSeconds: z.literal(REFRESH_CHOICES),
  currencyDisplay: z.enum(CURRENCY_DISPLAYS),
  historyDays: z.literal(HISTORY_CHOICES),
} satisfies Record<keyof Settings, z.ZodType>;

/** Names of the rows in the table. */
const ROW_NAMES = {
  locale: 'locale',
  timezone: 'timezone',
  refreshSeconds: 'refresh_seconds',
  currencyDisplay: 'currency_display',
  historyDays: 'history_days',
} satisfies Record<keyof Settings, string>;
const FIELDS = Object.keys(ROW_NAMES) as (keyof Settings)[];

/** The settings without anything stored. */
export function defaultSettings({ defaultLocale, defaultTimezone }: Config): Settings {
  return {
    locale: defaultLocale,
    timezone: defaultTimezone,
    refreshSeconds: 60,
    currencyDisplay: 'symbol',
    historyDays: null,
  };
}

/** Reads what is stored; a value that can't be used, by hand or of another version, counts as none. */
export async function readSettings(db: Kysely<Tables>): Promise<StoredSettings> {
  const rows = await db
    .selectFrom('settings')
    .select(['name', 'value'])
    .where('name', 'in', Object.values(ROW_NAMES))
    .execute();
  const values = new Map(rows.map(({ name, value }) => [name, value]));
  const read = FIELDS.flatMap((field) => {
    const result = schemas[field].safeParse(parsed(values.get(ROW_NAMES[field])));
    return result.success ? [[field, result.data]] : [];
  });
  return Object.fromEntries(read) as StoredSettings;
}

/** Changes with every change: who saves says which version was edited. */
export function settingsVersion(stored: StoredSettings): string {
  const values = JSON.stringify(FIELDS.map((field) => stored[field] ?? null));
  return createHash('sha256').update(values).digest('base64url').slice(0, 12);
}

/**
 * Stores the settings in the place of those that were there, and writes down what changed.
 * @param version of the settings that were edited.
 * @throws RequestError `conflict` when somebody else changed them since.
 */
export async function saveSettings(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  actor: Actor,
  wanted: StoredSettings,
  version: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await holdSettings(trx);
    const stored = await readSettings(trx);
    if (settingsVersion(stored) !== version) throw new RequestError('conflict');
    const changed = FIELDS.filter((field) => wanted[field] !== stored[field]);
    if (changed.length === 0) return;
    for (const field of changed) await storeValue(trx, now, ROW_NAMES[field], wanted[field]);
    const valuesOf = (settings: StoredSettings) =>
      Object.fromEntries(changed.map((field) => [ROW_NAMES[field], settings[field] ?? null]));
    const detail = { before: valuesOf(stored), after: valuesOf(wanted) };
    await recordAudit(trx, now, { actor, action: 'settings.changed', detail });
  });
}

/**
 * One change after the other: on PostgreSQL two could both find the version they began with. The row
 * held is the one that is always there.
 */
async function holdSettings(trx: Kysely<Tables>): Promise<void> {
  await trx
    .updateTable('settings')
    .set((row) => ({ name: row.ref('name') }))
    .where('name', '=', SECRET_CHECK)
    .execute();
}

async function storeValue(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  name: string,
  value: string | number | null | undefined,
): Promise<void> {
  if (value === undefined) {
    await db.deleteFrom('settings').where('name', '=', name).execute();
    return;
  }
  const row = { value: JSON.stringify(value), updated_at: toText(now) };
  await db
    .insertInto('settings')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
