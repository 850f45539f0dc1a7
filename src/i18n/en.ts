import { accounts } from './en/accounts.ts';
import { audit } from './en/audit.ts';
import { people } from './en/people.ts';
import { settings } from './en/settings.ts';
import { shell } from './en/shell.ts';
import { signIn } from './en/sign-in.ts';
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
  ...accounts,
  ...settings,
  ...audit,
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

  'period.24h': '24 hours',
  'period.7d': '7 days',
  'period.30d': '30 days',
  'period.custom': '{{start}} – {{end}}',

  'usage.success': 'Usage retrieved successfully',
  'usage.title': 'Usage',
  'usage.last_24h': 'last 24 hours',
  'usage.last_7d': 'last 7 days',
  'usage.last_30d': 'last 30 days',
  'usage.between': '{{start}} to {{end}}, {{timezone}} time',
  'usage.as_of': 'Asked of fal on {{time}}',
  'usage.freshness_live': 'live',
  'usage.freshness_live_why':
    'The period reaches the present. fal needs a few minutes to count the latest calls.',
  'usage.freshness_settling': 'provisional',
  'usage.freshness_settling_why':
    'The period ended less than 72 hours ago: fal may still correct it.',
  'usage.freshness_final': 'final',
  'usage.freshness_final_why':
    'The period ended over 72 hours ago: fal rarely corrects it any more.',
  'usage.cost': 'Cost',
  'usage.calls_label': 'Calls',
  'usage.models': 'Models',
  'usage.failures': 'Failures',
  'usage.at_least': 'at least',
  'usage.unknown': 'Unknown',
  'usage.calls_unknown': 'fal could not say how many calls were made.',
  'usage.failures_unknown': 'fal could not say how many calls failed.',
  'usage.average_unknown': 'There is no average without the number of calls.',
  'usage.average_no_calls': 'No calls in the period, so there is no average.',
  'usage.units_unknown': 'fal did not say which units it billed.',
  'usage.partial': 'These figures are incomplete',
  'usage.partial_usage_pages_missing':
    'fal did not deliver part of the period. The true cost is this or more: ask again in a minute.',
  'usage.partial_counts_missing_one':
    'fal could not count the calls to {{models}}. The cost is not affected.',
  'usage.partial_counts_missing_other':
    'fal could not count the calls to {{formatted}} models: {{models}}. The cost is not affected.',
  'usage.partial_counts_missing_all': 'fal could not count the calls. The cost is not affected.',
  'usage.and_more': '{{models}} and {{formatted}} more',
  'usage.most_used': 'Most used model',
  'usage.most_used_badge': 'most used',
  'usage.source_billing_events':
    'fal’s usage report did not answer, so this was added up from its single charges.',
  'usage.other_currencies': 'In other currencies, not added to the total',
  'usage.exact': 'Exactly {{amount}}',
  'usage.serverless_note':
    'Model calls only: what you spend on fal Serverless or Compute is a separate part of your invoice.',
  'usage.empty': 'Nothing was used in this period',
  'usage.empty_why':
    'fal has no billed calls for this key’s account. If you expected some, try a longer period or check that the key belongs to the right account.',
  'usage.empty_longer': 'Show the last 30 days',
  'usage.empty_link': 'Open usage at fal.ai',

  'chart.cost_by_hour': 'Cost by hour',
  'chart.cost_by_day': 'Cost by day',
  'chart.calls_by_hour': 'Calls by hour',
  'chart.calls_by_day': 'Calls by day',
  'chart.description': '{{title}}. {{range}}. The peak was {{peak}}, {{when}}.',
  'chart.description_empty': '{{title}}. {{range}}. No data.',
  'chart.unknown_one': '{{formatted}} interval without data',
  'chart.unknown_other': '{{formatted}} intervals without data',
  'chart.table': 'Show the chart as a table',
  'chart.bucket_hour': 'Hour',
  'chart.bucket_day': 'Day',
  'chart.bucket_unknown': 'no data',

  'models.caption': 'Usage by model, most expensive first',
  'models.model': 'Model',
  'models.average': 'Per call',
  'models.units': 'Billed units',
  'models.share': 'Share',
  'models.total': 'Total',
  'models.at_price': 'at {{price}}',

  'unit.image_one': '{{formatted}} image',
  'unit.image_other': '{{formatted}} images',
  'unit.video_one': '{{formatted}} video',
  'unit.video_other': '{{formatted}} videos',
  'unit.megapixel_one': '{{formatted}} megapixel',
  'unit.megapixel_other': '{{formatted}} megapixels',
  'unit.second_one': '{{formatted}} second',
  'unit.second_other': '{{formatted}} seconds',
  'unit.minute_one': '{{formatted}} minute',
  'unit.minute_other': '{{formatted}} minutes',
  'unit.compute_second_one': '{{formatted}} compute second',
  'unit.compute_second_other': '{{formatted}} compute seconds',
  'unit.thousand_characters_one': '{{formatted}} × 1,000 characters',
  'unit.thousand_characters_other': '{{formatted}} × 1,000 characters',
  'unit.character_one': '{{formatted}} character',
  'unit.character_other': '{{formatted}} characters',
  'unit.token_one': '{{formatted}} token',
  'unit.token_other': '{{formatted}} tokens',
  'unit.credit_one': '{{formatted}} credit',
  'unit.credit_other': '{{formatted}} credits',
  'unit.request_one': '{{formatted}} request',
  'unit.request_other': '{{formatted}} requests',
  'unit.search_one': '{{formatted}} search',
  'unit.search_other': '{{formatted}} searches',
  'unit.unit_one': '{{formatted}} unit',
  'unit.unit_other': '{{formatted}} units',

  'credits.title': 'Credits',
  'credits.balance': 'Balance',
  'credits.where': 'The exact balance, top-ups and expiry dates live on fal’s billing dashboard.',
  'credits.open': 'Open billing at fal.ai',
  'credits.before': 'Ask with a key that has Admin scope and the live balance appears here.',
  'credits.no_balance': 'Balance not available',
  'credits.reason_admin_scope':
    'fal shows the balance only to keys with Admin scope, which this one lacks.',
  'credits.reason_locked': 'fal does not let the balance be read while the account is locked.',
  'credits.reason_invalid_key': 'fal does not know this key, so it shows no balance.',
  'credits.reason_unavailable':
    'fal did not answer the question about the balance. Everything else is up to date.',
  'credits.reason_not_stated': 'fal answered, but without stating the balance.',
  'credits.live_why': 'The balance as fal states it when asked.',
  'credits.expiry': 'Purchased credits expire after 365 days; promotional ones sooner.',

  'diagnosis.title': 'Key check',
  'diagnosis.ready': 'The key works and can read everything the panel needs',
  'diagnosis.ready_next': 'You can look at the usage now.',
  'diagnosis.degraded': 'The key works, but fal did not answer everything',
  'diagnosis.degraded_next':
    'The key is not the problem: test again in a few minutes. What does answer can be used meanwhile.',
  'diagnosis.admin_scope_missing': 'The key is valid but has no Admin scope',
  'diagnosis.admin_scope_missing_next':
    'Without it fal lets nobody read usage or balance. Create a key with Admin scope and paste it here.',
  'diagnosis.unknown_key': 'fal does not know this key',
  'diagnosis.unknown_key_next':
    'It may be miscopied or deleted. Copy all of it again, or create a new one.',
  'diagnosis.unbound_key': 'fal knows the key but not yet whose it is',
  'diagnosis.unbound_key_next':
    'This happens to brand-new keys. Wait a few minutes and test again; if nothing changes, create another.',
  'diagnosis.malformed_key': 'This does not look like a fal key',
  'diagnosis.malformed_key_next':
    'A fal key is two parts joined by a colon (identifier:secret). Copy all of it.',
  'diagnosis.challenged': 'A security filter in front of fal stopped the question',
  'diagnosis.challenged_next':
    'It says nothing about your key. Test again in a few minutes; if it goes on, check this server’s network for a VPN or proxy.',
  'diagnosis.rate_limited': 'fal wants us to ask more slowly',
  'diagnosis.rate_limited_next':
    'It says nothing bad about your key. Wait a minute and test again.',
  'diagnosis.fal_unavailable': 'We could not reach fal',
  'diagnosis.fal_unavailable_next':
    'It says nothing about your key: fal is down or slow, or there is no connection. Test again in a few minutes.',
  'diagnosis.action_keys': 'Open my keys at fal.ai',
  'diagnosis.action_create_key': 'Create an Admin key at fal.ai',
  'diagnosis.action_again': 'Test again',
  'diagnosis.action_usage': 'Show usage',
  'diagnosis.account': 'Account',
  'diagnosis.account_unknown': 'The key may not read the account’s name.',
  'diagnosis.key': 'Key',
  'diagnosis.took': 'fal took',
  'diagnosis.capabilities': 'What the key can read',
  'diagnosis.capability': 'What for',
  'diagnosis.access': 'Access',
  'diagnosis.latency': 'Took',
  'diagnosis.access_granted': 'Yes',
  'diagnosis.access_denied': 'No',
  'diagnosis.access_unknown': 'Unknown',
  'diagnosis.fal_said': 'fal said: “{{reason}}”',

  'capability.usage': 'Usage and cost',
  'capability.usage_for': 'what was spent, by model and hour',
  'capability.billing_events': 'Billing records',
  'capability.billing_events_for': 'every billed call, one by one',
  'capability.balance': 'Balance',
  'capability.balance_for': 'what is left in the account',
  'capability.analytics': 'Call counts',
  'capability.analytics_for': 'how many calls were made and how many failed',
  'capability.pricing': 'Prices',
  'capability.pricing_for': 'what one unit of a model costs',

  'probe.invalid_api_key': 'fal does not know the key',
  'probe.admin_scope_required': 'Admin scope is missing',
  'probe.account_locked': 'the account is locked',
  'probe.rate_limited': 'fal asked us to wait',
  'probe.fal_bad_response': 'fal answered something unexpected',
  'probe.fal_unavailable': 'fal is not available',
  'probe.fal_timeout': 'fal did not answer in time',
  'probe.other': 'fal did not answer',

  'problem.reopen': 'Open what is stored now',
  'problem.invalid_request_form.what': 'Something in the form needs correcting',
  'problem.invalid_request_form.means': 'Nothing was changed.',
  'problem.invalid_request_form.now': 'Correct the marked fields and send it again.',
  'problem.rate_limited_form.what': 'Too many attempts',
  'problem.rate_limited_form.means':
    'For safety no more are accepted for a while, not even correct ones.',
  'problem.rate_limited_form.now_one': 'Wait {{count}} minute and try again.',
  'problem.rate_limited_form.now_other': 'Wait {{count}} minutes and try again.',
  'problem.request_id': 'Request',
  'problem.fields': 'What to correct',
  'problem.retry': 'Try again',
  'problem.home': 'Go to the overview',
  'problem.keys': 'Open my keys at fal.ai',
  'problem.billing': 'Open billing at fal.ai',
  'problem.usage_at_fal': 'See usage at fal.ai',
  'problem.support': 'Write to support@fal.ai',
  'problem.fix_form': 'Go to the first field',
  'problem.sign_in': 'Sign in again',

  'problem.invalid_request.what': 'Something in the query needs correcting',
  'problem.invalid_request.means': 'Nothing was asked of fal.',
  'problem.invalid_request.now': 'Correct the fields listed and ask again.',
  'problem.invalid_api_key.what': 'fal does not know this key',
  'problem.invalid_api_key.means': 'It may be miscopied, incomplete or deleted.',
  'problem.invalid_api_key.now': 'Copy all of it again (identifier:secret) or create a new one.',
  'problem.unbound_key.what': 'fal knows the key but not yet whose it is',
  'problem.unbound_key.means': 'This happens to brand-new keys.',
  'problem.unbound_key.now':
    'Wait a few minutes and try again; if nothing changes, create another key.',
  'problem.not_signed_in.what': 'We do not know who is asking',
  'problem.not_signed_in.means': 'The query came without an API key or a session.',
  'problem.not_signed_in.now': 'Send a fal API key, or a panel token: “Authorization: Bearer …”.',
  'problem.session_ended.what': 'Your session has ended',
  'problem.session_ended.means':
    'It ran out, or you signed out in another tab or another place. Nothing was changed.',
  'problem.session_ended.now': 'Sign in again and repeat what you were doing.',
  'problem.admin_scope_required.what': 'The key is valid but has no Admin scope',
  'problem.admin_scope_required.means':
    'fal lets only keys with that scope read usage and balance.',
  'problem.admin_scope_required.now':
    'At fal.ai, create a new key with Admin scope and use it here.',
  'problem.account_locked.what': 'fal locked this account',
  'problem.account_locked.means': 'Model calls are stopped until it is unlocked.',
  'problem.account_locked.now': 'Check the account on fal’s billing page.',
  'problem.account_locked_exhausted_balance.what': 'fal locked the account: the balance ran out',
  'problem.account_locked_exhausted_balance.means':
    'Model calls are stopped. After a top-up, unlocking can take hours.',
  'problem.account_locked_exhausted_balance.now': 'Top up at fal as soon as you can.',
  'problem.account_locked_top_up.what': 'fal locked the account: a top-up is pending',
  'problem.account_locked_top_up.means':
    'fal is waiting for a top-up to complete; model calls are stopped meanwhile.',
  'problem.account_locked_top_up.now':
    'Check the top-up on fal’s billing page. If it was charged and hours pass, write to support@fal.ai.',
  'problem.account_locked_admin_lock.what': 'fal’s team locked the account',
  'problem.account_locked_admin_lock.means': 'Only fal’s support can lift this lock.',
  'problem.account_locked_admin_lock.now':
    'Write to support@fal.ai with the account’s name and the time of this notice.',
  'problem.account_locked_payment_method.what':
    'fal locked the account because of the payment method',
  'problem.account_locked_payment_method.means': 'The card is missing, expired or was declined.',
  'problem.account_locked_payment_method.now': 'Update the payment method on fal’s billing page.',
  'problem.account_locked_budget_exceeded.what': 'fal locked the account: the budget is used up',
  'problem.account_locked_budget_exceeded.means':
    'The spending limit set at fal was reached; model calls are stopped.',
  'problem.account_locked_budget_exceeded.now': 'Raise the budget on fal’s billing page.',
  'problem.not_found.what': 'There is nothing here',
  'problem.not_found.means': 'The address does not exist or has changed.',
  'problem.not_found.now': 'Go back to the overview and carry on from there.',
  'problem.unsupported_media_type.what': 'We do not understand the format of the query',
  'problem.unsupported_media_type.means': 'Only forms and JSON are accepted.',
  'problem.unsupported_media_type.now':
    'Send Content-Type: application/x-www-form-urlencoded or application/json.',
  'problem.payload_too_large.what': 'The query is too large',
  'problem.payload_too_large.means': 'Up to 64 kB are accepted.',
  'problem.payload_too_large.now': 'Send less, for example fewer models at once.',
  'problem.rate_limited.what': 'Too many questions in a row',
  'problem.rate_limited.means': 'fal and this panel limit how often a minute one may ask.',
  'problem.rate_limited.now': 'Wait a minute and try again.',
  'problem.rate_limited.now_seconds_one': 'Wait {{count}} second and try again.',
  'problem.rate_limited.now_seconds_other': 'Wait {{count}} seconds and try again.',
  'problem.fal_bad_response.what': 'fal answered something we did not expect',
  'problem.fal_bad_response.means': 'We show no figures that we cannot verify.',
  'problem.fal_bad_response.now': 'Try again; meanwhile see the figures on fal’s own dashboard.',
  'problem.fal_unavailable.what': 'fal is not available',
  'problem.fal_unavailable.means':
    'It is down or refuses questions; that says nothing about your key.',
  'problem.fal_unavailable.now': 'Try again in a few minutes.',
  'problem.fal_unavailable_challenged.what':
    'A security filter in front of fal stopped the question',
  'problem.fal_unavailable_challenged.means':
    'The answer did not come from fal and says nothing about your key.',
  'problem.fal_unavailable_challenged.now':
    'Try again in a few minutes. If it goes on, check this server’s network for a VPN or proxy.',
  'problem.fal_timeout.what': 'fal took too long to answer',
  'problem.fal_timeout.means': 'The figures are unknown, which does not mean zero.',
  'problem.fal_timeout.now': 'Try again, or choose a shorter period.',
  'problem.internal_error.what': 'Something failed in this panel',
  'problem.internal_error.means': 'Neither your key nor fal is to blame.',
  'problem.internal_error.now':
    'Try again. If it goes on, give the request number to whoever runs the panel.',
  'problem.forbidden.what': 'Your role does not allow this',
  'problem.forbidden.means': 'Nothing was changed.',
  'problem.forbidden.now': 'Ask an admin to do it, or to change your role.',
  'problem.form_expired.what': 'This page is no longer good',
  'problem.form_expired.means':
    'It happens when the session has changed or the page was open for long. Nothing was changed.',
  'problem.form_expired.now': 'Reload the page and try again.',
  'problem.conflict.what': 'Somebody else changed this at the same time as you',
  'problem.conflict.means': 'Your changes were not saved, so as not to undo theirs.',
  'problem.conflict.now': 'Open it again, look at what is there and make your change once more.',
  'problem.store_unavailable.what': 'The panel cannot use its database',
  'problem.store_unavailable.means': 'What you asked for was not saved. Stored keys are intact.',
  'problem.store_unavailable.now':
    'Try again in a moment. If it goes on, tell whoever runs the server: the database may be full, locked or down.',
  'problem.panel_unreachable.what': 'We could not reach the panel',
  'problem.panel_unreachable.means': 'Your connection dropped or the panel is restarting.',
  'problem.panel_unreachable.now': 'Check your connection and try again.',

  'field.label.name': 'Name',
  'field.label.email': 'E-mail address',
  'field.label.password': 'Password',
  'field.label.api_key': 'API key',
  'field.label.period': 'Period',
  'field.label.start_date': 'From',
  'field.label.end_date': 'To',
  'field.label.timezone': 'Time zone',
  'field.label.endpoint_id': 'Models',
  'field.label.page': 'Page',
  'field.label.page_size': 'Records a page',
  'field.label.body': 'Query',

  'field.any.missing': 'This is missing.',
  'field.any.bad_characters': 'It has characters that cannot be stored.',
  'field.any.looks_like_key':
    'It seems to contain a key. Type keys into the key’s own field only: the whole team sees this text.',
  'field.any.unknown': 'Choose one of the options in the list.',
  'field.any.unusable': 'This value cannot be used.',
  'field.any.too_long': 'It is too long.',
  'field.name.too_long': 'The name can have up to 80 characters.',
  'field.api_key.missing': 'The fal API key is missing.',
  'field.api_key.bad_characters': 'It has characters that a fal key never has; copy it again.',
  'field.period.unknown': 'Choose 24h, 7d, 30d or custom.',
  'field.start_date.missing': 'Choose the date the period starts on.',
  'field.any.date_not_understood':
    'We do not understand this date. Write it as 2026-01-31 or 2026-01-31T18:00:00Z.',
  'field.any.start_not_before_end': 'The start must be before the end.',
  'field.any.period_too_long': 'The period may have up to 366 days.',
  'field.any.start_in_future': 'The period has yet to begin: choose a start in the past.',
  'field.timezone.unknown':
    'We do not know this time zone. Use a name such as America/Mexico_City.',
  'field.page.out_of_range': 'It must be a whole number from 1.',
  'field.page.too_deep': 'That page is too far back: ask for a shorter period instead.',
  'field.page_size.out_of_range': 'It must be a whole number from 1 to 1000.',
  'field.endpoint_id.malformed': 'It does not look like a fal model, such as fal-ai/fast-sdxl.',
  'field.endpoint_id.too_many': 'Too many models: up to 50 at once.',
  'field.body.not_understood': 'We do not understand the content: send a form or a JSON object.',
} as const satisfies Record<EnglishKey, string>;
