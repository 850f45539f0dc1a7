import { accounts } from './es/accounts.ts';
import { alertAccount } from './es/alert-account.ts';
import { alertSpend } from './es/alert-spend.ts';
import { alerts } from './es/alerts.ts';
import { apiDocs } from './es/api-docs.ts';
import { audit } from './es/audit.ts';
import { channels } from './es/channels.ts';
import { deliveryFormats } from './es/delivery-formats.ts';
import { diagnosis } from './es/diagnosis.ts';
import { embeds } from './es/embeds.ts';
import { eventLive } from './es/event-live.ts';
import { events } from './es/events.ts';
import { explorer } from './es/explorer.ts';
import { exports } from './es/exports.ts';
import { history } from './es/history.ts';
import { incidents } from './es/incidents.ts';
import { ledger } from './es/ledger.ts';
import { mcp } from './es/mcp.ts';
import { overview } from './es/overview.ts';
import { people } from './es/people.ts';
import { planner } from './es/planner.ts';
import { pricing } from './es/pricing.ts';
import { problems } from './es/problems.ts';
import { purchases } from './es/purchases.ts';
import { reports } from './es/reports.ts';
import { settings } from './es/settings.ts';
import { shell } from './es/shell.ts';
import { signIn } from './es/sign-in.ts';
import { usage } from './es/usage.ts';

/**
 * Every text in Latin American Spanish ("tú"): the language in which texts are written first.
 * Plurals end in `_one`, `_many` (a million calls: "1,000,000 de llamadas") and `_other`.
 */
export const es = {
  ...shell,
  ...signIn,
  ...people,
  ...alertAccount,
  ...incidents,
  ...alerts,
  ...apiDocs,
  ...accounts,
  ...alertSpend,
  ...settings,
  ...audit,
  ...overview,
  ...usage,
  ...history,
  ...incidents,
  ...ledger,
  ...planner,
  ...purchases,
  ...events,
  ...eventLive,
  ...pricing,
  ...explorer,
  ...channels,
  ...deliveryFormats,
  ...diagnosis,
  ...embeds,
  ...mcp,
  ...exports,
  ...problems,
  ...reports,
  'app.name': 'Uso de fal.ai',
  'app.skip': 'Saltar al contenido',
  'app.languages': 'Idioma',
  'app.footer': 'Las cifras vienen de la API de fal.ai. La factura de fal es la que manda.',
  'app.new_tab': '(se abre en otra pestaña)',

  'form.times': 'Las horas son de {{timezone}}.',
  'form.copy': 'Copiar',
  'form.copied': 'Copiado',
  'form.optional': '(opcional)',
  'form.password_hint':
    'De {{min}} a {{max}} caracteres. Una frase larga es mejor que una corta con símbolos.',

  'config.lead': 'Cuánto se ha usado y gastado con una clave, preguntado a fal en este momento.',
  'config.form': 'Consulta',
  'config.api_key_hint':
    'Necesita permiso Admin para leer uso y saldo. Se usa solo para esta consulta: no se guarda ni se vuelve a mostrar.',
  'config.api_key_link': 'Crear una clave Admin en fal.ai',
  'config.period': 'Período',
  'config.period_24h': '24 horas',
  'config.period_7d': '7 días',
  'config.period_30d': '30 días',
  'config.period_custom': 'Personalizado',
  'config.end_date': 'Hasta (incluido)',
  'config.show_usage': 'Ver Uso',
  'config.test': 'Probar conexión',
  'config.asking': 'Preguntando a fal…',
  'config.result': 'Resultado',
  'config.first_run': 'Tres pasos para ver tu uso',
  'config.first_run_1': 'Crea en fal.ai una clave con permiso Admin.',
  'config.first_run_2': 'Pégala en «Clave de API».',
  'config.first_run_3': 'Elige el período y presiona «Ver Uso».',
  'config.first_run_doubt':
    '¿No sabes si la clave sirve? «Probar conexión» te dice qué puede leer y qué le falta.',

  'credits.title': 'Créditos',
  'credits.balance': 'Saldo',
  'credits.last_known': 'Último saldo conocido',
  'credits.away_since': 'No se puede leer el saldo desde el {{time}}',
  'credits.so_since': 'Así desde el {{time}}.',
  'credits.away_since_then': 'Después ya no se pudo leer.',
  'credits.by_day': 'Saldo al cierre de cada día',
  'credits.by_day_description':
    '{{title}}. Del {{from}} al {{until}}: el primero es {{first}}; el último, {{last}}.',
  'credits.day_unread': 'sin leer',
  'credits.days_unread_one': '{{formatted}} día sin leer',
  'credits.days_unread_many': '{{formatted}} de días sin leer',
  'credits.days_unread_other': '{{formatted}} días sin leer',
  'credits.where':
    'El saldo exacto, las recargas y los vencimientos están en el panel de facturación de fal.',
  'credits.open': 'Abrir facturación en fal.ai',
  'credits.before': 'Aquí verás el saldo en vivo cuando preguntes con una clave con permiso Admin.',
  'credits.no_balance': 'Saldo no disponible',
  'credits.reason_admin_scope':
    'fal solo muestra el saldo a claves con permiso Admin, y esta no lo tiene.',
  'credits.reason_locked': 'fal no deja leer el saldo mientras la cuenta está bloqueada.',
  'credits.reason_invalid_key': 'fal no reconoce esta clave, así que no muestra el saldo.',
  'credits.reason_unavailable': 'fal no respondió a la pregunta por el saldo.',
  'credits.reason_not_stated': 'fal respondió, pero sin decir el saldo.',
  'credits.live_why': 'Es el saldo que fal da al momento de preguntarle.',
  'credits.expiry': 'Los créditos comprados vencen a los 365 días; los promocionales, antes.',
} as const;
