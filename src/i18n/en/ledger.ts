export const ledger = {
  'balance.success': 'Balance',

  'audit.credits.recorded': 'Wrote credits down',
  'audit.credits.corrected': 'Corrected an entry of credits',
  'audit.credits.voided': 'Took an entry of credits back',
  'audit.credits.dismissed': 'Said that a rise of the balance was no purchase',
  'audit.fact.kind': 'what they are',
  'audit.fact.amount': 'amount',
  'audit.fact.at': 'when',
  'audit.value.kind.purchase': 'purchase',
  'audit.value.kind.promotion': 'promotion',
  'audit.value.kind.adjustment': 'adjustment',

  'problem.not_found_credit_entry.what': 'That entry is not there any more',
  'problem.not_found_credit_entry.means': 'Somebody took it back, or it is another account’s.',
  'problem.not_found_credit_entry.now': 'See under Credits which there are.',
} as const;
