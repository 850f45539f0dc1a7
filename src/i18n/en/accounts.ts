export const accounts = {
  'accounts.title': 'fal accounts',
  'accounts.lead': 'Each account keeps a fal key, encrypted, so that nobody has to type it again.',
  'accounts.add': 'Add an account',
  'accounts.list': 'Stored accounts',
  'accounts.default': 'default',
  'accounts.key': 'Key',
  'accounts.slug': 'Name for programs',
  'accounts.no_note': 'No note',
  'accounts.empty': 'No account is stored yet',
  'accounts.empty_admin':
    'Add one and “Show usage” is a click away for the whole team, without handing the key around.',
  'accounts.empty_others':
    'An admin can add one. Until then, you can see the usage of a key that you type in.',
  'accounts.ask': 'Show usage',
  'accounts.test': 'Test connection',
  'accounts.edit': 'Change details',
  'accounts.replace_key': 'Change the key',
  'accounts.make_default': 'Make it the default',
  'accounts.delete': 'Delete',
  'accounts.back': 'All accounts',
  'accounts.cancel': 'Cancel',
  'accounts.checked_at': 'Tested {{time}}, {{timezone}} time',
  'accounts.not_checked': 'What can this key read?',
  'accounts.not_checked_next':
    '“Test connection” asks fal for a little of everything with the stored key. It runs no model.',
  'accounts.unchecked': 'The key was stored without being checked',
  'accounts.unchecked_next':
    'fal did not answer, so we do not know whether it works. Test the connection again once fal is back.',

  'accounts.done.created': 'The account is stored.',
  'accounts.done.changed': 'Your changes are saved.',
  'accounts.done.key_replaced':
    'The new key is stored. The old one stays valid at fal until you delete it there.',
  'accounts.done.made_default': 'This is the default account now.',
  'accounts.done.deleted': 'The account is gone from the panel, and its key with it.',
  'accounts.done.tested': 'This is what fal says of the key right now.',

  'accounts.new_title': 'Add an account',
  'accounts.new_lead': 'Before the key is stored we ask fal what it can read.',
  'accounts.name_hint': 'What your team calls it, such as “Booths Mexico”.',
  'accounts.note_hint': 'For the team: whose it is, for which events. Never a key.',
  'accounts.timezone_hint': 'Days are cut and times are shown in it.',
  'accounts.color': 'Colour in lists',
  'accounts.color_number': 'Colour {{number}}',
  'accounts.api_key': 'fal API key',
  'accounts.api_key_hint':
    'It is stored encrypted. From then on only the last four characters of its id are shown.',
  'accounts.save': 'Test and save',
  'accounts.save_changes': 'Save changes',
  'accounts.least': 'Which key to choose',
  'accounts.least_needs':
    'This panel only reads. It needs usage and balance, which fal shows to keys with Admin scope.',
  'accounts.least_read_only': 'If fal offers you a read-only key, use that: it cannot spend.',
  'accounts.least_otherwise':
    'If the choice is between API and Admin, create an Admin key for this panel alone: you can delete it without stopping anything else.',
  'accounts.least_link': 'Create a key at fal.ai',
  'accounts.edit_title': 'Change the details of {{name}}',
  'accounts.key_title': 'Change the key of {{name}}',
  'accounts.key_lead':
    'The stored key is {{hint}}. The new one takes its place as soon as fal recognises it.',

  'accounts.delete_title': 'Delete {{name}}?',
  'accounts.delete_lead': 'This cannot be undone. What is lost:',
  'accounts.delete_key':
    'The key {{hint}}: there is no readable copy, so it has to be typed in again to come back.',
  'accounts.delete_fields': 'The account’s name, note, time zone and colour.',
  'accounts.delete_programs':
    'The access of programs that ask with account={{slug}}: they will get the error not_found.',
  'accounts.delete_default': 'The default account: it will be {{name}}.',
  'accounts.delete_last': 'The only account: every question will need a key typed in.',
  'accounts.delete_comes_back':
    'As long as FAL_KEY is in the server’s configuration, the next start stores that key as an account again.',
  'accounts.delete_keeps':
    'Nothing changes at fal: usage, balance and the key stay there. If the key is not needed any more, delete it at fal too.',
  'accounts.delete_confirm': 'Yes, delete {{name}} and its key',
  'accounts.delete_now': 'Delete the account',
  'accounts.seeded': 'Main account',
  'accounts.seeded_note': 'Created from FAL_KEY at the start.',

  'config.account_hint': 'Asked with its stored key.',
  'config.account_link': 'fal accounts',
  'config.other_key': 'Use another key',
  'config.other_key_hint':
    'If you type one, it is used in place of the account, for this query alone: it is neither stored nor shown again.',
  'config.timezone_account': 'The account’s own',
  'config.invitation': 'Do you use it often?',
  'config.invitation_link': 'Store it encrypted as an account',
  'config.ready': 'Ready to ask',
  'config.ready_next': 'Choose an account and a period, and press “Show usage”.',
  'config.ready_doubt': 'fal is asked for the figures at that moment, with the stored key.',

  'diagnosis.spending':
    'fal does not say whether this key can run models too, that is, spend: API and Admin keys can. This panel only reads; if fal offers you a read-only key, use that.',

  'problem.invalid_request_key.what': 'The key was not stored',
  'problem.invalid_request_key.means': 'Nothing was changed.',
  'problem.invalid_request_key.now': 'Copy the key again, or create another one.',
  'problem.not_found_account.what': 'No stored account has that name',
  'problem.not_found_account.means': 'It may have been deleted, or its name is another.',
  'problem.not_found_account.now': 'See under “fal accounts” which there are and their names.',
  'problem.not_found_any_account.what': 'No fal account is stored yet',
  'problem.not_found_any_account.means':
    'The query came without a key, and there is none to ask with.',
  'problem.not_found_any_account.now': 'Store an account in the panel, or send a key in api_key.',
  'problem.key_unreadable.what': 'The stored key cannot be opened',
  'problem.key_unreadable.means':
    'It was encrypted under another APP_SECRET, or its row in the database was changed. fal was not asked anything.',
  'problem.key_unreadable.now':
    'If APP_SECRET was just changed, the panel has to be restarted. If not, an admin has to change the account’s key.',

  'field.label.account': 'Account',
  'field.label.note': 'Note',
  'field.label.color': 'Colour',
  'field.label.confirm': 'Confirmation',
  'field.account.unknown': 'No stored account has that name.',
  'field.account.none_stored': 'No account is stored.',
  'field.note.too_long': 'The note can have up to 500 characters.',
  'field.api_key.unknown_key':
    'fal does not know this key. Copy all of it again, or create another one.',
  'field.api_key.unbound_key':
    'fal does not know yet whose key this is, as with keys just made. Wait a few minutes and send it again.',
  'field.api_key.malformed_key':
    'This does not look like a fal key: two parts joined by a colon (id:secret).',
  'field.color.unknown': 'Choose one of the eight colours.',
  'field.confirm.missing': 'Tick the box to confirm that this is what you want.',
} as const;
