import { SERVER } from '../audit/actor.ts';
import type { Config } from '../config.ts';
import { translator } from '../i18n/index.ts';
import { hasAccounts } from './accounts.ts';
import { type ChangeServices, createFirstAccount } from './change-accounts.ts';

/**
 * Stores the key of `FAL_KEY` as the first account, where there is none. fal is not asked: a start
 * must not depend on it.
 */
export async function seedAccount(
  services: ChangeServices & {
    config: Pick<Config, 'falKey' | 'defaultLocale' | 'defaultTimezone'>;
  },
): Promise<void> {
  const { falKey, defaultLocale, defaultTimezone } = services.config;
  if (falKey === null || (await hasAccounts(services.store.db))) return;
  const t = translator(defaultLocale);
  const fields = {
    name: t('accounts.seeded'),
    note: t('accounts.seeded_note'),
    timezone: defaultTimezone,
    color: 1,
  };
  await createFirstAccount(services, SERVER, fields, falKey);
}
