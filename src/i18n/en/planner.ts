export const planner = {
  'planner.cost_exactly': 'it will cost {{cost}}',
  'planner.cost_between': 'it will cost between {{low}} and {{high}}',
  'planner.verdict_enough': 'Enough: {{range}} and you will have {{available}} that day.',
  'planner.verdict_tight':
    'Tight: {{range}} and you will have {{available}} that day. Add {{amount}} to be safe.',
  'planner.verdict_top_up':
    'Top up {{amount}} before the event: {{range}} and you will have {{available}} that day.',
  'planner.verdict_top_up_on':
    'Top up {{amount}} now: {{range}} from here to its end, and you have {{available}}.',

  'field.any.not_a_number': 'This has to be a number, such as 12 or 0.005.',
  'field.any.ambiguous_comma':
    'That comma may be of thousands or of decimals: write 1500 or 1.5, for example.',
  'field.starts_at.too_far': 'It can be at most 3 years from now.',
  'field.starts_at.too_long_ago': 'It is more than 10 years ago.',
  'field.ends_at.event_over': 'The event is over: there is nothing to check.',
  'field.any.event_too_long': 'An event lasts 31 days at most.',
  'field.any.repeated': 'The same model is there twice. Add its shares up into one.',
  'field.any.shares_not_whole': 'The shares of the models have to add up to 100%.',
  'field.any.no_price': 'Its price is not known. Say what an output costs.',
  'field.any.balance_unknown':
    'What is left is not known. Say what there is to spend, or record your purchases under Credits.',

  'audit.event.planned': 'Planned an event',
  'audit.event.changed': 'Changed a planned event',
  'audit.event.closed': 'Closed an event',
  'audit.event.deleted': 'Deleted a planned event',

  'problem.not_found_event.what': 'That event is not there any more',
  'problem.not_found_event.means': 'Somebody deleted it.',
  'problem.not_found_event.now': 'See under Events which there are.',
} as const;
