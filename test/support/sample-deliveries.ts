import type { MessageImage } from '../../src/deliveries/message.ts';
import type { Outgoing } from '../../src/deliveries/outgoing.ts';

const AT = Temporal.Instant.from('2026-03-08T03:20:30.5Z');
const PANEL = 'https://panel.example.com/futurelab_ai/admin';

/** A white dot: what stands for a chart where nobody looks at it. */
export const DOT: MessageImage = {
  alt: 'Costo por hora del sábado 7 de marzo: de $0.10 a las 10:00 a $2.05 a las 20:00.',
  png: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC',
  width: 584,
  height: 220,
};

/** The mails that are drawn for the documentation, and what formats are tried with. */
export function sampleDeliveries(image: MessageImage = DOT) {
  return { opened: opened(), resolved: resolved(), report: report(image) };
}

function opened(): Outgoing {
  return {
    id: '0b7f4c1e-5a53-4d7e-9a35-0d1e6a8f2c11',
    createdAt: AT,
    content: {
      message: {
        locale: 'es',
        tone: 'critical',
        title: 'Saldo para menos de 1 día en Cabinas CDMX',
        text: [
          'Al ritmo de las últimas 3 horas, los créditos se acaban hoy a las 23:40. El evento «Boda Ana y Luis» termina a las 02:00.',
          'Recarga en el panel de fal.ai o baja la calidad de las fotos. Cuando el saldo alcance, lo decimos aquí mismo.',
        ],
        facts: [
          { label: 'Saldo', value: '$4.12' },
          { label: 'Gasto por hora', value: '$1.94' },
          { label: 'Alcanza hasta', value: 'sábado 7 de marzo, 23:40' },
          { label: 'Modelo que más gasta', value: 'fal-ai/gemini-3-pro-image-preview/edit' },
          { label: 'Visto', value: '21:20 (America/Mexico_City)' },
        ],
        tables: [],
        image: null,
        links: [
          { label: 'Recargar en fal.ai', href: 'https://fal.ai/dashboard/billing' },
          { label: 'Ver la alerta', href: `${PANEL}/alerts/incidents/4f1c` },
        ],
        footer:
          'Panel de uso de fal.ai · Recibes esto porque tu dirección está en el canal «Guardia».',
      },
      event: {
        type: 'incident.opened',
        data: { incident_id: '4f1c9a52-0000-4000-8000-000000000001', severity: 'critical' },
      },
    },
  };
}

function resolved(): Outgoing {
  const { content } = opened();
  return {
    id: '5d0f2b0a-8d0e-4c5b-8f5e-7b1d9c3a4e22',
    createdAt: AT.add({ minutes: 47 }),
    content: {
      message: {
        ...content.message,
        locale: 'en',
        tone: 'resolved',
        title: 'Cabinas CDMX has enough balance again',
        text: ['$50.00 were added at 22:05. At the present pace they last until Monday.'],
        facts: [
          { label: 'Balance', value: '$52.61' },
          { label: 'Open for', value: '47 minutes' },
        ],
        links: [{ label: 'See the alert', href: `${PANEL}/alerts/incidents/4f1c` }],
        footer: 'fal.ai usage panel · You get this because you are in the channel “On call”.',
      },
      event: { type: 'incident.resolved', data: content.event.data },
    },
  };
}

function report(image: MessageImage): Outgoing {
  return {
    id: '9e8c7d6b-1a2b-4c3d-8e4f-5a6b7c8d9e33',
    createdAt: AT.add({ hours: 10 }),
    content: {
      message: {
        locale: 'es',
        tone: 'report',
        title: 'Sábado 7 de marzo: $14.85 en 1,212 llamadas',
        text: [
          'Un 12% más que el sábado anterior ($13.26). El modelo que más gastó fue gemini-3-pro-image-preview/edit.',
        ],
        facts: [
          { label: 'Costo', value: '$14.85' },
          { label: 'Llamadas', value: '1,212' },
          { label: 'Fallos', value: '9 (0.7%)' },
          { label: 'Saldo', value: '$37.76' },
          { label: 'Alcanza', value: '2 a 3 días' },
        ],
        tables: [
          {
            caption: 'Por modelo',
            columns: [
              { label: 'Modelo', isNumber: false },
              { label: 'Llamadas', isNumber: true },
              { label: 'Costo', isNumber: true },
              { label: 'Antes', isNumber: true },
            ],
            rows: [
              ['fal-ai/gemini-3-pro-image-preview/edit', '301', '$11.29', '$10.02'],
              ['fal-ai/fast-sdxl', '804', '$2.41', '$2.20'],
              ['fal-ai/esrgan', '95', '$0.95', '$1.04'],
              ['fal-ai/birefnet/v2', '12', '$0.20', '—'],
            ],
          },
          {
            caption: 'Próximos eventos',
            columns: [
              { label: 'Evento', isNumber: false },
              { label: 'Cuándo', isNumber: false },
              { label: '¿Alcanza?', isNumber: false },
            ],
            rows: [
              ['XV años Valeria', 'sáb 14, 18:00', 'Sí, por $9'],
              ['Congreso Médico', 'lun 16, 09:00', 'No: faltan $22'],
            ],
          },
        ],
        image,
        links: [
          { label: 'Abrir el reporte', href: `${PANEL}/reports/2026-03-07` },
          { label: 'Ver el uso', href: `${PANEL}/usage?period=2026-03-07` },
        ],
        footer: 'Panel de uso de fal.ai · Reporte diario de las 08:00 (America/Mexico_City).',
      },
      event: { type: 'report.daily', data: { date: '2026-03-07', late: false } },
    },
  };
}
