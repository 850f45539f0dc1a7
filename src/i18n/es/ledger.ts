export const ledger = {
  'balance.success': 'Saldo',

  'audit.credits.recorded': 'Anotó créditos',
  'audit.credits.corrected': 'Corrigió una anotación de créditos',
  'audit.credits.voided': 'Anuló una anotación de créditos',
  'audit.credits.dismissed': 'Dijo que un aumento del saldo no fue una compra',
  'audit.fact.kind': 'qué son',
  'audit.fact.amount': 'monto',
  'audit.fact.at': 'cuándo',
  'audit.value.kind.purchase': 'compra',
  'audit.value.kind.promotion': 'promoción',
  'audit.value.kind.adjustment': 'ajuste',

  'problem.not_found_credit_entry.what': 'Esa anotación ya no está',
  'problem.not_found_credit_entry.means': 'Alguien la anuló, o es de otra cuenta.',
  'problem.not_found_credit_entry.now': 'Mira en Créditos cuáles hay.',
} as const;
