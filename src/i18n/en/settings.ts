export const settings = {
  'settings.title': 'Settings',
  'settings.lead':
    'They hold for the whole panel, and for API questions that do not say otherwise. Each change is written to the activity log.',
  'settings.done.saved': 'Settings saved. Within seconds they hold in the whole panel.',
  'settings.locale_hint':
    'For whoever has not chosen one and whose browser or program asks for neither.',
  'settings.locale_es': 'Español',
  'settings.locale_en': 'English',
  'settings.timezone_hint':
    'Days begin and times are shown in it, unless somebody asks for another.',
  'settings.locale_from_environment': '{{value}} (server’s)',
  'settings.timezone_from_environment': '{{value}} (server’s)',
  'settings.refresh_0': 'Never',
  'settings.refresh_30': 'Every 30 s',
  'settings.refresh_60': 'Every 60 s',
  'settings.refresh_300': 'Every 5 min',
  'settings.refresh_hint':
    'While the overview, the credits or a live event are in view. Each refresh of the credits is a question to fal for each account, one of an event is a few, and fal limits how many it takes.',
  'settings.currency_hint': 'All of fal’s figures are in US dollars.',
  'settings.history_all': 'For ever',
  'settings.history_400': '400 days',
  'settings.history_800': '800 days',
  'settings.history_1200': '1,200 days',
  'settings.history_hint':
    'What is older is deleted from the local copy for good, by hour and by day: pages will say that time is unknown, never zero. Balances and prices stay. Before you save you will see how much is deleted.',
  'settings.deletion_what': 'This deletes for good the usage from {{from}} to {{to}} (UTC).',
  'settings.deletion_accounts': 'Accounts: {{number}}',
  'settings.deletion_days': 'Days, those of each account added up: {{number}}',
  'settings.deletion_rows': 'Rows by hour: {{number}}',
  'settings.deletion_confirm': 'Yes, delete that usage',
  'settings.environment_hint':
    'What you choose here is kept in the database and goes before DEFAULT_LOCALE and DEFAULT_TIMEZONE, the variables the server starts with.',
  'settings.save': 'Save settings',

  'field.label.locale': 'Language',
  'field.label.refresh_seconds': 'Refresh live figures',
  'field.label.currency_display': 'How dollars are written',
  'field.label.history_days': 'Keep usage in the local copy',
  'field.label.confirm_deletion': 'Confirmation',
  'field.confirm_deletion.missing': 'Look at what is deleted, and tick the box if you want that.',
  'field.label.version': 'Form',
} as const;
