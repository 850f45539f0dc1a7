export const planner = {
  'planner.cost_exactly': 'costará {{cost}}',
  'planner.cost_between': 'costará entre {{low}} y {{high}}',
  'planner.verdict_enough': 'Alcanza: {{range}} y ese día tendrás {{available}}.',
  'planner.verdict_tight':
    'Justo: {{range}} y ese día tendrás {{available}}. Recarga {{amount}} para estar tranquilo.',
  'planner.verdict_top_up':
    'Recarga {{amount}} antes del evento: {{range}} y ese día tendrás {{available}}.',
  'planner.verdict_top_up_on':
    'Recarga {{amount}} ahora: {{range}} de aquí a que termine, y tienes {{available}}.',

  'field.any.not_a_number': 'Tiene que ser un número, como 12 o 0.005.',
  'field.any.ambiguous_comma':
    'Con esa coma no se sabe si son miles o decimales: escribe 1500 o 1.5, por ejemplo.',
  'field.starts_at.too_far': 'Puede ser a lo sumo dentro de 3 años.',
  'field.starts_at.too_long_ago': 'Fue hace más de 10 años.',
  'field.ends_at.event_over': 'El evento ya pasó: no hay nada que comprobar.',
  'field.any.event_too_long': 'Un evento dura a lo sumo 31 días.',
  'field.any.repeated': 'El mismo modelo está dos veces. Suma sus partes en una sola.',
  'field.any.shares_not_whole': 'Las partes de los modelos tienen que sumar 100%.',
  'field.any.no_price': 'No se conoce su precio. Escribe cuánto cuesta un resultado.',
  'field.any.balance_unknown':
    'No se sabe cuánto saldo queda. Escribe con cuánto cuentas, o anota tus compras en Créditos.',

  'audit.event.planned': 'Planeó un evento',
  'audit.event.changed': 'Cambió un evento planeado',
  'audit.event.closed': 'Cerró un evento',
  'audit.event.deleted': 'Eliminó un evento planeado',

  'problem.not_found_event.what': 'Ese evento ya no está',
  'problem.not_found_event.means': 'Alguien lo eliminó.',
  'problem.not_found_event.now': 'Mira en Eventos cuáles hay.',
} as const;
