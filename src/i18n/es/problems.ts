export const problems = {
  'problem.reopen': 'Abrir lo que hay guardado ahora',
  'problem.invalid_request_form.what': 'Hay algo que corregir en el formulario',
  'problem.invalid_request_form.means': 'No se hizo ningún cambio.',
  'problem.invalid_request_form.now': 'Corrige los campos señalados y vuelve a enviarlo.',
  'problem.rate_limited_form.what': 'Demasiados intentos',
  'problem.rate_limited_form.means':
    'Por seguridad dejamos de aceptarlos por un rato, también los correctos.',
  'problem.rate_limited_form.now_one': 'Espera {{count}} minuto y vuelve a intentar.',
  'problem.rate_limited_form.now_many': 'Espera {{count}} de minutos y vuelve a intentar.',
  'problem.rate_limited_form.now_other': 'Espera {{count}} minutos y vuelve a intentar.',
  'problem.request_id': 'Solicitud',
  'problem.fields': 'Qué corregir',
  'problem.retry': 'Volver a intentar',
  'problem.home': 'Ir al resumen',
  'problem.keys': 'Abrir mis claves en fal.ai',
  'problem.billing': 'Abrir facturación en fal.ai',
  'problem.usage_at_fal': 'Ver el uso en fal.ai',
  'problem.support': 'Escribir a support@fal.ai',
  'problem.fix_form': 'Ir al primer campo',
  'problem.sign_in': 'Iniciar sesión otra vez',

  'problem.invalid_request.what': 'Hay algo que corregir en la consulta',
  'problem.invalid_request.means': 'No se le preguntó nada a fal.',
  'problem.invalid_request.now': 'Corrige los campos señalados y vuelve a preguntar.',
  'problem.invalid_api_key.what': 'fal no reconoce esta clave',
  'problem.invalid_api_key.means': 'Puede estar mal copiada, incompleta o eliminada.',
  'problem.invalid_api_key.now':
    'Cópiala otra vez completa (identificador:secreto) o crea una nueva.',
  'problem.unbound_key.what': 'fal conoce la clave, pero todavía no sabe de quién es',
  'problem.unbound_key.means': 'Pasa con claves recién creadas.',
  'problem.unbound_key.now':
    'Espera unos minutos y vuelve a intentar; si sigue igual, crea otra clave.',
  'problem.not_signed_in.what': 'Falta decir quién pregunta',
  'problem.not_signed_in.means': 'La consulta llegó sin clave de API ni sesión.',
  'problem.not_signed_in.now':
    'Envía una clave de API de fal, o un token del panel: «Authorization: Bearer …».',
  'problem.session_ended.what': 'Tu sesión terminó',
  'problem.session_ended.means':
    'Venció, o la cerraste en otra pestaña o en otro lugar. No se hizo ningún cambio.',
  'problem.session_ended.now': 'Inicia sesión otra vez y repite lo que estabas haciendo.',
  'problem.admin_scope_required.what': 'La clave es válida, pero no tiene permiso Admin',
  'problem.admin_scope_required.means':
    'fal solo deja leer el uso y el saldo a claves con ese permiso.',
  'problem.admin_scope_required.now':
    'En fal.ai, crea una clave nueva con permiso Admin («Admin scope») y úsala aquí.',
  'problem.account_locked.what': 'fal bloqueó esta cuenta',
  'problem.account_locked.means': 'Las llamadas a modelos están detenidas hasta que se desbloquee.',
  'problem.account_locked.now': 'Revisa el estado de la cuenta en la facturación de fal.',
  'problem.account_locked_exhausted_balance.what': 'fal bloqueó la cuenta: se acabó el saldo',
  'problem.account_locked_exhausted_balance.means':
    'Las llamadas a modelos están detenidas. Tras recargar, el desbloqueo puede tardar horas.',
  'problem.account_locked_exhausted_balance.now': 'Recarga saldo en fal cuanto antes.',
  'problem.account_locked_top_up.what': 'fal bloqueó la cuenta: hay una recarga pendiente',
  'problem.account_locked_top_up.means':
    'fal espera que una recarga se complete; mientras, las llamadas a modelos están detenidas.',
  'problem.account_locked_top_up.now':
    'Revisa la recarga en la facturación de fal. Si ya se cobró y pasan horas, escribe a support@fal.ai.',
  'problem.account_locked_admin_lock.what': 'fal bloqueó la cuenta por decisión de su equipo',
  'problem.account_locked_admin_lock.means': 'Solo el soporte de fal puede quitar este bloqueo.',
  'problem.account_locked_admin_lock.now':
    'Escribe a support@fal.ai con el nombre de la cuenta y la hora de este aviso.',
  'problem.account_locked_payment_method.what': 'fal bloqueó la cuenta por el método de pago',
  'problem.account_locked_payment_method.means': 'La tarjeta falta, venció o fue rechazada.',
  'problem.account_locked_payment_method.now':
    'Actualiza el método de pago en la facturación de fal.',
  'problem.account_locked_budget_exceeded.what': 'fal bloqueó la cuenta: se alcanzó el presupuesto',
  'problem.account_locked_budget_exceeded.means':
    'El límite de gasto puesto en fal se cumplió; las llamadas a modelos están detenidas.',
  'problem.account_locked_budget_exceeded.now': 'Sube el presupuesto en la facturación de fal.',
  'problem.not_found.what': 'Aquí no hay nada',
  'problem.not_found.means': 'La dirección no existe o cambió.',
  'problem.not_found.now': 'Vuelve al resumen y sigue desde ahí.',
  'problem.unsupported_media_type.what': 'No entendemos el formato de la consulta',
  'problem.unsupported_media_type.means': 'Solo se aceptan formularios y JSON.',
  'problem.unsupported_media_type.now':
    'Envía Content-Type: application/x-www-form-urlencoded o application/json.',
  'problem.payload_too_large.what': 'La consulta es demasiado grande',
  'problem.payload_too_large.means': 'Se aceptan hasta 64 kB.',
  'problem.payload_too_large.now':
    'Envía menos, por ejemplo menos modelos o menos líneas a la vez.',
  'problem.rate_limited.what': 'Demasiadas preguntas seguidas',
  'problem.rate_limited.means':
    'fal y este panel limitan cuántas veces por minuto se puede preguntar.',
  'problem.rate_limited.now': 'Espera un minuto y vuelve a intentar.',
  'problem.rate_limited.now_seconds_one': 'Espera {{count}} segundo y vuelve a intentar.',
  'problem.rate_limited.now_seconds_many': 'Espera {{count}} segundos y vuelve a intentar.',
  'problem.rate_limited.now_seconds_other': 'Espera {{count}} segundos y vuelve a intentar.',
  'problem.fal_bad_response.what': 'fal respondió algo que no esperábamos',
  'problem.fal_bad_response.means': 'No mostramos cifras que no podemos comprobar.',
  'problem.fal_bad_response.now':
    'Vuelve a intentar; mientras, mira las cifras en el panel de fal.',
  'problem.fal_unavailable.what': 'fal no está disponible',
  'problem.fal_unavailable.means': 'Está caído o rechaza preguntas; no dice nada de tu clave.',
  'problem.fal_unavailable.now': 'Vuelve a intentar en unos minutos.',
  'problem.fal_unavailable_challenged.what':
    'Un filtro de seguridad delante de fal detuvo la pregunta',
  'problem.fal_unavailable_challenged.means':
    'La respuesta no vino de fal y no dice nada de tu clave.',
  'problem.fal_unavailable_challenged.now':
    'Vuelve a intentar en unos minutos. Si sigue, revisa si la red de este servidor usa VPN o proxy.',
  'problem.fal_timeout.what': 'fal tardó demasiado en responder',
  'problem.fal_timeout.means': 'No sabemos las cifras; no es que sean cero.',
  'problem.fal_timeout.now': 'Vuelve a intentar, o elige un período más corto.',
  'problem.internal_error.what': 'Algo falló en este panel',
  'problem.internal_error.means': 'No es culpa de tu clave ni de fal.',
  'problem.internal_error.now':
    'Vuelve a intentar. Si sigue, avisa a quien administra el panel con el número de solicitud.',
  'problem.forbidden.what': 'Tu rol no permite hacer esto',
  'problem.forbidden.means': 'No se hizo ningún cambio.',
  'problem.forbidden.now':
    'Pide a una persona con rol de administración que lo haga, o que cambie tu rol.',
  'problem.form_expired.what': 'Esta página ya no es válida',
  'problem.form_expired.means':
    'Pasa cuando la sesión cambió o la página llevaba mucho tiempo abierta. No se hizo ningún cambio.',
  'problem.form_expired.now': 'Recarga la página y vuelve a intentar.',
  'problem.conflict.what': 'Alguien más cambió esto al mismo tiempo que tú',
  'problem.conflict.means': 'No guardamos tus cambios para no perder los suyos.',
  'problem.conflict.now': 'Vuelve a abrirlo, revisa lo que hay y haz tu cambio otra vez.',
  'problem.store_unavailable.what': 'El panel no puede usar su base de datos',
  'problem.store_unavailable.means':
    'Lo que pediste no se guardó. Las claves guardadas siguen intactas.',
  'problem.store_unavailable.now':
    'Vuelve a intentar en un momento. Si sigue, avisa a quien administra el servidor: puede estar llena, bloqueada o apagada.',
  'problem.panel_unreachable.what': 'No pudimos hablar con el panel',
  'problem.panel_unreachable.means': 'Tu conexión se cortó o el panel se está reiniciando.',
  'problem.panel_unreachable.now': 'Revisa tu conexión y vuelve a intentar.',

  'field.label.name': 'Nombre',
  'field.label.email': 'Correo electrónico',
  'field.label.password': 'Contraseña',
  'field.label.api_key': 'Clave de API',
  'field.label.period': 'Período',
  'field.label.start_date': 'Desde',
  'field.label.end_date': 'Hasta',
  'field.label.timezone': 'Zona horaria',
  'field.label.endpoint_id': 'Modelos',
  'field.label.page': 'Página',
  'field.label.page_size': 'Registros por página',
  'field.label.body': 'Consulta',

  'field.any.missing': 'Falta este dato.',
  'field.any.bad_characters': 'Tiene caracteres que no se pueden guardar.',
  'field.any.looks_like_key':
    'Parece contener una clave. Escríbela solo en el campo de la clave: este texto lo ve todo el equipo.',
  'field.any.unknown': 'Elige una de las opciones de la lista.',
  'field.any.unusable': 'Este dato no se puede usar.',
  'field.any.too_long': 'Es demasiado largo.',
  'field.name.too_long': 'El nombre puede tener hasta 80 caracteres.',
  'field.api_key.missing': 'Falta la clave de API de fal.',
  'field.api_key.bad_characters':
    'Tiene caracteres que una clave de fal nunca tiene; cópiala otra vez.',
  'field.period.unknown': 'Elige 24h, 7d, 30d o custom.',
  'field.start_date.missing': 'Elige la fecha en que empieza el período.',
  'field.any.date_not_understood':
    'No entendemos esta fecha. Escríbela como 2026-01-31 o 2026-01-31T18:00:00Z.',
  'field.any.start_not_before_end': 'El inicio debe ser anterior al final.',
  'field.any.period_too_long': 'El período puede tener hasta 366 días.',
  'field.any.start_in_future': 'El período todavía no empieza: elige un inicio en el pasado.',
  'field.timezone.unknown':
    'No conocemos esta zona horaria. Usa un nombre como America/Mexico_City.',
  'field.timezone.finer_than_kept':
    'En esta zona los días no empiezan a una hora en punto de UTC, y la copia local está guardada por horas. Pon esta zona en la cuenta y la copia se volverá a leer.',
  'field.timezone.too_long_for_zone':
    'Es demasiado para una zona que no es la de la cuenta ni la del panel: pide un período más corto, o una sola cuenta.',
  'field.page.out_of_range': 'Debe ser un número entero desde 1.',
  'field.page.too_deep': 'Esa página queda demasiado atrás: pide mejor un período más corto.',
  'field.page_size.out_of_range': 'Debe ser un número entero de 1 a 1000.',
  'field.endpoint_id.malformed': 'No parece un modelo de fal, como fal-ai/fast-sdxl.',
  'field.endpoint_id.too_many': 'Son demasiados modelos: hasta 50 a la vez.',
  'field.body.not_understood': 'No entendemos el contenido: envía un formulario o un objeto JSON.',
} as const;
