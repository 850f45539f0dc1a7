export const signIn = {
  'sign_in.title': 'Entrar',
  'sign_in.heading': 'Entra al panel',
  'sign_in.email': 'Correo electrónico',
  'sign_in.password': 'Contraseña',
  'sign_in.submit': 'Entrar',
  'sign_in.or': 'o',
  'sign_in.oidc': 'Entrar con {{name}}',
  'sign_in.forgot':
    '¿No recuerdas tu contraseña, o todavía no tienes? Pide un enlace a quien administra el panel.',

  'sign_in.code_title': 'Segundo paso',
  'sign_in.code_heading': 'Escribe tu código',
  'sign_in.code_lead': 'Está en la aplicación de autenticación de tu teléfono. Tienes 5 minutos.',
  'sign_in.code': 'Código',
  'sign_in.code_hint':
    'Son 6 dígitos. ¿No tienes tu teléfono? Escribe aquí uno de tus códigos de recuperación.',
  'sign_in.code_submit': 'Continuar',
  'sign_in.code_start_again': 'Volver a empezar',

  'sign_in.refused.what': 'El correo o la contraseña no son correctos',
  'sign_in.refused.now':
    'Revísalos y vuelve a intentar. Si no recuerdas tu contraseña, pide un enlace nuevo a quien administra el panel.',
  'sign_in.rate_limited.what': 'Demasiados intentos',
  'sign_in.rate_limited.means':
    'Por seguridad dejamos de aceptarlos por un rato, también los correctos.',
  'sign_in.rate_limited.now_one': 'Espera {{formatted}} minuto y vuelve a intentar.',
  'sign_in.rate_limited.now_many': 'Espera {{formatted}} de minutos y vuelve a intentar.',
  'sign_in.rate_limited.now_other': 'Espera {{formatted}} minutos y vuelve a intentar.',
  'sign_in.wrong_code.what': 'Ese código no es correcto',
  'sign_in.wrong_code.now':
    'Escribe el que tu aplicación muestra ahora. Si no coincide nunca, revisa que la hora de tu teléfono sea automática.',
  'sign_in.used_code.what': 'Ese código ya se usó',
  'sign_in.used_code.now': 'Espera a que tu aplicación muestre otro y escríbelo.',
  'sign_in.over.what': 'Hay que empezar de nuevo',
  'sign_in.over.now':
    'El segundo paso venció o tuvo demasiados códigos equivocados. Escribe tu contraseña otra vez y después un código nuevo.',
  'sign_in.signed_out.what': 'Cerraste tu sesión',
  'sign_in.signed_out.now': 'En una computadora compartida, cierra también esta ventana.',
  'sign_in.signed_out_everywhere.what': 'Cerraste tus sesiones en todas partes',
  'sign_in.signed_out_everywhere.now': 'Para seguir, entra otra vez.',
  'sign_in.oidc_not_invited.what': 'Esa cuenta no tiene acceso a este panel',
  'sign_in.oidc_not_invited.now':
    'Pide a quien administra el panel que te invite con ese mismo correo, o que reactive tu acceso.',
  'sign_in.oidc_unverified.what': 'No sabemos si ese correo es tuyo',
  'sign_in.oidc_unverified.now':
    'El proveedor no confirma tu dirección de correo. Verifícala ahí y vuelve a intentar, o entra con tu contraseña.',
  'sign_in.oidc_cancelled.what': 'No terminaste de entrar con el proveedor',
  'sign_in.oidc_cancelled.now': 'Vuelve a intentar, o entra con tu contraseña.',
  'sign_in.oidc_expired.what': 'La entrada con el proveedor venció',
  'sign_in.oidc_expired.now':
    'Pasa cuando tarda más de 5 minutos o empieza en otro navegador. Vuelve a intentar desde aquí.',
  'sign_in.oidc_unavailable.what': 'No pudimos comprobar quién eres con el proveedor',
  'sign_in.oidc_unavailable.now':
    'Vuelve a intentar en unos minutos, o entra con tu contraseña. Si sigue, avisa a quien administra el panel.',

  'field.label.email': 'Correo electrónico',
  'field.label.password': 'Contraseña',
  'field.label.code': 'Código',
  'field.email.missing': 'Escribe tu correo electrónico.',
  'field.password.missing': 'Escribe tu contraseña.',
  'field.code.missing': 'Escribe el código.',
  'field.code.unusable': 'Un código tiene 6 dígitos; uno de recuperación, 10 letras y dígitos.',
} as const;
