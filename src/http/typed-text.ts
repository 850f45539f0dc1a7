import { looksLikeKey } from '../fal/key.ts';

/** What was typed into a field of a form, as it was; empty for what is no text. */
export function typedText(body: unknown, field: string): string {
  const typed = (body as Record<string, unknown> | undefined)?.[field];
  return typeof typed === 'string' ? typed : '';
}

/**
 * What was typed, to be shown again, but nothing that looks like a key: people paste into the wrong field.
 * @param max characters that the field takes; what is far longer is not shown again.
 */
export function textAgain(typed: string, max: number): string {
  return typed.length > 2 * max || looksLikeKey(typed) ? '' : typed;
}

/** The same of all these fields, by name. @param maxima how many characters each takes. */
export function textsAgain<Name extends string>(
  body: unknown,
  maxima: Readonly<Record<Name, number>>,
): Record<Name, string> {
  const texts = Object.entries<number>(maxima).map(([name, max]) => [
    name,
    textAgain(typedText(body, name), max),
  ]);
  return Object.fromEntries(texts) as Record<Name, string>;
}
