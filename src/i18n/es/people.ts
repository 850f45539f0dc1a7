export const people = {
  'role.admin': 'Administración',
  'role.admin_can': 'Hace todo, también con personas, tokens, cuentas de fal y ajustes.',
  'role.operator': 'Operación',
  'role.operator_can': 'Ve todo, hace pruebas y atiende avisos.',
  'role.viewer': 'Consulta',
  'role.viewer_can': 'Ve todo, sin cambiar nada.',

  'form.times': 'Las horas son de {{timezone}}.',
  'form.copy': 'Copiar',
  'form.copied': 'Copiado',
  'form.optional': '(opcional)',

  'field.label.role': 'Rol',
  'field.label.password_again': 'Repite la contraseña',
  'field.label.expires': 'Vence',
  'field.label.expires_on': 'Último día',
  'field.label.form_id': 'Formulario',

  'field.name.missing': 'Escribe un nombre.',
  'field.name.bad_characters':
    'El nombre tiene caracteres que no se pueden usar, como saltos de línea.',
  'field.email.missing': 'Escribe un correo electrónico.',
  'field.email.not_an_email': 'No parece un correo electrónico, como ana@ejemplo.com.',
  'field.email.too_long': 'El correo electrónico puede tener hasta 254 caracteres.',
  'field.email.taken':
    'Ya hay una persona con este correo. Si no puede iniciar sesión, dale un enlace para cambiar su contraseña.',
  'field.role.unknown': 'Elige uno de los roles.',
  'field.password.missing': 'Escribe una contraseña.',
  'field.password.too_short': 'La contraseña debe tener al menos 8 caracteres.',
  'field.password.too_long': 'La contraseña puede tener hasta 128 caracteres.',
  'field.password_again.different': 'Las dos contraseñas no son iguales.',
  'field.expires.unknown': 'Elige cuándo vence.',
  'field.expires_on.missing': 'Elige el último día en que sirve.',
  'field.expires_on.not_a_day': 'No entendemos esta fecha. Escríbela como 2026-12-31.',
  'field.expires_on.in_past': 'Ese día ya pasó.',
  'field.expires_on.too_far': 'Puede ser a más tardar dentro de 10 años.',
  'field.form_id.missing': 'El formulario llegó incompleto: recarga la página y vuelve a intentar.',

  'problem.own_account.what': 'Esto no se puede hacer con tu propia cuenta',
  'problem.own_account.means':
    'Así el panel nunca se queda sin alguien que lo administre. No se hizo ningún cambio.',
  'problem.own_account.now':
    'Pídelo a otra persona con rol de administración. Tu contraseña y tu verificación en dos pasos las cambias tú, en tu perfil.',

  'link.name_hint': 'Como quieres que te vean los demás.',
  'link.email_hint': 'Con él vas a iniciar sesión.',
  'form.password_hint':
    'De {{min}} a {{max}} caracteres. Una frase larga es mejor que una corta con símbolos.',
  'link.setup.title': 'Crea tu cuenta de administración',
  'link.setup.lead': 'Es la primera de este panel: después puedes invitar a otras personas.',
  'link.setup.password': 'Contraseña',
  'link.setup.submit': 'Crear cuenta',
  'link.invitation.title': 'Crea tu cuenta',
  'link.invitation.lead':
    'Te invitaron a ver el uso y los créditos de fal.ai. Este enlace sirve una sola vez.',
  'link.invitation.password': 'Contraseña',
  'link.invitation.submit': 'Crear cuenta',
  'link.reset.title': 'Elige otra contraseña',
  'link.reset.lead':
    'Al guardarla se cierran todas tus sesiones. Tu verificación en dos pasos, si la activaste, sigue igual.',
  'link.reset.password': 'Contraseña nueva',
  'link.reset.submit': 'Guardar contraseña',

  'link.spent.title': 'Este enlace ya no sirve',
  'link.spent.sign_in': 'Iniciar sesión',
  'link.spent.setup.means':
    'Sirve una sola vez y durante una hora, y cada inicio del panel lo cambia por otro. También puede estar mal copiado.',
  'link.spent.setup.now':
    'Busca el más reciente en el registro del panel, o crea otro en el servidor con este comando:',
  'link.spent.setup_over.means':
    'Este panel ya tiene quien lo administre: la primera cuenta no se puede crear otra vez.',
  'link.spent.setup_over.now': 'Inicia sesión, o pide una invitación a quien administra el panel.',
  'link.spent.invitation.means':
    'Una invitación sirve una sola vez y durante 7 días. Pudo usarse, vencer, anularse o copiarse mal.',
  'link.spent.invitation.now':
    'Si ya creaste tu cuenta, inicia sesión. Si no, pide otra invitación a quien te invitó.',
  'link.spent.reset.means':
    'Un enlace para cambiar la contraseña sirve una sola vez y durante 24 horas. Pudo usarse, vencer, cambiarse por otro o copiarse mal.',
  'link.spent.reset.now':
    'Si ya cambiaste tu contraseña, inicia sesión con ella. Si no, pide otro enlace a quien administra el panel.',

  'people.title': 'Personas',
  'people.lead': 'Quién puede iniciar sesión y qué puede hacer.',
  'people.list': 'Personas con acceso',
  'people.state': 'Estado',
  'people.second_factor': 'Verificación en dos pasos',
  'people.second_factor_on': 'Activada',
  'people.second_factor_off': 'Desactivada',
  'people.deactivated': 'Desactivada',
  'people.you': 'tú',
  'people.manage': 'Administrar',
  'people.manage_who': 'Administrar a {{name}}',
  'people.invite': 'Invitar a alguien',
  'people.invite_hint':
    'El panel no envía correos: te da un enlace que tú le haces llegar. Sirve una vez y durante 7 días.',
  'people.invite_submit': 'Crear invitación',
  'people.invitations': 'Invitaciones pendientes',
  'people.invitations_none': 'No hay invitaciones pendientes.',
  'people.invited_by': 'Invitó {{who}}',
  'people.expires': 'Vence el {{time}}',
  'people.expired': 'Venció el {{time}}',
  'people.revoke': 'Anular',
  'people.revoke_who': 'Anular la invitación de {{email}}',
  'people.link_invitation': 'Invitación para {{email}}',
  'people.link_reset': 'Enlace para que {{email}} elija otra contraseña',
  'people.link_once_one':
    'Cópialo ahora y hazlo llegar solo a esa persona: no se vuelve a mostrar. Sirve una vez y durante {{count}} día.',
  'people.link_once_many':
    'Cópialo ahora y hazlo llegar solo a esa persona: no se vuelve a mostrar. Sirve una vez y durante {{count}} días.',
  'people.link_once_other':
    'Cópialo ahora y hazlo llegar solo a esa persona: no se vuelve a mostrar. Sirve una vez y durante {{count}} días.',
  'people.link_label': 'Enlace',
  'people.back': 'Todas las personas',
  'people.since': 'Tiene acceso desde el {{date}}',
  'people.own':
    'Esta es tu cuenta. Tu rol y tu acceso los cambia otra persona con rol de administración; tu contraseña y tu verificación en dos pasos, tú, en tu perfil.',
  'people.profile': 'Ir a mi perfil',
  'people.rename_submit': 'Guardar nombre',
  'people.change_role_hint': 'Vale desde su siguiente clic; no tiene que volver a iniciar sesión.',
  'people.change_role_submit': 'Cambiar rol',
  'people.reset_link': 'Contraseña',
  'people.reset_link_hint':
    'Si no la recuerda: un enlace para elegir otra. Sirve una vez y durante 24 horas, y reemplaza al anterior.',
  'people.reset_link_submit': 'Crear enlace',
  'people.reset_second_factor_hint':
    'Si perdió su teléfono y sus códigos. Iniciará sesión solo con su contraseña hasta que la active otra vez: asegúrate de que te lo pide esa persona.',
  'people.reset_second_factor_none': 'No la ha activado.',
  'people.reset_second_factor_submit': 'Desactivar la verificación en dos pasos',
  'people.access': 'Acceso',
  'people.deactivate_hint':
    'Se cierran sus sesiones en este momento y ya no puede iniciar sesión. Su historial se conserva, y la puedes reactivar.',
  'people.deactivate_submit': 'Desactivar',
  'people.reactivate_hint': 'Podrá iniciar sesión con su contraseña de antes y el rol de arriba.',
  'people.reactivate_submit': 'Reactivar',
  'people.done.invitation_revoked': 'Invitación anulada: su enlace ya no sirve.',
  'people.done.renamed': 'Nombre cambiado.',
  'people.done.role_changed': 'Rol cambiado.',
  'people.done.deactivated': 'Persona desactivada. Sus sesiones se cerraron.',
  'people.done.reactivated': 'Persona reactivada.',
  'people.done.second_factor_reset': 'Verificación en dos pasos desactivada.',

  'tokens.title': 'Tokens de API',
  'tokens.lead': 'Con ellos los programas leen el panel, sin usar la contraseña de nadie.',
  'tokens.made': 'Token «{{name}}» creado',
  'tokens.made_once':
    'Cópialo ahora: no se guarda y no se vuelve a mostrar. Si lo pierdes, revócalo y crea otro.',
  'tokens.made_use': 'Así se envía:',
  'tokens.token': 'Token',
  'tokens.create': 'Crear un token',
  'tokens.name_hint': 'Para qué programa es.',
  'tokens.create_submit': 'Crear token',
  'tokens.expires_30': 'En 30 días',
  'tokens.expires_90': 'En 90 días',
  'tokens.expires_365': 'En 365 días',
  'tokens.expires_date': 'El día que elijas',
  'tokens.expires_never': 'Nunca',
  'tokens.expires_on_hint': 'Solo si elegiste un día. Hasta el final de ese día en {{timezone}}.',
  'tokens.list': 'Tokens creados',
  'tokens.none': 'Todavía no hay tokens',
  'tokens.none_why':
    'Crea uno para cada programa: así puedes revocar el de uno sin tocar los demás.',
  'tokens.ends_with': 'termina en {{hint}}',
  'tokens.created_by': 'Creado por {{who}} el {{date}}',
  'tokens.command_line': 'la línea de comandos',
  'tokens.last_used': 'Último uso',
  'tokens.never_used': 'Sin usar',
  'tokens.no_expiry': 'No vence',
  'tokens.state_active': 'Activo',
  'tokens.state_expired': 'Vencido',
  'tokens.state_revoked': 'Revocado',
  'tokens.revoke': 'Revocar',
  'tokens.revoke_which': 'Revocar {{name}}',
  'tokens.revoke_title': '¿Revocar «{{name}}»?',
  'tokens.revoke_means':
    'El programa que lo usa deja de poder leer el panel en ese momento. No se puede deshacer: tendrías que crear otro.',
  'tokens.revoke_used': 'Se usó por última vez {{ago}}.',
  'tokens.revoke_unused': 'Nunca se ha usado.',
  'tokens.revoke_submit': 'Sí, revocar',
  'tokens.keep': 'No, dejarlo',
  'tokens.done.revoked': 'Token revocado: ya no abre nada.',
  'tokens.done.already_created':
    'Ese token ya se había creado. Solo se muestra una vez: si no lo copiaste, revócalo y crea otro.',
} as const;
