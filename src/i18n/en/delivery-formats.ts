import type { deliveryFormats as spanish } from '../es/delivery-formats.ts';

export const deliveryFormats: Record<keyof typeof spanish, string> = {
  'delivery_tone.critical': 'Critical',
  'delivery_tone.warning': 'Warning',
  'delivery_tone.info': 'Notice',
  'delivery_tone.resolved': 'Resolved',
  'delivery_tone.report': 'Report',
  'delivery_tone.test': 'Test',
};
