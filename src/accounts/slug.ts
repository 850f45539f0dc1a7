const MAX_LENGTH = 40;
/** For names without a single letter that can be written in an address. */
const NAMELESS = 'account';

/**
 * What programs call an account of that name: lower-case letters, digits and hyphens.
 * @param taken the names that are in use.
 */
export function slugFor(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
  const base = plain || NAMELESS;
  let slug = base;
  for (let next = 2; taken.has(slug); next += 1) slug = `${base}-${next}`;
  return slug;
}

/** Whether a text can be the name or the id of an account at all. */
export function isSlugOrId(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,63}$/.test(text);
}
