import { accounts } from './en/accounts.ts';
import { alertAccount } from './en/alert-account.ts';
import { alertSpend } from './en/alert-spend.ts';
import { alerts } from './en/alerts.ts';
import { apiDocs } from './en/api-docs.ts';
import { audit } from './en/audit.ts';
import { channels } from './en/channels.ts';
import { deliveryFormats } from './en/delivery-formats.ts';
import { diagnosis } from './en/diagnosis.ts';
import { embeds } from './en/embeds.ts';
import { eventLive } from './en/event-live.ts';
import { events } from './en/events.ts';
import { explorer } from './en/explorer.ts';
import { exports } from './en/exports.ts';
import { history } from './en/history.ts';
import { incidents } from './en/incidents.ts';
import { ledger } from './en/ledger.ts';
import { mcp } from './en/mcp.ts';
import { overview } from './en/overview.ts';
import { people } from './en/people.ts';
import { planner } from './en/planner.ts';
import { pricing } from './en/pricing.ts';
import { problems } from './en/problems.ts';
import { purchases } from './en/purchases.ts';
import { reports } from './en/reports.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { signIn } from './en/sign-in.ts';
import { usage } from './en/usage.ts';
import type { es } from './es.ts';

type SpanishKey = keyof typeof es;

/** English has no plural form `many`: it exists in Spanish alone. */
type EnglishKey = {
  [Key in SpanishKey]: Key extends `${infer Base}_many`
    ? `${Base}_other` extends SpanishKey
      ? never
      : Key
    : Key;
}[SpanishKey];

/** Every text in English; a key too many or too few does not compile. */
export const en = {
  ...shell,
  ...signIn,
  ...people,
  ...alertAccount,
  ...incidents,
  ...alerts,
  ...apiDocs,
  ...accounts,
  ...alertSpend,
  ...settings,
  ...audit,
  ...overview,
  ...usage,
  ...history,
  ...incidents,
  ...ledger,
  ...planner,
  ...purchases,
  ...events,
  ...eventLive,
  ...pricing,
  ...explorer,
  ...channels,
  ...deliveryFormats,
  ...diagnosis,
  ...embeds,
  ...mcp,
  ...exports,
  ...problems,
  ...reports,
  'app.name': 'fal.ai usage',
  'app.skip': 'Skip to content',
  'app.languages': 'Language',
  'app.footer': 'Figures come from fal.ai’s API. fal’s own invoice has the last word.',
  'app.new_tab': '(opens in a new tab)',

  'form.times': 'Times are in {{timezone}}.',
  'form.copy': 'Copy',
  'form.copied': 'Copied',
  'form.optional': '(optional)',
  'form.password_hint':
    '{{min}} to {{max}} characters. A long phrase beats a short one with symbols.',

  'config.lead': 'What a key has used and spent, asked of fal right now.',
  'config.form': 'Query',
  'config.api_key_hint':
    'It needs Admin scope to read usage and balance. It is used for this query alone: neither stored nor shown again.',
  'config.api_key_link': 'Create an Admin key at fal.ai',
  'config.period': 'Period',
  'config.period_24h': '24 hours',
  'config.period_7d': '7 days',
  'config.period_30d': '30 days',
  'config.period_custom': 'Custom',
  'config.end_date': 'To (inclusive)',
  'config.show_usage': 'Show usage',
  'config.test': 'Test connection',
  'config.asking': 'Asking fal…',
  'config.result': 'Result',
  'config.first_run': 'Three steps to your usage',
  'config.first_run_1': 'Create a key with Admin scope at fal.ai.',
  'config.first_run_2': 'Paste it into “API key”.',
  'config.first_run_3': 'Choose a period and press “Show usage”.',
  'config.first_run_doubt':
    'Not sure the key is good? “Test connection” tells you what it can read and what it lacks.',

  'credits.title': 'Credits',
  'credits.balance': 'Balance',
  'credits.last_known': 'Last known balance',
  'credits.away_since': 'The balance has been unreadable since {{time}}',
  'credits.so_since': 'Since {{time}}.',
  'credits.away_since_then': 'It could not be read again after that.',
  'credits.by_day': 'Balance at the end of each day',
  'credits.by_day_description':
    '{{title}}. From {{from}} to {{until}}: the first is {{first}}, the last {{last}}.',
  'credits.day_unread': 'not read',
  'credits.days_unread_one': '{{formatted}} day not read',
  'credits.days_unread_other': '{{formatted}} days not read',
  'credits.where': 'The exact balance, top-ups and expiry dates live on fal’s billing dashboard.',
  'credits.open': 'Open billing at fal.ai',
  'credits.before': 'Ask with a key that has Admin scope and the live balance appears here.',
  'credits.no_balance': 'Balance not available',
  'credits.reason_admin_scope':
    'fal shows the balance only to keys with Admin scope, which this one lacks.',
  'credits.reason_locked': 'fal does not let the balance be read while the account is locked.',
  'credits.reason_invalid_key': 'fal does not know this key, so it shows no balance.',
  'credits.reason_unavailable': 'fal did not answer the question about the balance.',
  'credits.reason_not_stated': 'fal answered, but without stating the balance.',
  'credits.live_why': 'The balance as fal states it when asked.',
  'credits.expiry': 'Purchased credits expire after 365 days; promotional ones sooner.',
} as const satisfies Record<EnglishKey, string>;
