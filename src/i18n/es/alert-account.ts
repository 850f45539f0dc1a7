export const alertAccount = {
  'alert_kind.costly_request': 'Una llamada muy cara',
  'alert_kind.costly_request.about':
    'Una sola llamada costó muchas veces lo que suele costar su modelo. Avisa en minutos, sin importar los presupuestos.',
  'alert_kind.balance_below': 'Saldo bajo',
  'alert_kind.balance_below.about':
    'El saldo que dice fal está por debajo de un monto. Termina cuando lo supera en un 10%.',
  'alert_kind.runway_short': 'Créditos para pocos días',
  'alert_kind.runway_short.about':
    'Al ritmo reciente y con los eventos planeados, los créditos duran menos que esos días.',
  'alert_kind.credits_expiring': 'Créditos por vencer',
  'alert_kind.credits_expiring.about':
    'Al ritmo reciente quedarán créditos sin usar de una compra que vence dentro de esos días.',
  'alert_kind.event_uncovered': 'Evento sin créditos suficientes',
  'alert_kind.event_uncovered.about':
    'Los créditos no alcanzan para un evento planeado que empieza dentro de esos días. Tres días antes avisa también si no se puede saber.',
  'alert_kind.account_trouble': 'Cuenta bloqueada o clave rechazada',
  'alert_kind.account_trouble.about':
    'fal bloqueó la cuenta, rechaza la clave o no responde. Dice cuál de estas cosas pasa y qué hacer.',
  'alert_kind.sync_stale': 'Datos sin actualizar',
  'alert_kind.sync_stale.about':
    'Hace más tiempo del debido que no llegan datos nuevos de la cuenta.',

  'alert.costly_request.found': 'Una llamada a {{model}} costó {{cost}}: {{compared}}.',
  'alert.costly_request.over': 'La llamada a {{model}} que costó {{cost}} ya no es reciente.',
  'alert.costly_request.advice':
    'Revisa qué pidió esa llamada y detén lo que la hizo si puede repetirse. Si el cobro no corresponde, escribe a support@fal.ai con el id de la solicitud.',
  'alert.balance_below.found': 'Quedan {{balance}} de saldo, menos de {{limit}}.',
  'alert.balance_below.over': 'El saldo ya no está por debajo de {{limit}}.',
  'alert.balance_below.advice':
    'Recarga en fal.ai. Con el saldo en cero la cuenta se bloquea, y desbloquearla puede tardar días.',
  'alert.runway_short.found':
    'Los créditos duran {{days_left}} más: se terminan el {{lasts_until}}.',
  'alert.runway_short.over': 'Los créditos vuelven a durar lo suficiente.',
  'alert.runway_short.advice': 'Recarga unos días antes: después de un bloqueo puede tardar.',
  'alert.credits_expiring.found': '{{expiring}} vencen sin usarse el {{expires_on}}.',
  'alert.credits_expiring.over':
    'Ya no vencen sin usarse los {{expiring}} del {{expires_on}}, o ya vencieron.',
  'alert.credits_expiring.advice':
    'Adelanta trabajo que pensabas hacer después, o no recargues hasta usarlos.',
  'alert.event_uncovered.found': '{{event}}, el {{starts_at}}: {{outlook}}.',
  'alert.event_uncovered.over': '{{event}}: los créditos alcanzan, o el evento ya terminó.',
  'alert.event_uncovered.advice':
    'Abre el evento para ver cuánto falta y por qué. Recarga al menos tres días antes: una recarga puede tardar en servir.',
  'alert.account_trouble.found': '{{trouble}}, desde el {{trouble_since}}.',
  'alert.account_trouble.over': 'fal vuelve a responder bien. Antes: {{trouble}}.',
  'alert.account_trouble.advice': '{{what_to_do}}',
  'alert.sync_stale.found': 'No llegan datos nuevos desde el {{stale_since}}: {{reason}}.',
  'alert.sync_stale.over': 'Los datos vuelven a estar al día.',
  'alert.sync_stale.advice':
    'Abre el historial de la cuenta para ver la última lectura. Mientras tanto, gasto y saldo son los de antes, y otras alertas pueden llegar tarde.',

  'alert_fact.model': 'Modelo',
  'alert_fact.cost': 'Costó',
  'alert_fact.compared': 'Comparada',
  'alert_fact.usual_cost': 'Suele costar',
  'alert_fact.times_usual': 'Más de lo usual',
  'alert_fact.request': 'Id de la solicitud',
  'alert_fact.charged_at': 'Cobrada',
  'alert_fact.balance': 'Saldo',
  'alert_fact.limit': 'Límite',
  'alert_fact.as_of': 'Leído',
  'alert_fact.days_left': 'Quedan',
  'alert_fact.lasts_until': 'Duran hasta',
  'alert_fact.earliest': 'En el peor caso hasta',
  'alert_fact.expiring': 'Vencen sin usarse',
  'alert_fact.expires_on': 'Vencen',
  'alert_fact.event': 'Evento',
  'alert_fact.starts_at': 'Empieza',
  'alert_fact.outlook': 'Pronóstico',
  'alert_fact.why': 'Por qué',
  'alert_fact.missing': 'Falta',
  'alert_fact.cost_low': 'Costará al menos',
  'alert_fact.cost_high': 'Costará a lo más',
  'alert_fact.available': 'Habrá ese día',
  'alert_fact.top_up_by': 'Recargar a más tardar',
  'alert_fact.trouble': 'Qué pasa',
  'alert_fact.what_to_do': 'Qué hacer',
  'alert_fact.trouble_since': 'Desde',
  'alert_fact.times_refused': 'Rechazos de la misma pregunta',
  'alert_fact.accounts_affected': 'Cuentas afectadas',
  'alert_fact.before': 'Antes',
  'alert_fact.topped_up': 'Recarga anotada después',
  'alert_fact.topped_up_at': 'Fecha de esa recarga',
  'alert_fact.although': 'Atención',
  'alert_fact.said': 'Respuesta de fal',
  'alert_fact.stale_since': 'Últimos datos',
  'alert_fact.reason': 'Motivo',

  'alert_param.times': 'Veces lo usual',
  'alert_param.min_amount': 'Solo a partir de',
  'alert_param.amount': 'Monto',
  'alert_param.days': 'Días',
  'alert_param.verdict': 'Avisar si',
  'alert_param.minutes': 'Minutos de retraso',
  'alert_option.verdict.top_up': 'no alcanza ni para lo esperado',
  'alert_option.verdict.tight': 'queda justo o no alcanza',

  'alert_code.exhausted_balance': 'La cuenta está bloqueada: se terminó el saldo',
  'alert_code.do_exhausted_balance':
    'Los modelos no responden hasta que haya saldo. Recarga ahora en fal.ai. Si con saldo sigue bloqueada después de una hora, descarga la evidencia y escribe a support@fal.ai.',
  'alert_code.top_up': 'La cuenta está bloqueada: fal pide una recarga',
  'alert_code.do_top_up':
    'Recarga en fal.ai. Si ya recargaste, no recargues otra vez: descarga la evidencia y envíala a support@fal.ai.',
  'alert_code.admin_lock': 'La cuenta está bloqueada por fal (Admin lock)',
  'alert_code.do_admin_lock':
    'Recargar no lo resuelve: solo fal puede quitar este bloqueo. Descarga la evidencia, envíala a support@fal.ai y ten lista otra cuenta si hay un evento cerca.',
  'alert_code.payment_method': 'La cuenta está bloqueada: hay un problema con el medio de pago',
  'alert_code.do_payment_method':
    'Revisa la tarjeta y los cobros pendientes en la facturación de fal.ai. Si el pago ya pasó, envía la evidencia a support@fal.ai.',
  'alert_code.budget_exceeded': 'La cuenta está bloqueada: se pasó del presupuesto fijado en fal',
  'alert_code.do_budget_exceeded':
    'Sube o quita el presupuesto en la facturación de fal.ai, o espera a que empiece el siguiente período.',
  'alert_code.locked': 'La cuenta está bloqueada por otro motivo',
  'alert_code.do_locked':
    'Lee qué respondió fal, revisa la facturación en fal.ai y envía la evidencia a support@fal.ai.',
  'alert_code.bad_key': 'fal no reconoce la clave de la cuenta',
  'alert_code.do_bad_key':
    'La clave se eliminó, o es nueva y fal todavía no la asocia a la cuenta. Crea otra en fal.ai y cámbiala en Cuentas. Las cabinas que usan la misma clave tampoco funcionan.',
  'alert_code.scope': 'La clave no tiene permiso para leer uso o saldo',
  'alert_code.do_scope':
    'Los modelos pueden seguir funcionando, pero el panel no ve el gasto. Crea en fal.ai una clave que lea uso y facturación, y cámbiala en Cuentas.',
  'alert_code.cdn': 'Una página de protección responde en lugar de fal',
  'alert_code.do_cdn':
    'No dice nada de la clave ni de la cuenta. Suele pasar solo. Si dura, prueba desde otra red: la dirección de este servidor puede estar frenada.',
  'alert_code.outage': 'fal no responde a este panel',
  'alert_code.do_outage':
    'Revisa status.fal.ai y la conexión de este servidor. Se sigue preguntando solo; los datos que falten se leen después.',
  'alert_code.locked_with_credit': 'Está bloqueada aunque hay saldo o una recarga posterior',
  'alert_code.far_above_usual': 'mucho más de lo que suele costar',
  'alert_code.much_for_any':
    'es mucho para cualquier modelo, y de este no se sabe cuánto suele costar',
  'alert_code.event_short': 'los créditos no alcanzan',
  'alert_code.event_tight': 'los créditos alcanzan muy justo',
  'alert_code.event_unsure': 'no se puede saber si los créditos alcanzan',
  'alert_code.models_unknown': 'no se sabe qué modelos se usarán',
  'alert_code.no_price': 'no se sabe el precio de un modelo',
  'alert_code.balance_unknown': 'no se sabe el saldo',
  'alert_code.not_begun': 'ninguna lectura ha terminado',
  'alert_code.account_locked': 'la cuenta está bloqueada',
  'alert_code.invalid_api_key': 'fal no reconoce la clave',
  'alert_code.unbound_key': 'fal todavía no sabe de quién es la clave',
  'alert_code.admin_scope_required': 'la clave no tiene permiso',
  'alert_code.rate_limited': 'fal pide esperar',
  'alert_code.fal_bad_response': 'fal respondió algo que no se entiende',
  'alert_code.fal_unavailable': 'fal no está disponible',
  'alert_code.fal_timeout': 'fal tarda demasiado',
  'alert_code.key_unreadable': 'la clave guardada no se puede leer con el secreto de este panel',
  'alert_code.store_unavailable': 'la base de datos no responde',
  'alert_code.internal_error': 'hay un problema en este panel',
} as const;
