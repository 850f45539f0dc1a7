export const deliveryFormats = {
  'delivery_tone.critical': 'Crítico',
  'delivery_tone.warning': 'Advertencia',
  'delivery_tone.info': 'Aviso',
  'delivery_tone.resolved': 'Resuelto',
  'delivery_tone.report': 'Reporte',
  'delivery_tone.test': 'Prueba',
} as const;
