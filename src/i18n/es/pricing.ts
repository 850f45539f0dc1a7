export const pricing = {
  'nav.pricing': 'Precios',

  'pricing.title': 'Precios',
  'pricing.lead':
    'Cuánto cuesta cada modelo en fal, desde cuándo, y cuánto habría costado un mes a los precios de hoy o con otro modelo.',
  'pricing.list': 'Modelos en uso',
  'pricing.daily':
    'Son precios de lista, antes de descuentos. Se leen una vez al día para los modelos usados en los últimos 30 días y los de eventos planeados.',
  'pricing.never_read':
    'Todavía no se ha leído ningún precio. Se leen unos minutos después del primer uso, y luego una vez al día.',
  'pricing.none_in_use': 'Ningún modelo se ha usado en los últimos 30 días.',
  'pricing.price': 'Precio',
  'pricing.price_now': 'Precio ahora',
  'pricing.unit': 'Por cada',
  'pricing.valid_since': 'Desde cuándo',
  'pricing.since': 'Desde el {{date}}',
  'pricing.since_at_least': 'Al menos desde el {{date}}',
  'pricing.last_seen': 'Visto por última vez el {{date}}',
  'pricing.price_last_seen': 'Su precio se leyó por última vez el {{date}}.',
  'pricing.no_price_yet': 'fal no publica su precio, o todavía no se le ha preguntado.',
  'pricing.no_price_at_fal': 'fal no publica su precio.',
  'pricing.per_unit': '{{price}} por {{unit}}',

  'pricing.changes': 'Cambios de precio en el último año',
  'pricing.no_changes': 'Ninguno desde que se leen los precios.',
  'pricing.became': 'pasó a',
  'pricing.changed_between': 'Cambió entre el {{from}} y el {{until}}',
  'pricing.other_unit': 'otra unidad',
  'pricing.other_currency': 'otra moneda',
  'pricing.was_free': 'antes, gratis',

  'pricing.month_title': '{{month}} a los precios de hoy',
  'pricing.month_lead':
    'Lo facturado, y las mismas unidades a los precios de hoy. Los días son los de {{timezone}}.',
  'pricing.prices_of': 'Precios del {{time}}.',
  'pricing.choose_month': 'Elegir el mes',
  'pricing.month': 'Mes',
  'pricing.show_month': 'Ver el mes',
  'pricing.no_use': 'No hay uso de este mes en la copia local.',
  'pricing.billed': 'Facturado',
  'pricing.at_today': 'A precio de hoy',
  'pricing.change': 'Diferencia',
  'pricing.at_today_why':
    'A los precios de lista de hoy se les resta el descuento que tuvo cada modelo: la diferencia es solo de precios. Un total con ≥ no incluye los modelos que no se saben.',
  'pricing.had_discount': 'Tuvo {{percent}} de descuento; a precio de hoy se le resta también.',
  'pricing.kept': 'Como se facturaron, porque fal publica un solo precio por modelo: {{units}}.',
  'pricing.none_known': 'No se sabe de ningún modelo.',
  'pricing.unknown_no_price': 'No se conoce su precio de lista.',
  'pricing.unknown_other_currency': 'Su precio de lista no está en dólares.',
  'pricing.unknown_units_unknown': 'fal no dijo qué unidades facturó, o a qué precio.',
  'pricing.unknown_unit_differs': 'Se facturó en otra unidad que la del precio de lista.',
  'pricing.unknown_not_listed':
    'Se facturó a un precio que fal no ha publicado: puede ser el de otro tamaño u otra clase.',

  'pricing.swap': '¿Y con otro modelo?',
  'pricing.swap_model': 'Las llamadas de',
  'pricing.swap_other': 'Hechas con',
  'pricing.swap_hint': 'Para elegir uno que no usas, búscalo arriba primero.',
  'pricing.swap_submit': 'Comparar',
  'pricing.swap_answer_one':
    '{{calls}} llamada de {{model}} costó {{cost}}; con {{other}} habría costado {{swapped}}.',
  'pricing.swap_answer_many':
    '{{calls}} de llamadas de {{model}} costaron {{cost}}; con {{other}} habrían costado {{swapped}}.',
  'pricing.swap_answer_other':
    '{{calls}} llamadas de {{model}} costaron {{cost}}; con {{other}} habrían costado {{swapped}}.',
  'pricing.swap_unknown':
    'No se sabe cuánto cuesta una llamada de {{other}}: no se usó en este mes, y su precio no es por imagen, video o solicitud.',
  'pricing.swap_own_average': 'Al promedio de tus propias llamadas de ese mes: {{price}} cada una.',
  'pricing.swap_unit_price':
    'A su precio de lista, {{price}} por {{unit}}, si cada llamada hace una sola unidad.',

  'pricing.search': 'Buscar el precio de un modelo',
  'pricing.search_lead': 'Se le pregunta a fal en este momento.',
  'pricing.search_words': 'Nombre o tipo de modelo',
  'pricing.search_submit': 'Buscar',
  'pricing.found_one': '{{formatted}} modelo',
  'pricing.found_many': '{{formatted}} de modelos',
  'pricing.found_other': '{{formatted}} modelos',
  'pricing.found_more': 'Hay más: escribe algo más preciso.',

  'pricing.success': 'Precios',
  'pricing.caveat_before_discounts': 'Es a precios de lista, antes de descuentos.',
  'pricing.caveat_may_be_too_low':
    'fal estima por las llamadas pasadas, y suele quedarse corto: de modelos que cobran por segundo de cómputo, hasta 100 veces. Mejor estima por unidades.',
  'field.endpoints.no_price': 'fal no tiene el precio de alguno de estos modelos.',
} as const;
