/** What was typed into a field of a form, as it was; empty for what is no text. */
export function typedText(body: unknown, field: string): string {
  const typed = (body as Record<string, unknown> | undefined)?.[field];
  return typeof typed === 'string' ? typed : '';
}
