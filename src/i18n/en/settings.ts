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
    'While the overview or the credits are in view. Each refresh is a question to fal for each account, and fal limits how many it takes.',
  'settings.currency_hint': 'All of fal’s figures are in US dollars.',
  'settings.environment_hint':
    'What you choose here is kept in the database and goes before DEFAULT_LOCALE and DEFAULT_TIMEZONE, the variables the server starts with.',
  'settings.save': 'Save settings',

  'field.label.locale': 'Language',
  'field.label.refresh_seconds': 'Refresh live figures',
  'field.label.currency_display': 'How dollars are written',
  'field.label.version': 'Form',
} as const;
