export const settings = {
  'settings.title': 'Ajustes',
  'settings.lead':
    'Valen para todo el panel y para las consultas por API que no digan otra cosa. Cada cambio queda en el registro de actividad.',
  'settings.done.saved': 'Ajustes guardados. En unos segundos valen en todo el panel.',
  'settings.locale_hint':
    'Para quien no elige idioma y cuyo navegador o programa tampoco pide uno de los dos.',
  'settings.locale_es': 'Español',
  'settings.locale_en': 'English',
  'settings.timezone_hint':
    'En ella empiezan los días y se muestran las horas, mientras nadie pida otra.',
  'settings.locale_from_environment': '{{value}} (del servidor)',
  'settings.timezone_from_environment': '{{value}} (del servidor)',
  'settings.refresh_0': 'Nunca',
  'settings.refresh_30': 'Cada 30 s',
  'settings.refresh_60': 'Cada 60 s',
  'settings.refresh_300': 'Cada 5 min',
  'settings.refresh_hint':
    'Mientras el resumen, los créditos o un evento en vivo estén a la vista. Con los créditos, cada actualización es una pregunta a fal por cuenta; con un evento son unas cuantas, y fal limita cuántas acepta.',
  'settings.currency_hint': 'Todas las cifras de fal son en dólares de Estados Unidos.',
  'settings.history_all': 'Siempre',
  'settings.history_400': '400 días',
  'settings.history_800': '800 días',
  'settings.history_1200': '1,200 días',
  'settings.history_hint':
    'Lo anterior se elimina para siempre de la copia local, por hora y por día: de ese tiempo las páginas dirán que no se sabe, nunca cero. Los saldos y los precios se quedan. Antes de guardar verás cuánto se elimina.',
  'settings.deletion_what': 'Esto elimina para siempre el uso del {{from}} al {{to}} (UTC).',
  'settings.deletion_accounts': 'Cuentas: {{number}}',
  'settings.deletion_days': 'Días, sumando los de cada cuenta: {{number}}',
  'settings.deletion_rows': 'Filas por hora: {{number}}',
  'settings.deletion_confirm': 'Sí, eliminar ese uso',
  'settings.environment_hint':
    'Lo que elijas aquí se guarda en la base de datos y vale más que DEFAULT_LOCALE y DEFAULT_TIMEZONE, las variables con que inicia el servidor.',
  'settings.save': 'Guardar ajustes',

  'field.label.locale': 'Idioma',
  'field.label.refresh_seconds': 'Actualizar las cifras en vivo',
  'field.label.currency_display': 'Cómo se escriben los dólares',
  'field.label.history_days': 'Conservar el uso en la copia local',
  'field.label.confirm_deletion': 'Confirmación',
  'field.confirm_deletion.missing':
    'Mira lo que se elimina y marca la casilla si es lo que quieres.',
  'field.label.version': 'Formulario',
} as const;
