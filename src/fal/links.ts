/** Where a person goes on fal's own site. */
export const BILLING_URL = 'https://fal.ai/dashboard/billing';
export const KEYS_URL = 'https://fal.ai/dashboard/keys';
export const USAGE_URL = 'https://fal.ai/dashboard/usage';
