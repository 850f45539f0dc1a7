import { z } from 'zod';
import { PASSWORD_MAX, PASSWORD_MIN } from '../config.ts';
import { ROLES } from './viewer.ts';

/** As long as an address may be (RFC 5321, 4.5.3.1.3). */
const EMAIL_MAX = 254;
/** For names of people and of tokens. */
export const NAME_MAX = 80;

/** One spelling for each person: no spaces around it, in lower case. */
export const emailField = z
  .string('missing')
  .trim()
  .toLowerCase()
  .min(1, 'missing')
  .max(EMAIL_MAX, 'too_long')
  .pipe(z.email('not_an_email'));

/** Any script; letters with accents are kept composed, so that equal names are equal. */
const nameText = z
  .string('missing')
  .transform((text) => text.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .max(NAME_MAX, 'too_long')
      // PostgreSQL has no place for NUL, and a line break would forge a line of a list.
      .refine((text) => !/[\p{Cc}\u2028\u2029]/u.test(text), 'bad_characters'),
  );

export const nameField = nameText.pipe(z.string().min(1, 'missing'));

/** `null` where it is left empty. */
export const optionalNameField = nameText
  .optional()
  .transform((name) => (name === undefined || name === '' ? null : name));

export const roleField = z.enum(ROLES, 'unknown');

/** How long a password is, in characters. */
export const PASSWORD_LENGTH = { min: PASSWORD_MIN, max: PASSWORD_MAX };

/** Taken as it is typed: a space may be part of a password. */
const passwordField = z
  .string('missing')
  .min(1, 'missing')
  .min(PASSWORD_MIN, 'too_short')
  .max(PASSWORD_MAX, 'too_long');

/** A new password, typed twice. */
export const newPasswordFields = z.object({
  password: passwordField,
  password_again: z.string('different').max(PASSWORD_MAX, 'different'),
});

/** For `refine`, which zod does last of all: whether both are the same, and what is said if not. */
export function isTypedTwice(typed: z.infer<typeof newPasswordFields>): boolean {
  return typed.password === typed.password_again;
}
export const NOT_TYPED_TWICE = { path: ['password_again'], message: 'different' };
