import { z } from 'zod';
import { looksLikeKey } from '../fal/key.ts';

/** A text that everybody may read, of several lines. */
export const textField = (max: number) =>
  z
    .string('missing')
    .transform((typed) => typed.normalize('NFC').replaceAll('\r\n', '\n').trim())
    .refine((typed) => typed.length <= max, 'too_long')
    .refine((typed) => !/[\p{Cc}\p{Cs}]/u.test(typed.replaceAll(/[\n\t]/g, '')), 'bad_characters')
    .refine((typed) => !looksLikeKey(typed), 'looks_like_key');

/** The same in one line. */
export const lineField = (max: number) =>
  textField(max).refine((typed) => !/[\n\t]/.test(typed), 'bad_characters');

/** The same, and not empty. */
export const nameField = (max: number) =>
  lineField(max).refine((name) => name !== '', { error: 'missing', abort: true });
