export const ledger = {
  'balance.success': 'Balance',

  'audit.credits.recorded': 'Recorded credits',
  'audit.credits.corrected': 'Corrected a credit entry',
  'audit.credits.voided': 'Voided a credit entry',
  'audit.credits.dismissed': 'Said that a rise of the balance was not a purchase',
  'audit.fact.kind': 'what they are',
  'audit.fact.amount': 'amount',
  'audit.fact.at': 'when',
  'audit.value.kind.purchase': 'purchase',
  'audit.value.kind.promotion': 'promotion',
  'audit.value.kind.adjustment': 'adjustment',

  'problem.not_found_credit_entry.what': 'That entry is not there any more',
  'problem.not_found_credit_entry.means': 'Somebody voided it, or it belongs to another account.',
  'problem.not_found_credit_entry.now': 'See under Credits which there are.',
} as const;
