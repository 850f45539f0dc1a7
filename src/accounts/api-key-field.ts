import { z } from 'zod';
import { isSendableKey, normalizeKey } from '../fal/key.ts';

/** The key as pasted, cleaned; its characters are checked so that it can be sent at all. */
export const apiKeyField = z
  .string('missing')
  .transform(normalizeKey)
  .refine((key) => key !== '', { error: 'missing', abort: true })
  .refine(isSendableKey, 'bad_characters');
