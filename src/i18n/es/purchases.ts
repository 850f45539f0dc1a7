export const purchases = {
  'purchases.success': 'Créditos',
  'purchases.open': 'Compras y créditos anotados',

  'purchases.estimate': 'Saldo',
  'purchases.estimate_badge': 'estimación',
  'purchases.estimate_balance':
    'Es el último saldo que dio fal, {{amount}} del {{time}}, más lo anotado después y menos lo gastado y vencido desde entonces.',
  'purchases.estimate_purchases':
    'Es lo que se anotó como comprado, {{amount}}, menos lo gastado y vencido desde el {{time}}.',
  'purchases.days_unknown_one': 'De {{formatted}} día no se conoce todo el uso: pudo gastarse más.',
  'purchases.days_unknown_many':
    'De {{formatted}} de días no se conoce todo el uso: pudo gastarse más.',
  'purchases.days_unknown_other':
    'De {{formatted}} días no se conoce todo el uso: pudo gastarse más.',
  'purchases.estimate_leaves_out':
    'Lo que se gasta sin llamar a modelos no está contado. El saldo exacto está en fal:',

  'purchases.runway': 'Hasta cuándo alcanza',
  'purchases.runway_until': 'Alcanza hasta cerca del {{day}}.',
  'purchases.runway_beyond': 'Alcanza para más de {{days}} días.',
  'purchases.runway_over': 'Ya no queda saldo.',
  'purchases.range': 'Lo más probable: entre el {{from}} y el {{to}}.',
  'purchases.range_open':
    'Si los días salen caros, hasta el {{from}}; si no, más de {{days}} días.',
  'purchases.driver_pace': 'Lo que más lo cambia es cuánto cuesta cada día.',
  'purchases.driver_events':
    'Lo que más lo cambia son los eventos planeados: sin ellos {{without}}.',
  'purchases.driver_expiry':
    'Lo que más lo cambia es que vencen créditos sin usarse: si no vencieran, {{without}}.',
  'purchases.without_until': 'alcanzaría hasta el {{day}}',
  'purchases.without_beyond': 'alcanzaría para más de {{days}} días',
  'purchases.runway_basis_fal':
    'Con el saldo del {{time}} y el gasto de las últimas 8 semanas. Hora de {{timezone}}.',
  'purchases.runway_basis_estimate':
    'Con el saldo estimado al {{time}} y el gasto de las últimas 8 semanas. Hora de {{timezone}}.',
  'purchases.runway_without_events': 'Sin contar eventos planeados.',
  'purchases.no_runway_balance_unknown':
    'No se sabe hasta cuándo alcanza: nadie sabe cuánto queda. Anota lo que compraste, o usa una clave con permiso Admin.',
  'purchases.no_runway_not_read':
    'Todavía no se sabe hasta cuándo alcanza: se dirá después de la próxima lectura del historial.',
  'purchases.no_runway_history_too_short':
    'Todavía no se sabe hasta cuándo alcanza: hacen falta al menos 7 días de uso.',
  'purchases.no_runway_other_currency':
    'No se sabe hasta cuándo alcanza: el saldo y el uso están en monedas distintas.',

  'purchases.proposal_on':
    'Parece que compraste unos {{amount}} el {{day}}, entre las {{from}} y las {{to}}.',
  'purchases.proposal_between':
    'Parece que compraste unos {{amount}} entre el {{from}} y el {{to}}.',
  'purchases.proposal_bounds': 'Según el uso de esas horas, entre {{low}} y {{high}}.',
  'purchases.confirm': 'Anotar la compra',
  'purchases.dismiss': 'No fue una compra',

  'purchases.balance_above': 'El saldo de fal es {{amount}} más que lo que queda según lo anotado.',
  'purchases.balance_below':
    'El saldo de fal es {{amount}} menos que lo que queda según lo anotado.',
  'purchases.cause_top_up_to_confirm':
    'Es probable que falte anotar lo que parece una compra: confírmalo, o di que no lo fue.',
  'purchases.cause_purchase_missing':
    'Es probable que falte anotar créditos: búscalos en la facturación de fal y anótalos.',
  'purchases.cause_usage_not_known':
    'Es probable que sea uso de días que la copia local no tiene. Mira cuáles faltan:',
  'purchases.cause_other_spend':
    'Es probable que se gastara en algo que no son llamadas a modelos, como servidores. Míralo en la facturación de fal y anota un ajuste.',
  'purchases.expires_unused':
    'A este ritmo vencen sin usarse {{amount}} de: {{what}} del {{came}}. Vencen el {{time}}.',

  'purchases.title': 'Créditos anotados de {{name}}',
  'purchases.lead': 'Qué se compró o se recibió, en qué se fue y qué queda de cada cosa.',
  'purchases.back_to_credits': 'Créditos',
  'purchases.back': 'Créditos anotados',
  'purchases.add': 'Anotar créditos',
  'purchases.import': 'Importar CSV',
  'purchases.none': 'Todavía no hay nada anotado',
  'purchases.none_now':
    'Anota tus compras, o impórtalas de un CSV: así sabrás qué queda de cada una y cuándo vence.',
  'purchases.none_viewer': 'Quien opera el panel puede anotar las compras y las promociones.',
  'purchases.lots': 'Qué queda de cada compra',
  'purchases.lots_why':
    'Se cuenta como gastado primero lo que vence primero. Gastado + vencido + queda es siempre el monto.',
  'purchases.what': 'Qué',
  'purchases.when': 'Cuándo',
  'purchases.spent': 'Gastado',
  'purchases.expired': 'Vencido',
  'purchases.left': 'Queda',
  'purchases.expires': 'Vence',
  'purchases.never': 'nunca',
  'purchases.total': 'Total',
  'purchases.unfunded':
    'Además se gastaron {{amount}} que ninguna compra anotada cubre: es probable que falte anotar alguna.',
  'purchases.apart':
    'Lo anotado en {{currencies}} no se cuenta en esta suma: el saldo está en otra moneda.',
  'purchases.unspent':
    'El uso se cobra en USD y no se descuenta de estos créditos en {{currency}}.',
  'purchases.entries': 'Anotaciones',
  'purchases.entries_why':
    'Las más recientes primero. Nada se reescribe: lo corregido queda a la vista.',
  'purchases.is_void': 'anulada',
  'purchases.is_apart': 'fuera de la suma',
  'purchases.before': 'antes',
  'purchases.correct': 'Corregir',
  'purchases.take_back': 'Anular',
  'purchases.expires_on': 'vence el {{time}}',
  'purchases.expires_never': 'no vence',
  'purchases.recorded': '{{name}}, {{time}}',

  'purchases.add_title': 'Anotar créditos de {{name}}',
  'purchases.confirm_title': 'Anotar la compra que parece haber en {{name}}',
  'purchases.confirm_lead':
    'El monto y la hora se deducen de cómo subió el saldo. Corrígelos si tu recibo dice otra cosa.',
  'purchases.correct_title': 'Corregir una anotación de {{name}}',
  'purchases.correct_lead': 'Lo que decía antes queda a la vista, debajo de lo corregido.',
  'purchases.kind_hint': 'Un ajuste es lo que no es compra ni promoción, como una devolución.',
  'purchases.amount_hint': 'Como 50 o 12.50. Solo un ajuste puede ser negativo.',
  'purchases.at_hint': 'Hora de {{timezone}}.',
  'purchases.expires_hint': 'Vacío: una compra vence a los 365 días; lo demás, nunca.',
  'purchases.never_check': 'No vence',
  'purchases.note_hint': 'El número de recibo o quién lo pagó, por ejemplo.',
  'purchases.save': 'Anotar',
  'purchases.save_correction': 'Guardar la corrección',
  'purchases.void_title': 'Anular una anotación',
  'purchases.void_lead':
    'Dejará de contar en las sumas. Queda a la vista como anulada, y no se puede deshacer: habría que anotarla otra vez.',
  'purchases.void_now': 'Anular la anotación',

  'purchases.import_title': 'Importar créditos de {{name}}',
  'purchases.import_lead':
    'De un archivo CSV, o filas copiadas de una hoja de cálculo, con estas columnas. Si alguna línea está mal, no se importa ninguna.',
  'purchases.import_rules':
    'Solo date y amount hacen falta; también puede haber currency. kind es purchase (lo usual), promotion o adjustment. expires vacío: 365 días si es una compra; never: no vence. Fechas como 2026-01-31 o 2026-01-31 18:00, hora de {{timezone}}.',
  'purchases.import_file': 'Archivo',
  'purchases.import_file_hint':
    'Su contenido aparece abajo, para que lo revises antes de importarlo.',
  'purchases.sample': 'Ejemplo',
  'purchases.sample_card': 'tarjeta, recibo 17',
  'purchases.sample_gift': 'bienvenida',
  'purchases.import_now': 'Importar',
  'purchases.bad_lines': 'Líneas por corregir',
  'purchases.line': 'Línea {{line}}',
  'purchases.bad_cell': '{{column}}: {{message}}',

  'purchases.done.recorded': 'Quedó anotado.',
  'purchases.done.corrected': 'Quedó corregido.',
  'purchases.done.voided': 'La anotación quedó anulada.',
  'purchases.done.imported': 'Todo quedó anotado.',
  'purchases.done.dismissed': 'Entendido: no fue una compra y no se volverá a proponer.',
  'purchases.done.explained_already': 'Eso ya está anotado o descartado.',

  'field.label.kind': 'Qué es',
  'field.label.amount': 'Monto',
  'field.label.currency': 'Moneda',
  'field.label.at': 'Cuándo',
  'field.label.expires_at': 'Vence',
  'field.label.csv': 'Contenido del CSV',
  'field.kind.unknown': 'Es una compra, una promoción o un ajuste.',
  'field.amount.zero': 'No puede ser cero.',
  'field.amount.negative': 'Solo un ajuste puede ser negativo.',
  'field.amount.out_of_range': 'Es demasiado: a lo sumo cien millones.',
  'field.currency.malformed': 'Escribe su código, como USD o MXN.',
  'field.at.in_future': 'Todavía no llega esa hora: anótalo cuando los créditos estén.',
  'field.at.too_long_ago': 'Es de hace más de 10 años.',
  'field.at.already_there':
    'Lo mismo ya está anotado a esta hora. Si llegó dos veces, cambia la hora en un minuto.',
  'field.expires_at.before_it_came': 'Tiene que vencer después de haber llegado.',
  'field.expires_at.too_far': 'Es dentro de más de 50 años. Si no vence, márcalo así.',
  'field.expires_at.both_said': 'Escribe una fecha o marca que no vence, no las dos cosas.',
  'field.expires_at.of_a_charge': 'Un ajuste negativo no vence: déjalo vacío.',
  'field.csv.missing': 'Pega aquí el contenido del archivo.',
  'field.csv.no_header':
    'La primera línea tiene que nombrar las columnas, al menos date y amount, y ninguna otra que kind, expires, note y currency.',
  'field.csv.no_lines': 'No hay más que los nombres de las columnas.',
  'field.csv.bad_lines': 'Hay líneas por corregir. No se importó ninguna.',
  'field.csv.wrong_columns':
    'No tiene tantas columnas como la primera línea. Un texto con comas va entre comillas.',
  'field.csv.broken_quotes': 'Hay comillas sin cerrar o mal puestas, aquí o antes.',
  'field.csv.already_there': 'Ya está anotado lo mismo, a la misma hora. Quita esta línea.',
} as const;
