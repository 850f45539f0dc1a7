export const explorer = {
  'chart.cost_by_week': 'Costo por semana',
  'chart.cost_by_month': 'Costo por mes',
  'chart.calls_by_week': 'Llamadas por semana',
  'chart.calls_by_month': 'Llamadas por mes',
  'chart.bucket_week': 'Semana desde el',
  'chart.bucket_month': 'Mes',
  'chart.moving': 'todavía puede cambiar',
  'chart.layers': 'De qué están hechas las barras',
} as const;
