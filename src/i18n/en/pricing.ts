export const pricing = {
  'nav.pricing': 'Prices',

  'pricing.title': 'Prices',
  'pricing.lead':
    'What each model costs at fal, since when, and what a month would have cost at today’s prices or on another model.',
  'pricing.list': 'Models in use',
  'pricing.daily':
    'These are list prices, before discounts. They are read once a day, for models used in the last 30 days and those of planned events.',
  'pricing.never_read':
    'No price has been read yet. They are read some minutes after the first usage, and then once a day.',
  'pricing.none_in_use': 'No model was used in the last 30 days.',
  'pricing.price': 'Price',
  'pricing.price_now': 'Price now',
  'pricing.unit': 'For each',
  'pricing.valid_since': 'Since when',
  'pricing.since': 'Since {{date}}',
  'pricing.since_at_least': 'At least since {{date}}',
  'pricing.last_seen': 'Last seen {{date}}',
  'pricing.price_last_seen': 'Its price was last read on {{date}}.',
  'pricing.no_price_yet': 'fal lists no price for it, or has not been asked yet.',
  'pricing.no_price_at_fal': 'fal lists no price for it.',
  'pricing.per_unit': '{{price}} for {{unit}}',

  'pricing.changes': 'Price changes of the last year',
  'pricing.no_changes': 'None since prices have been read.',
  'pricing.became': 'became',
  'pricing.changed_between': 'Changed between {{from}} and {{until}}',
  'pricing.other_unit': 'another unit',
  'pricing.other_currency': 'another currency',
  'pricing.was_free': 'free before',

  'pricing.month_title': '{{month}} at today’s prices',
  'pricing.month_lead':
    'What was billed, and the same units at today’s prices. Days are those of {{timezone}}.',
  'pricing.prices_of': 'Prices of {{time}}.',
  'pricing.choose_month': 'Choose the month',
  'pricing.month': 'Month',
  'pricing.show_month': 'Show month',
  'pricing.no_use': 'The local copy has no usage of this month.',
  'pricing.billed': 'Billed',
  'pricing.at_today': 'At today’s price',
  'pricing.change': 'Difference',
  'pricing.at_today_why':
    'Each model’s discount is taken off today’s list prices, too: the difference is one of prices alone. A total with ≥ leaves out the models whose figure is not known.',
  'pricing.had_discount':
    'It had a discount of {{percent}}, which is taken off today’s price, too.',
  'pricing.kept': 'As they were billed, for fal lists one price a model: {{units}}.',
  'pricing.none_known': 'It is not known for any model.',
  'pricing.unknown_no_price': 'Its list price is not known.',
  'pricing.unknown_other_currency': 'Its list price is not in dollars.',
  'pricing.unknown_units_unknown': 'fal did not say which units it billed, or at what price.',
  'pricing.unknown_unit_differs': 'It was billed in another unit than that of the list price.',
  'pricing.unknown_not_listed':
    'It was billed at a price that fal did not list: it may be that of another size or class.',

  'pricing.swap': 'And on another model?',
  'pricing.swap_model': 'The calls of',
  'pricing.swap_other': 'Made with',
  'pricing.swap_hint': 'To choose one that you do not use, search for it above first.',
  'pricing.swap_submit': 'Compare',
  'pricing.swap_answer_one':
    '{{calls}} call of {{model}} cost {{cost}}; with {{other}} it would have cost {{swapped}}.',
  'pricing.swap_answer_other':
    '{{calls}} calls of {{model}} cost {{cost}}; with {{other}} they would have cost {{swapped}}.',
  'pricing.swap_unknown':
    'What a call of {{other}} costs is not known: it was not used in this month, and its price is not for an image, a video or a request.',
  'pricing.swap_own_average': 'At the average of your own calls of that month: {{price}} each.',
  'pricing.swap_unit_price':
    'At its list price, {{price}} for {{unit}}, if each call makes one unit.',

  'pricing.search': 'Search for a model’s price',
  'pricing.search_lead': 'fal is asked right now.',
  'pricing.search_words': 'Name or kind of model',
  'pricing.search_submit': 'Search',
  'pricing.found_one': '{{formatted}} model',
  'pricing.found_other': '{{formatted}} models',
  'pricing.found_more': 'There are more: write something more precise.',

  'pricing.success': 'Prices',
  'pricing.caveat_before_discounts': 'It is at list prices, before discounts.',
  'pricing.caveat_may_be_too_low':
    'fal estimates by past calls, which often comes out too low: for models billed by compute second up to 100 times. Better estimate by units.',
  'field.endpoints.no_price': 'fal has no price for one of these models.',
} as const;
