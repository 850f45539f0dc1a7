export const signIn = {
  'sign_in.title': 'Iniciar sesión',
  'sign_in.heading': 'Inicia sesión en el panel',
  'sign_in.submit': 'Iniciar sesión',
  'sign_in.or': 'o',
  'sign_in.oidc': 'Iniciar sesión con {{name}}',
  'sign_in.forgot':
    '¿No recuerdas tu contraseña, o todavía no tienes? Pide un enlace a quien administra el panel.',

  'sign_in.code_title': 'Verificación en dos pasos',
  'sign_in.code_heading': 'Escribe tu código',
  'sign_in.code_lead': 'Está en la aplicación de autenticación de tu teléfono. Tienes 5 minutos.',
  'sign_in.code_hint':
    'Son 6 dígitos. ¿No tienes tu teléfono? Escribe aquí uno de tus códigos de recuperación.',
  'sign_in.code_submit': 'Continuar',
  'sign_in.code_start_again': 'Volver a empezar',

  'sign_in.refused.what': 'El correo o la contraseña no son correctos',
  'sign_in.refused.now':
    'Revísalos y vuelve a intentar. Si no recuerdas tu contraseña, pide un enlace nuevo a quien administra el panel.',
  'sign_in.wrong_code.what': 'Ese código no es correcto',
  'sign_in.wrong_code.now':
    'Escribe el que tu aplicación muestra ahora. Si no coincide nunca, revisa que la hora de tu teléfono sea automática.',
  'sign_in.used_code.what': 'Ese código ya se usó',
  'sign_in.used_code.now': 'Espera a que tu aplicación muestre otro y escríbelo.',
  'sign_in.over.what': 'Hay que empezar de nuevo',
  'sign_in.over.now':
    'La verificación venció o tuvo demasiados códigos equivocados. Escribe tu contraseña otra vez y después un código nuevo.',
  'sign_in.account_ready.what': 'Tu cuenta está lista',
  'sign_in.account_ready.now': 'Inicia sesión con tu correo y tu contraseña.',
  'sign_in.password_set.what': 'Tu contraseña cambió',
  'sign_in.password_set.now':
    'Se cerraron todas tus sesiones: inicia sesión con la contraseña nueva.',
  'sign_in.signed_out.what': 'Cerraste tu sesión',
  'sign_in.signed_out.now': 'En una computadora compartida, cierra también esta ventana.',
  'sign_in.signed_out_everywhere.what': 'Cerraste tus sesiones en todas partes',
  'sign_in.signed_out_everywhere.now': 'Para seguir, inicia sesión otra vez.',
  'sign_in.oidc_not_invited.what': 'Esa cuenta no tiene acceso a este panel',
  'sign_in.oidc_not_invited.now':
    'Pide a quien administra el panel que te invite con ese mismo correo, o que reactive tu acceso.',
  'sign_in.oidc_unverified.what': 'No sabemos si ese correo es tuyo',
  'sign_in.oidc_unverified.now':
    'El proveedor no confirma tu dirección de correo. Verifícala ahí y vuelve a intentar, o inicia sesión con tu contraseña.',
  'sign_in.oidc_cancelled.what': 'No terminaste de iniciar sesión con el proveedor',
  'sign_in.oidc_cancelled.now': 'Vuelve a intentar, o inicia sesión con tu contraseña.',
  'sign_in.oidc_expired.what': 'El inicio de sesión con el proveedor venció',
  'sign_in.oidc_expired.now':
    'Pasa cuando tarda más de 5 minutos o empieza en otro navegador. Vuelve a intentar desde aquí.',
  'sign_in.oidc_unavailable.what': 'No pudimos comprobar quién eres con el proveedor',
  'sign_in.oidc_unavailable.now':
    'Vuelve a intentar en unos minutos, o inicia sesión con tu contraseña. Si sigue, avisa a quien administra el panel.',

  'profile.title': 'Tu perfil',
  'profile.who': 'Quién eres',
  'profile.role_hint': 'Tu nombre y tu rol los cambia quien administra el panel.',
  'profile.password': 'Contraseña',
  'profile.password_new': 'Contraseña nueva',
  'profile.password_change': 'Cambiar la contraseña',
  'profile.password_effect': 'Tus sesiones en otros lugares se cierran.',
  'profile.no_password': 'No tienes contraseña: inicias sesión con {{name}}.',
  'profile.no_password_next':
    'La contraseña y la verificación en dos pasos se cambian ahí. Si además quieres una contraseña de este panel, pide un enlace a quien lo administra.',
  'profile.second_factor': 'Verificación en dos pasos',
  'profile.second_factor_on': 'Activada',
  'profile.second_factor_off': 'Desactivada',
  'profile.second_factor_why':
    'Al iniciar sesión se pide también un código de tu teléfono, así que no basta con conocer tu contraseña.',
  'profile.second_factor_password': 'Tu contraseña, para confirmar',
  'profile.second_factor_begin': 'Activar',
  'profile.second_factor_remove': 'Desactivar la verificación en dos pasos',
  'profile.second_factor_remove_effect': 'Tu contraseña bastará para iniciar sesión.',
  'profile.second_factor_remove_do': 'Desactivar',
  'profile.codes_renew': 'Crear códigos de recuperación nuevos',
  'profile.codes_renew_effect': 'Los anteriores dejan de servir.',
  'profile.codes_renew_do': 'Crear códigos nuevos',
  'profile.sessions': 'Sesiones abiertas',
  'profile.sessions_none': 'Solo tienes abierta esta.',
  'profile.sessions_others_one': 'Además de esta, tienes abierta {{formatted}} sesión.',
  'profile.sessions_others_many': 'Además de esta, tienes abiertas {{formatted}} de sesiones.',
  'profile.sessions_others_other': 'Además de esta, tienes abiertas {{formatted}} sesiones.',
  'profile.sessions_end_others': 'Cerrar las otras',
  'profile.sessions_end_all': 'Cerrar todas, también esta',

  'profile.enrol_title': 'Activar la verificación en dos pasos',
  'profile.enrol_1': 'Instala en tu teléfono una aplicación de autenticación, si no tienes una.',
  'profile.enrol_2': 'Agrega en ella tu cuenta del panel, de una de estas tres maneras.',
  'profile.enrol_here': 'Si está en este mismo dispositivo:',
  'profile.enrol_open': 'Abrir en mi app',
  'profile.enrol_scan': 'Si está en otro, escanea con ella este código:',
  'profile.enrol_qr': 'Código QR con la clave que está escrita abajo',
  'profile.enrol_secret': 'Si no puedes escanear, escribe en ella esta clave:',
  'profile.enrol_3': 'Escribe el código de 6 dígitos que muestra.',
  'profile.enrol_once': 'La clave se muestra solo esta vez.',
  'profile.enrol_again':
    'Lo que ya escaneaste sigue sirviendo. Si no alcanzaste a escanear, vuelve al perfil y empieza otra vez.',
  'profile.enrol_confirm': 'Confirmar',
  'field.code.wrong':
    'Ese código no es correcto. Escribe el que tu aplicación muestra ahora. Si no coincide nunca, revisa que la hora de tu teléfono sea automática.',
  'profile.back': 'Volver al perfil',

  'profile.codes_title': 'Tus códigos de recuperación',
  'profile.codes_enabled': 'La verificación en dos pasos está activada',
  'profile.codes_enabled_now': 'Tus sesiones en otros lugares se cerraron.',
  'profile.codes_renewed': 'Estos son tus códigos nuevos',
  'profile.codes_renewed_now': 'Los anteriores ya no sirven.',
  'profile.codes_why':
    'Guárdalos donde los encuentres sin tu teléfono: impresos, o en tu gestor de contraseñas. Cada uno sirve una vez.',
  'profile.codes_once': 'No se vuelven a mostrar.',
  'profile.codes_saved': 'Ya los guardé',

  'profile.done.password': 'Tu contraseña cambió',
  'profile.done.password.now': 'Tus sesiones en otros lugares se cerraron.',
  'profile.done.second_factor_removed': 'La verificación en dos pasos está desactivada',
  'profile.done.second_factor_removed.now':
    'Elimina también este panel de tu aplicación de autenticación.',
  'profile.done.others_ended': 'Tus otras sesiones se cerraron',
  'profile.done.others_ended.now': 'Si no las reconoces, cambia también tu contraseña.',
  'profile.done.recovery_code': 'Iniciaste sesión con un código de recuperación',
  'profile.done.recovery_code.now':
    'Ese código ya no sirve. Si perdiste tu teléfono, desactiva aquí la verificación en dos pasos y actívala con el nuevo.',

  'field.label.current_password': 'Contraseña actual',
  'field.label.which': 'Sesiones',
  'field.password.wrong': 'Esa no es tu contraseña.',
  'field.current_password.missing': 'Escribe tu contraseña actual.',
  'field.current_password.wrong': 'Esa no es tu contraseña.',
  'field.label.code': 'Código',
  'field.code.missing': 'Escribe el código.',
  'field.code.unusable': 'Un código tiene 6 dígitos; uno de recuperación, 10 letras y dígitos.',
} as const;
