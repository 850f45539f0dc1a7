export const alertSpend = {
  'alert_kind.spend_above': 'Spend above an amount',
  'alert_kind.spend_above.about':
    'More than an amount was spent in a day, a week, a month or the last hours. It tells you once a period.',
  'alert_kind.budget': 'Budget',
  'alert_kind.budget.about':
    'Part of the budget is spent, or at the pace of the last weeks it will not be enough. It tells you of the highest step; those below 100% are one level less severe.',
  'alert_kind.spend_unusual': 'Unusual spend',
  'alert_kind.spend_unusual.about':
    'In 3 or in 24 hours several times what is normal for that weekday and hour was spent, and more than on the busiest days of eight weeks. Planned events count as normal. A new account is compared once it is two weeks old.',
  'alert_kind.failure_rate': 'Many failures',
  'alert_kind.failure_rate.about':
    'Of the calls of the last hours a larger part failed. It says nothing while there are few calls.',
  'alert_kind.price_changed': 'Price change',
  'alert_kind.price_changed.about':
    'fal changed the list price of a model that the account used in the last 30 days. When it falls, it only informs you.',

  'alert.spend_above.found': '{{spent}} was spent, more than {{amount}}, since {{since}}.',
  'alert.spend_above.over':
    'Spend since {{since}} stayed at {{spent}}: the period is over, or it is below {{amount}} again.',
  'alert.spend_above.advice':
    'Open the usage of the account to see which model and which key spend it. If it is not yours, turn that key off at fal.ai.',
  'alert.budget.found':
    '{{standing}}: {{spent}} of {{budget}} ({{used}}), from {{from}} to {{until}}.',
  'alert.budget.over':
    'The alert about the budget is over. Before: {{standing}}, at {{spent}} of {{budget}} ({{used}}), from {{from}} to {{until}}.',
  'alert.budget.advice':
    'See which models spend most and whether something can wait. If the budget is too small, change it in the rule.',
  'alert.spend_unusual.found':
    '{{spent}} was spent in {{hours}}: {{factor}} {{basis}} ({{normal}}), on a {{weekday}} at {{hour}}. Mostly {{model}}, with {{share}}.',
  'alert.spend_unusual.over': 'Spend is back to normal. Before: {{spent}} in {{hours}}.',
  'alert.spend_unusual.advice':
    'Check whether an event is missing from the plan or a process does not stop. Open the usage by hour and by key.',
  'alert.failure_rate.found':
    '{{rate}} of the calls of {{hours}} failed: {{failures}} of {{calls}}. Mostly {{model}}.',
  'alert.failure_rate.over': 'Calls are answered again, or there are only few.',
  'alert.failure_rate.advice':
    'See whether fal reports an outage, and what the model answers. An event can use another model meanwhile.',
  'alert.price_changed.found':
    'The price of {{model}} changed by {{change}}: from {{old_price}} to {{new_price}} per {{unit}}.',
  'alert.price_changed.over': 'The price of {{model}} changed some days ago.',
  'alert.price_changed.advice':
    'Check the events that are planned with this model: their cost goes by the new price now.',

  'alert_fact.spent': 'Spent',
  'alert_fact.amount': 'Amount of the rule',
  'alert_fact.since': 'Since',
  'alert_fact.share': 'Part of that model',
  'alert_fact.standing': 'Standing',
  'alert_fact.budget': 'Budget',
  'alert_fact.used': 'Used',
  'alert_fact.from': 'First day',
  'alert_fact.until': 'Last day',
  'alert_fact.step': 'Step',
  'alert_fact.forecast': 'Expected at the end',
  'alert_fact.hours': 'Within',
  'alert_fact.factor': 'More than normal',
  'alert_fact.normal': 'Normal',
  'alert_fact.basis': 'Compared with',
  'alert_fact.weekday': 'Weekday',
  'alert_fact.hour': 'Hour',
  'alert_fact.rate': 'Failed',
  'alert_fact.failures': 'Failures',
  'alert_fact.calls': 'Calls',
  'alert_fact.unit': 'Unit',
  'alert_fact.old_price': 'Price before',
  'alert_fact.new_price': 'New price',
  'alert_fact.change': 'Change',
  'alert_fact.at': 'Seen',
  'alert_fact.monthly_change': 'Difference for the use of 30 days',

  'alert_code.weekday_hour': 'what is normal at that hour',
  'alert_code.used_day': 'a usual day with events',
  'alert_code.budget_step': 'Part of the budget is spent',
  'alert_code.budget_spent': 'All of the budget is spent',
  'alert_code.budget_short': 'At the recent pace the budget will not be enough',
  'alert_code.monday': 'Monday',
  'alert_code.tuesday': 'Tuesday',
  'alert_code.wednesday': 'Wednesday',
  'alert_code.thursday': 'Thursday',
  'alert_code.friday': 'Friday',
  'alert_code.saturday': 'Saturday',
  'alert_code.sunday': 'Sunday',

  'alert_param.period': 'Period',
  'alert_param.endpoint_id': 'Model',
  'alert_param.api_key_id': 'API key',
  'alert_param.steps': 'Steps',
  'alert_param.forecast': 'Tell ahead when it will not be enough',
  'alert_param.percent': 'Percentage',
  'alert_param.min_calls': 'Least number of calls',
  'alert_param.hours': 'Hours',

  'alert_option.period.today': 'a day',
  'alert_option.period.day': 'a day',
  'alert_option.period.last_hour': 'an hour',
  'alert_option.period.last_24h': 'the last 24 hours',
  'alert_option.period.week': 'a week',
  'alert_option.period.month': 'a month',
} as const;
