export const alertAccount = {
  'alert_kind.costly_request': 'A very costly call',
  'alert_kind.costly_request.about':
    'A single call cost many times what its model usually does. Tells within minutes, whatever the budgets say.',
  'alert_kind.balance_below': 'Low balance',
  'alert_kind.balance_below.about':
    'The balance that fal states is below an amount. Over once it is 10% above it.',
  'alert_kind.runway_short': 'Credits for few days',
  'alert_kind.runway_short.about':
    'At the recent pace and with the planned events, credits last for less than these days.',
  'alert_kind.credits_expiring': 'Credits about to expire',
  'alert_kind.credits_expiring.about':
    'At the recent pace, credits of a purchase that expires within these days will be left unused.',
  'alert_kind.event_uncovered': 'Event without enough credits',
  'alert_kind.event_uncovered.about':
    'Credits will not last through a planned event that begins within these days. Three days before, it also tells when nobody can know.',
  'alert_kind.account_trouble': 'Account locked or key refused',
  'alert_kind.account_trouble.about':
    'fal locked the account, refuses the key or does not answer. Says which of them it is and what to do.',
  'alert_kind.sync_stale': 'Data not up to date',
  'alert_kind.sync_stale.about':
    'No new data of the account has come for longer than it should take.',

  'alert.costly_request.found': 'A call to {{model}} cost {{cost}}: {{compared}}.',
  'alert.costly_request.over': 'The call to {{model}} that cost {{cost}} is not recent any more.',
  'alert.costly_request.advice':
    'Check what that call asked for, and stop what made it if it may happen again. If the charge is wrong, write to support@fal.ai with the request id.',
  'alert.balance_below.found': 'The balance is {{balance}}, less than {{limit}}.',
  'alert.balance_below.over': 'The balance is not below {{limit}} any more.',
  'alert.balance_below.advice':
    'Top up at fal.ai. At zero the account is locked, and unlocking it can take days.',
  'alert.runway_short.found': 'Credits last for another {{days_left}}: until {{lasts_until}}.',
  'alert.runway_short.over': 'Credits last for long enough again.',
  'alert.runway_short.advice': 'Top up some days ahead: after a lock it can take a while.',
  'alert.credits_expiring.found': '{{expiring}} will expire unused on {{expires_on}}.',
  'alert.credits_expiring.over':
    'The {{expiring}} of {{expires_on}} will not expire unused any more, or have expired.',
  'alert.credits_expiring.advice':
    'Do work now that you meant to do later, or do not top up until they are used.',
  'alert.event_uncovered.found': '{{event}}, on {{starts_at}}: {{outlook}}.',
  'alert.event_uncovered.over': '{{event}}: credits are enough, or the event is over.',
  'alert.event_uncovered.advice':
    'Open the event to see how much is missing and why. Top up at least three days ahead: a top-up can take a while to help.',
  'alert.account_trouble.found': '{{trouble}}, since {{trouble_since}}.',
  'alert.account_trouble.over': 'fal answers as it should again. Before: {{trouble}}.',
  'alert.account_trouble.advice': '{{what_to_do}}',
  'alert.sync_stale.found': 'No new data has come since {{stale_since}}: {{reason}}.',
  'alert.sync_stale.over': 'The data is up to date again.',
  'alert.sync_stale.advice':
    'Open the history of the account to see the last reading. Until then spending and balance are those of before, and other alerts may come late.',

  'alert_fact.model': 'Model',
  'alert_fact.cost': 'Cost',
  'alert_fact.compared': 'Compared',
  'alert_fact.usual_cost': 'Usually costs',
  'alert_fact.times_usual': 'Above the usual',
  'alert_fact.request': 'Request id',
  'alert_fact.charged_at': 'Charged',
  'alert_fact.balance': 'Balance',
  'alert_fact.limit': 'Limit',
  'alert_fact.as_of': 'Read',
  'alert_fact.days_left': 'Left',
  'alert_fact.lasts_until': 'Last until',
  'alert_fact.earliest': 'At worst until',
  'alert_fact.expiring': 'Will expire unused',
  'alert_fact.expires_on': 'Expire on',
  'alert_fact.event': 'Event',
  'alert_fact.starts_at': 'Begins',
  'alert_fact.outlook': 'Outlook',
  'alert_fact.why': 'Why',
  'alert_fact.missing': 'Missing',
  'alert_fact.cost_low': 'Will cost at least',
  'alert_fact.cost_high': 'Will cost at most',
  'alert_fact.available': 'There will be',
  'alert_fact.top_up_by': 'Top up by',
  'alert_fact.trouble': 'What is wrong',
  'alert_fact.what_to_do': 'What to do',
  'alert_fact.trouble_since': 'Since',
  'alert_fact.times_refused': 'Refusals of the same question',
  'alert_fact.accounts_affected': 'Accounts affected',
  'alert_fact.before': 'Before',
  'alert_fact.topped_up': 'Top-up written down since',
  'alert_fact.topped_up_at': 'Date of that top-up',
  'alert_fact.although': 'Mind',
  'alert_fact.said': 'fal’s answer',
  'alert_fact.stale_since': 'Last data',
  'alert_fact.reason': 'Reason',

  'alert_param.times': 'Times the usual',
  'alert_param.min_amount': 'Only from',
  'alert_param.amount': 'Amount',
  'alert_param.days': 'Days',
  'alert_param.verdict': 'Tell when',
  'alert_param.minutes': 'Minutes late',
  'alert_option.verdict.top_up': 'not even what is expected is covered',
  'alert_option.verdict.tight': 'it is tight or not covered',

  'alert_code.exhausted_balance': 'The account is locked: the balance is used up',
  'alert_code.do_exhausted_balance':
    'Models do not answer until there is a balance. Top up at fal.ai now. If it stays locked for an hour with a balance, download the evidence and write to support@fal.ai.',
  'alert_code.top_up': 'The account is locked: fal asks for a top-up',
  'alert_code.do_top_up':
    'Top up at fal.ai. If you already have, do not do it again: download the evidence and send it to support@fal.ai.',
  'alert_code.admin_lock': 'The account is locked by fal (Admin lock)',
  'alert_code.do_admin_lock':
    'A top-up does not help: only fal can lift this lock. Download the evidence, send it to support@fal.ai, and have another account ready if an event is near.',
  'alert_code.payment_method': 'The account is locked: something is wrong with the payment method',
  'alert_code.do_payment_method':
    'Check the card and open charges in the billing of fal.ai. If the payment has gone through, send the evidence to support@fal.ai.',
  'alert_code.budget_exceeded': 'The account is locked: it went over the budget set at fal',
  'alert_code.do_budget_exceeded':
    'Raise or remove the budget in the billing of fal.ai, or wait for the next period to begin.',
  'alert_code.locked': 'The account is locked for another reason',
  'alert_code.do_locked':
    'Read what fal answered, check the billing at fal.ai, and send the evidence to support@fal.ai.',
  'alert_code.bad_key': 'fal does not know the account’s key',
  'alert_code.do_bad_key':
    'The key was deleted, or it is new and fal has not bound it to the account yet. Make another one at fal.ai and change it in Accounts. Booths with the same key do not work either.',
  'alert_code.scope': 'The key may not read usage or balance',
  'alert_code.do_scope':
    'Models may go on working, but the panel does not see what is spent. Make a key at fal.ai that reads usage and billing, and change it in Accounts.',
  'alert_code.cdn': 'A protection page answers instead of fal',
  'alert_code.do_cdn':
    'It says nothing about the key or the account, and mostly passes by itself. If it lasts, try from another network: this server’s address may be held back.',
  'alert_code.outage': 'fal does not answer this panel',
  'alert_code.do_outage':
    'Check status.fal.ai and this server’s connection. The panel goes on asking; what is missing is read later.',
  'alert_code.locked_with_credit': 'It is locked although there is a balance or a later top-up',
  'alert_code.far_above_usual': 'far more than it usually does',
  'alert_code.much_for_any': 'much for any model, and what this one usually costs is not known',
  'alert_code.event_short': 'credits are not enough',
  'alert_code.event_tight': 'credits are only just enough',
  'alert_code.event_unsure': 'nobody can know whether credits are enough',
  'alert_code.models_unknown': 'nobody knows which models will be used',
  'alert_code.no_price': 'the price of a model is not known',
  'alert_code.balance_unknown': 'the balance is not known',
  'alert_code.not_begun': 'no reading has ended',
  'alert_code.account_locked': 'the account is locked',
  'alert_code.invalid_api_key': 'fal does not know the key',
  'alert_code.unbound_key': 'fal does not know yet whose key it is',
  'alert_code.admin_scope_required': 'the key lacks the right',
  'alert_code.rate_limited': 'fal asks to wait',
  'alert_code.fal_bad_response': 'fal answered something that makes no sense',
  'alert_code.fal_unavailable': 'fal is not available',
  'alert_code.fal_timeout': 'fal takes too long',
  'alert_code.key_unreadable': 'the stored key cannot be read with the secret of this panel',
  'alert_code.store_unavailable': 'the database does not answer',
  'alert_code.internal_error': 'something is wrong in this panel',
};
