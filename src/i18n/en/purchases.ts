export const purchases = {
  'purchases.success': 'Credits',
  'purchases.open': 'Recorded purchases and credits',

  'purchases.estimate': 'Balance',
  'purchases.estimate_badge': 'estimate',
  'purchases.estimate_balance':
    'It is the last balance fal gave, {{amount}} on {{time}}, with what was written down after it and less what was spent and expired since.',
  'purchases.estimate_purchases':
    'It is what was recorded as bought, {{amount}}, less what was spent and expired since {{time}}.',
  'purchases.days_unknown_one':
    'Not all usage of {{formatted}} day is known: more may have been spent.',
  'purchases.days_unknown_other':
    'Not all usage of {{formatted}} days is known: more may have been spent.',
  'purchases.estimate_leaves_out':
    'What is spent without calling models is not counted. The exact balance is at fal:',

  'purchases.runway': 'How long it lasts',
  'purchases.runway_until': 'Lasts until about {{day}}.',
  'purchases.runway_beyond': 'Lasts for more than {{days}} days.',
  'purchases.runway_over': 'Nothing is left.',
  'purchases.range': 'Most likely between {{from}} and {{to}}.',
  'purchases.range_open':
    'If days turn out expensive, until {{from}}; if not, more than {{days}} days.',
  'purchases.driver_pace': 'What moves it most is what each day costs.',
  'purchases.driver_events': 'What moves it most is the planned events: without them {{without}}.',
  'purchases.driver_expiry':
    'What moves it most is credits that expire unused: if they did not, {{without}}.',
  'purchases.without_until': 'it would last until {{day}}',
  'purchases.without_beyond': 'it would last for more than {{days}} days',
  'purchases.runway_basis_fal':
    'From the balance of {{time}} and the spend of the last 8 weeks. Time in {{timezone}}.',
  'purchases.runway_basis_estimate':
    'From the balance estimated at {{time}} and the spend of the last 8 weeks. Time in {{timezone}}.',
  'purchases.runway_without_events': 'Planned events are not counted.',
  'purchases.no_runway_balance_unknown':
    'How long it lasts is not known, because the balance is not. Record what you bought, or use a key with Admin scope.',
  'purchases.no_runway_not_read':
    'How long it lasts is not known yet: you will see it after the next reading of the history.',
  'purchases.no_runway_history_too_short':
    'How long it lasts is not known yet: it takes at least 7 days of usage.',
  'purchases.no_runway_other_currency':
    'How long it lasts is not known: balance and usage are in different currencies.',

  'purchases.proposal_on':
    'It looks as if you bought about {{amount}} on {{day}}, between {{from}} and {{to}}.',
  'purchases.proposal_between':
    'It looks as if you bought about {{amount}} between {{from}} and {{to}}.',
  'purchases.proposal_bounds': 'By the usage of those hours, between {{low}} and {{high}}.',
  'purchases.confirm': 'Record the purchase',
  'purchases.dismiss': 'It was not a purchase',

  'purchases.balance_above': 'fal’s balance is {{amount}} more than your entries leave.',
  'purchases.balance_below': 'fal’s balance is {{amount}} less than your entries leave.',
  'purchases.cause_top_up_to_confirm':
    'What looks like a purchase is probably not recorded yet: confirm it, or say that it was not one.',
  'purchases.cause_purchase_missing':
    'Some credits are probably not recorded yet: look for them in fal’s billing and record them.',
  'purchases.cause_usage_not_known':
    'It is probably usage on days that the local copy does not have. See which are missing:',
  'purchases.cause_other_spend':
    'It was probably spent on something other than calls to models, such as servers. Look it up in fal’s billing and record an adjustment.',
  'purchases.expires_unused':
    'At this pace {{amount}} will expire unused of: {{what}} of {{came}}. It expires on {{time}}.',

  'purchases.title': 'Credits of {{name}}',
  'purchases.lead': 'What was bought or given, where it went, and what is left of each.',
  'purchases.back_to_credits': 'Credits',
  'purchases.back': 'Recorded credits',
  'purchases.add': 'Record credits',
  'purchases.import': 'Import CSV',
  'purchases.none': 'Nothing is recorded yet',
  'purchases.none_now':
    'Record your purchases, or import them from a CSV: then you know what is left of each and when it expires.',
  'purchases.none_viewer': 'Whoever operates the panel can record purchases and promotions.',
  'purchases.lots': 'What is left of each purchase',
  'purchases.lots_why':
    'What expires first counts as spent first. Spent + expired + left is always the amount.',
  'purchases.what': 'What',
  'purchases.when': 'When',
  'purchases.spent': 'Spent',
  'purchases.expired': 'Expired',
  'purchases.left': 'Left',
  'purchases.expires': 'Expires',
  'purchases.never': 'never',
  'purchases.total': 'Total',
  'purchases.unfunded':
    'Another {{amount}} was spent that no recorded purchase covers: one is probably missing.',
  'purchases.apart':
    'Entries in {{currencies}} are left out of this sum: the balance is in another currency.',
  'purchases.unspent':
    'Usage is charged in USD and is not taken off these credits in {{currency}}.',
  'purchases.entries': 'Entries',
  'purchases.entries_why': 'Latest first. Nothing is rewritten: what was corrected stays in sight.',
  'purchases.is_void': 'voided',
  'purchases.is_apart': 'not in the sum',
  'purchases.before': 'before',
  'purchases.correct': 'Correct',
  'purchases.take_back': 'Void',
  'purchases.expires_on': 'expires on {{time}}',
  'purchases.expires_never': 'does not expire',
  'purchases.recorded': '{{name}}, {{time}}',

  'purchases.add_title': 'Record credits of {{name}}',
  'purchases.confirm_title': 'Record what looks like a purchase in {{name}}',
  'purchases.confirm_lead':
    'Amount and time are taken from how the balance rose. Correct them if your receipt says otherwise.',
  'purchases.correct_title': 'Correct an entry of {{name}}',
  'purchases.correct_lead': 'What it said before stays in sight, below the correction.',
  'purchases.kind_hint': 'An adjustment is neither purchase nor promotion, such as a refund.',
  'purchases.amount_hint': 'Such as 50 or 12.50. Only an adjustment can be negative.',
  'purchases.at_hint': 'Time in {{timezone}}.',
  'purchases.expires_hint': 'Empty: a purchase expires after 365 days; anything else, never.',
  'purchases.never_check': 'Does not expire',
  'purchases.note_hint': 'The receipt’s number or who paid, for example.',
  'purchases.save': 'Record',
  'purchases.save_correction': 'Save the correction',
  'purchases.void_title': 'Void an entry',
  'purchases.void_lead':
    "It will no longer count in any sum. It stays in sight as voided, and this can't be undone: it would have to be recorded again.",
  'purchases.void_now': 'Void the entry',

  'purchases.import_title': 'Import credits of {{name}}',
  'purchases.import_lead':
    'From a CSV file, or rows copied from a spreadsheet, with these columns. If any line is wrong, none is imported.',
  'purchases.import_rules':
    'Only date and amount are needed; there can be a currency too. kind is purchase (the usual), promotion or adjustment. expires empty: 365 days for a purchase; never: it does not expire. Dates like 2026-01-31 or 2026-01-31 18:00, time in {{timezone}}.',
  'purchases.import_file': 'File',
  'purchases.import_file_hint':
    'What is in it appears below, for you to look over before you import it.',
  'purchases.sample': 'Example',
  'purchases.sample_card': 'card, receipt 17',
  'purchases.sample_gift': 'welcome',
  'purchases.import_now': 'Import',
  'purchases.bad_lines': 'Lines to correct',
  'purchases.line': 'Line {{line}}',
  'purchases.bad_cell': '{{column}}: {{message}}',

  'purchases.done.recorded': 'The entry is recorded.',
  'purchases.done.corrected': 'The entry is corrected.',
  'purchases.done.voided': 'The entry is voided.',
  'purchases.done.imported': 'Everything is recorded.',
  'purchases.done.dismissed':
    'Understood: it was not a purchase, and it will not be proposed again.',
  'purchases.done.explained_already': 'That is recorded or dismissed already.',

  'field.label.kind': 'What it is',
  'field.label.amount': 'Amount',
  'field.label.currency': 'Currency',
  'field.label.at': 'When',
  'field.label.expires_at': 'Expires',
  'field.label.csv': 'What is in the CSV',
  'field.kind.unknown': 'It is a purchase, a promotion or an adjustment.',
  'field.amount.zero': "It can't be zero.",
  'field.amount.negative': 'Only an adjustment can be negative.',
  'field.amount.out_of_range': 'That is too much: a hundred million at most.',
  'field.currency.malformed': 'Write its code, such as USD or MXN.',
  'field.at.in_future': 'That time has not come yet: record it once the credits are there.',
  'field.at.too_long_ago': 'It is more than 10 years ago.',
  'field.at.already_there':
    'The same is written down already, at this time. If it came twice, change the time by a minute.',
  'field.expires_at.before_it_came': 'It has to expire after it came.',
  'field.expires_at.too_far': 'It is more than 50 years from now. If it does not expire, say so.',
  'field.expires_at.both_said': 'Write a date or say that it does not expire, not both.',
  'field.expires_at.of_a_charge': 'A negative adjustment does not expire: leave it empty.',
  'field.csv.missing': 'Paste here what is in the file.',
  'field.csv.no_header':
    'The first line has to name the columns, date and amount at least, and no other than kind, expires, note and currency.',
  'field.csv.no_lines': 'There is nothing but the names of the columns.',
  'field.csv.bad_lines': 'There are lines to correct. None was imported.',
  'field.csv.wrong_columns':
    'It does not have as many columns as the first line. A text with commas goes in quotes.',
  'field.csv.broken_quotes': 'Quotes are not closed or are out of place, here or before.',
  'field.csv.already_there': 'The same is recorded already, at the same time. Remove this line.',
} as const;
