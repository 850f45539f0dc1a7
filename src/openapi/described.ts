import { z } from 'zod';
import { toJsonNumber } from '../money.ts';

/** What a field is for, with one of its values for examples and `curl`. */
export interface About {
  text: string;
  example?: unknown;
}

/**
 * The fields of a schema that validates requests, with what they mean. A field without a text, or a
 * text without a field, does not compile. A field of the schema itself that only the document has
 * otherwise, such as an optional key, is given in the place of its text.
 * @returns fields for the document: what they take is what is validated.
 */
export function described<S extends z.ZodRawShape>(
  { shape }: { shape: S },
  texts: { [name in keyof S]: string | About | z.ZodType },
): { [name in keyof S]: z.ZodType } {
  const fields = Object.entries(texts).map(([name, about]) => {
    if (about instanceof z.ZodType) return [name, about];
    const { text, example } = typeof about === 'string' ? { text: about } : (about as About);
    const { field, usual } = plain(shape[name] as unknown as z.ZodType);
    return [name, field.meta(metaOf(text, example, usual))];
  });
  return Object.fromEntries(fields);
}

function metaOf(description: string, example: unknown, usual: unknown) {
  return {
    description,
    override: {
      ...(example !== undefined && { examples: [example] }),
      ...(usual !== undefined && { default: usual }),
    },
  };
}

/** A default in nano-units is no JSON, and a check before the field itself says nothing of what it takes. */
function plain(given: z.ZodType): { field: z.ZodType; usual: unknown } {
  if (given instanceof z.ZodDefault && typeof given.def.defaultValue === 'bigint') {
    const field = given.unwrap() as z.ZodType;
    return { field: field.optional(), usual: toJsonNumber(given.def.defaultValue) };
  }
  if (given instanceof z.ZodPipe && given.in instanceof z.ZodPipe) return plain(given.in);
  if (given instanceof z.ZodPipe && given.in instanceof z.ZodAny) {
    return { field: given.out as z.ZodType, usual: undefined };
  }
  return { field: given, usual: undefined };
}

/**
 * Codes that an answer may have, and what they mean: all of a type's and no others, or it does not
 * compile.
 */
export function codes<T extends string>(meanings: Record<T, string>, text = '') {
  const list = Object.entries<string>(meanings)
    .map(([code, meaning]) => (meaning ? `\`${code}\`: ${meaning}` : `\`${code}\``))
    .join('; ');
  const description = text ? `${text} ${list}.` : `${list}.`;
  return z.enum(Object.keys(meanings) as [T, ...T[]]).describe(description);
}

/** The same codes, or none. */
export function codesOrNull<T extends string>(meanings: Record<T, string>, text = '') {
  const some = codes(meanings, text);
  return some.nullable().describe(`${some.description} \`null\`: none.`);
}
