import type { Kysely } from 'kysely';
import type { Logger } from '../log.ts';
import type { Tables } from '../store/tables.ts';
import { readSettings, type Settings, type StoredSettings } from './settings.ts';

/** The settings as they are in force, at hand without asking the database. */
export interface CurrentSettings {
  current(): Settings;
  /** What is stored of them. */
  stored(): StoredSettings;
  /** What holds where nothing is stored. */
  readonly defaults: Settings;
  /** Reads them again now. @throws the database's error. */
  refresh(): Promise<void>;
  close(): void;
}

export interface CurrentSettingsOptions {
  db: Kysely<Tables>;
  defaults: Settings;
  log: Logger;
  /** How long another process's change may go unseen, in ms. */
  refreshMs: number;
}

/** Reads the settings, and again every so often: another process may have changed them. */
export async function openSettings(options: CurrentSettingsOptions): Promise<CurrentSettings> {
  const { db, defaults, log, refreshMs } = options;
  let stored: StoredSettings = {};
  let inForce = defaults;
  let isFailing = false;
  let isClosed = false;

  async function refresh(): Promise<void> {
    stored = await readSettings(db);
    inForce = { ...defaults, ...stored };
  }

  async function refreshQuietly(): Promise<void> {
    try {
      await refresh();
      isFailing = false;
    } catch (error) {
      // The last ones that could be read stay in force; said once, not every few seconds.
      if (!isFailing && !isClosed) log.warn({ err: error }, 'the settings could not be read again');
      isFailing = true;
    }
  }

  await refresh();
  const timer = setInterval(() => void refreshQuietly(), refreshMs);
  timer.unref();
  return {
    current: () => inForce,
    stored: () => stored,
    defaults,
    refresh,
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}
