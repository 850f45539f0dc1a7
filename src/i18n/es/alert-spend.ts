export const alertSpend = {
  'alert_kind.spend_above': 'Gasto por encima de un monto',
  'alert_kind.spend_above.about':
    'En un día, una semana, un mes o en las últimas horas se gastó más que un monto. Avisa una vez por período.',
  'alert_kind.budget': 'Presupuesto',
  'alert_kind.budget.about':
    'Se gastó una parte del presupuesto, o al ritmo de las últimas semanas no va a alcanzar. Avisa del escalón más alto; los anteriores, con un nivel menos.',
  'alert_kind.spend_unusual': 'Gasto fuera de lo común',
  'alert_kind.spend_unusual.about':
    'En 3 o en 24 horas se gastó varias veces lo normal para ese día de la semana y esa hora, y más que en los días de más uso de ocho semanas. Los eventos planeados cuentan como normales. Una cuenta nueva se compara a partir de las dos semanas.',
  'alert_kind.failure_rate': 'Muchos fallos',
  'alert_kind.failure_rate.about':
    'De las llamadas de las últimas horas falló un porcentaje mayor. Con pocas llamadas no avisa.',
  'alert_kind.price_changed': 'Cambio de precio',
  'alert_kind.price_changed.about':
    'fal cambió el precio de lista de un modelo que la cuenta usó en los últimos 30 días. Si baja, avisa solo como información.',

  'alert.spend_above.found': 'Se gastaron {{spent}}, más de {{amount}}, desde el {{since}}.',
  'alert.spend_above.over':
    'El gasto desde el {{since}} quedó en {{spent}}: el período terminó o bajó de {{amount}}.',
  'alert.spend_above.advice':
    'Abre el uso de la cuenta para ver qué modelo y qué clave lo gastan. Si no es tuyo, desactiva esa clave en fal.ai.',
  'alert.budget.found':
    '{{standing}}: {{spent}} de {{budget}} ({{used}}), del {{from}} al {{until}}.',
  'alert.budget.over':
    'La alerta del presupuesto terminó. Antes: {{standing}}, con {{spent}} de {{budget}} ({{used}}), del {{from}} al {{until}}.',
  'alert.budget.advice':
    'Mira qué modelos gastan más y si algo puede esperar. Si el presupuesto se quedó corto, cámbialo en la regla.',
  'alert.spend_unusual.found':
    'En {{hours}} se gastaron {{spent}}: {{factor}} {{basis}} ({{normal}}), un {{weekday}} a las {{hour}}. Sobre todo {{model}}, con {{share}}.',
  'alert.spend_unusual.over': 'El gasto volvió a lo normal. Antes: {{spent}} en {{hours}}.',
  'alert.spend_unusual.advice':
    'Revisa si hay un evento que falta planear o un proceso que no se detiene. Abre el uso por hora y por clave.',
  'alert.failure_rate.found':
    'Falló {{rate}} de las llamadas de {{hours}}: {{failures}} de {{calls}}. Sobre todo {{model}}.',
  'alert.failure_rate.over': 'Las llamadas vuelven a responder bien, o ya son pocas.',
  'alert.failure_rate.advice':
    'Mira si fal informa de una interrupción, y qué responde ese modelo. Un evento puede usar otro modelo mientras tanto.',
  'alert.price_changed.found':
    'El precio de {{model}} cambió {{change}}: de {{old_price}} a {{new_price}} por {{unit}}.',
  'alert.price_changed.over': 'El precio de {{model}} cambió hace unos días.',
  'alert.price_changed.advice':
    'Revisa los eventos planeados con este modelo: su costo ya se calcula con el precio nuevo.',

  'alert_fact.spent': 'Gastado',
  'alert_fact.amount': 'Monto de la regla',
  'alert_fact.since': 'Desde',
  'alert_fact.share': 'Parte de ese modelo',
  'alert_fact.standing': 'Estado',
  'alert_fact.budget': 'Presupuesto',
  'alert_fact.used': 'Usado',
  'alert_fact.from': 'Primer día',
  'alert_fact.until': 'Último día',
  'alert_fact.step': 'Escalón',
  'alert_fact.forecast': 'Previsto al final',
  'alert_fact.hours': 'En',
  'alert_fact.factor': 'Más de lo normal',
  'alert_fact.normal': 'Normal',
  'alert_fact.basis': 'Comparado con',
  'alert_fact.weekday': 'Día',
  'alert_fact.hour': 'Hora',
  'alert_fact.rate': 'Fallaron',
  'alert_fact.failures': 'Fallos',
  'alert_fact.calls': 'Llamadas',
  'alert_fact.unit': 'Unidad',
  'alert_fact.old_price': 'Precio anterior',
  'alert_fact.new_price': 'Precio nuevo',
  'alert_fact.change': 'Cambio',
  'alert_fact.at': 'Visto',
  'alert_fact.monthly_change': 'Diferencia con el uso de 30 días',

  'alert_code.weekday_hour': 'lo normal a esa hora',
  'alert_code.used_day': 'lo de un día con eventos',
  'alert_code.budget_step': 'Se usó parte del presupuesto',
  'alert_code.budget_spent': 'Se usó todo el presupuesto',
  'alert_code.budget_short': 'Al ritmo reciente el presupuesto no va a alcanzar',
  'alert_code.monday': 'lunes',
  'alert_code.tuesday': 'martes',
  'alert_code.wednesday': 'miércoles',
  'alert_code.thursday': 'jueves',
  'alert_code.friday': 'viernes',
  'alert_code.saturday': 'sábado',
  'alert_code.sunday': 'domingo',

  'alert_param.period': 'Período',
  'alert_param.endpoint_id': 'Modelo',
  'alert_param.api_key_id': 'Clave de API',
  'alert_param.steps': 'Escalones',
  'alert_param.forecast': 'Avisar si no va a alcanzar',
  'alert_param.percent': 'Porcentaje',
  'alert_param.min_calls': 'Mínimo de llamadas',
  'alert_param.hours': 'Horas',

  'alert_option.period.today': 'un día',
  'alert_option.period.day': 'un día',
  'alert_option.period.last_hour': 'una hora',
  'alert_option.period.last_24h': 'las últimas 24 horas',
  'alert_option.period.week': 'una semana',
  'alert_option.period.month': 'un mes',
} as const;
