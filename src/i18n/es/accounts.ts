export const accounts = {
  'accounts.title': 'Cuentas de fal',
  'accounts.lead':
    'Cada cuenta guarda una clave de fal, cifrada, para preguntar sin volver a escribirla.',
  'accounts.add': 'Agregar una cuenta',
  'accounts.list': 'Cuentas guardadas',
  'accounts.default': 'predeterminada',
  'accounts.key': 'Clave',
  'accounts.slug': 'Nombre para programas',
  'accounts.no_note': 'Sin nota',
  'accounts.empty': 'Todavía no hay cuentas guardadas',
  'accounts.empty_admin':
    'Agrega una y «Ver Uso» queda a un clic, para todo el equipo y sin repartir la clave.',
  'accounts.empty_others':
    'Una persona con rol de administración puede agregar una. Mientras, puedes ver el uso escribiendo una clave.',
  'accounts.ask': 'Ver Uso',
  'accounts.test': 'Probar conexión',
  'accounts.edit': 'Cambiar datos',
  'accounts.replace_key': 'Cambiar la clave',
  'accounts.make_default': 'Hacer predeterminada',
  'accounts.delete': 'Eliminar',
  'accounts.back': 'Todas las cuentas',
  'accounts.cancel': 'Cancelar',
  'accounts.checked_at': 'Probada el {{time}}, hora de {{timezone}}',
  'accounts.not_checked': '¿Qué puede leer esta clave?',
  'accounts.not_checked_next':
    '«Probar conexión» le pregunta a fal un poco de todo con la clave guardada. No ejecuta ningún modelo.',
  'accounts.unchecked': 'La clave se guardó sin poder comprobarla',
  'accounts.unchecked_next':
    'fal no respondió, así que no sabemos si sirve. Vuelve a probar la conexión cuando fal esté de nuevo en línea.',

  'accounts.done.created': 'La cuenta quedó guardada.',
  'accounts.done.changed': 'Los cambios quedaron guardados.',
  'accounts.done.key_replaced':
    'La clave nueva quedó guardada. La anterior sigue siendo válida en fal hasta que la elimines allá.',
  'accounts.done.made_default': 'Esta es ahora la cuenta predeterminada.',
  'accounts.done.deleted': 'La cuenta se eliminó del panel, con su clave.',
  'accounts.done.tested': 'Esto es lo que fal dice ahora de la clave.',

  'accounts.new_title': 'Agregar una cuenta',
  'accounts.new_lead': 'Antes de guardar la clave le preguntamos a fal qué puede leer.',
  'accounts.name_hint': 'Como la llama tu equipo, por ejemplo «Cabinas México».',
  'accounts.note_hint': 'Para el equipo: de quién es, para qué eventos. Nunca una clave.',
  'accounts.timezone_hint': 'En ella se cortan los días y se muestran las horas.',
  'accounts.color': 'Color en las listas',
  'accounts.color_number': 'Color {{number}}',
  'accounts.api_key': 'Clave de API de fal',
  'accounts.api_key_hint':
    'Se guarda cifrada. Después solo se ven los últimos cuatro caracteres de su identificador.',
  'accounts.save': 'Probar y guardar',
  'accounts.save_changes': 'Guardar cambios',
  'accounts.least': 'Qué clave conviene',
  'accounts.least_needs':
    'Este panel solo lee. Necesita el uso y el saldo, que fal muestra a claves con permiso Admin.',
  'accounts.least_read_only':
    'Si fal te ofrece una clave de solo lectura («Read-only»), usa esa: no puede gastar.',
  'accounts.least_otherwise':
    'Si solo puedes elegir entre API y Admin, crea una clave Admin solo para este panel: así la puedes eliminar sin detener nada más.',
  'accounts.least_link': 'Crear una clave en fal.ai',
  'accounts.edit_title': 'Cambiar los datos de {{name}}',
  'accounts.key_title': 'Cambiar la clave de {{name}}',
  'accounts.key_lead':
    'La clave guardada ahora es {{hint}}. La nueva la reemplaza en cuanto fal la reconozca.',

  'accounts.delete_title': '¿Eliminar {{name}}?',
  'accounts.delete_lead': 'Esto no se puede deshacer. Se pierde:',
  'accounts.delete_key':
    'La clave {{hint}}: no hay copia que se pueda leer, y para volver habrá que escribirla otra vez.',
  'accounts.delete_fields': 'El nombre, la nota, la zona horaria y el color de la cuenta.',
  'accounts.delete_programs':
    'El acceso de los programas que preguntan con account={{slug}}: recibirán el error not_found.',
  'accounts.delete_default': 'La cuenta predeterminada: pasa a ser {{name}}.',
  'accounts.delete_last': 'La única cuenta: para preguntar habrá que escribir una clave cada vez.',
  'accounts.delete_comes_back':
    'Mientras FAL_KEY esté en la configuración del servidor, el próximo inicio guardará esa clave como cuenta otra vez.',
  'accounts.delete_keeps':
    'En fal no cambia nada: el uso, el saldo y la clave siguen ahí. Si la clave ya no hace falta, elimínala también en fal.',
  'accounts.delete_confirm': 'Sí, quiero eliminar {{name}} y su clave',
  'accounts.delete_now': 'Eliminar la cuenta',
  'accounts.seeded': 'Cuenta principal',
  'accounts.seeded_note': 'Creada con FAL_KEY al iniciar.',

  'config.account_hint': 'Se pregunta con su clave guardada.',
  'config.account_link': 'Cuentas de fal',
  'config.other_key': 'Usar otra clave',
  'config.other_key_hint':
    'Si escribes una, se usa en lugar de la cuenta, solo para esta consulta: no se guarda ni se vuelve a mostrar.',
  'config.timezone_account': 'La de la cuenta',
  'config.invitation': '¿La usas seguido?',
  'config.invitation_link': 'Guárdala cifrada como cuenta',
  'config.ready': 'Todo listo para preguntar',
  'config.ready_next': 'Elige la cuenta y el período, y presiona «Ver Uso».',
  'config.ready_doubt': 'Las cifras se le piden a fal en ese momento, con la clave guardada.',

  'diagnosis.spending':
    'fal no dice si esta clave también puede ejecutar modelos, es decir, gastar: las de tipo API y Admin pueden. Este panel solo lee; si fal te ofrece una clave de solo lectura, usa esa.',

  'problem.invalid_request_key.what': 'No se guardó la clave',
  'problem.invalid_request_key.means': 'No se hizo ningún cambio.',
  'problem.invalid_request_key.now': 'Copia otra vez la clave, o crea otra.',
  'problem.not_found_account.what': 'No hay una cuenta guardada con ese nombre',
  'problem.not_found_account.means': 'Puede haberse eliminado, o el nombre es otro.',
  'problem.not_found_account.now': 'Mira en «Cuentas de fal» cuáles hay y cómo se llaman.',
  'problem.not_found_any_account.what': 'Todavía no hay ninguna cuenta de fal guardada',
  'problem.not_found_any_account.means':
    'La consulta llegó sin clave, y no hay una con que hacerla.',
  'problem.not_found_any_account.now':
    'Guarda una cuenta en el panel, o envía una clave en api_key.',
  'problem.key_unreadable.what': 'No se puede abrir la clave guardada',
  'problem.key_unreadable.means':
    'Se cifró con otro APP_SECRET, o su registro cambió en la base de datos. No se le preguntó nada a fal.',
  'problem.key_unreadable.now':
    'Si APP_SECRET acaba de cambiar, hay que reiniciar el panel. Si no, una persona con rol de administración debe cambiar la clave de la cuenta.',

  'field.label.account': 'Cuenta',
  'field.label.note': 'Nota',
  'field.label.color': 'Color',
  'field.label.confirm': 'Confirmación',
  'field.account.unknown': 'No hay una cuenta guardada con ese nombre.',
  'field.account.none_stored': 'No hay ninguna cuenta guardada.',
  'field.note.too_long': 'La nota puede tener hasta 500 caracteres.',
  'field.api_key.unknown_key':
    'fal no reconoce esta clave. Cópiala otra vez completa, o crea una nueva.',
  'field.api_key.unbound_key':
    'fal todavía no sabe de quién es esta clave, como pasa con las recién creadas. Espera unos minutos y vuelve a enviarla.',
  'field.api_key.malformed_key':
    'Esto no tiene forma de clave de fal: son dos partes unidas por dos puntos (identificador:secreto).',
  'field.color.unknown': 'Elige uno de los ocho colores.',
  'field.confirm.missing': 'Marca la casilla para confirmar que es lo que quieres.',
} as const;
