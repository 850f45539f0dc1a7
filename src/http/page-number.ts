/** The number of a page of a list, as an address has it, from 1; what is no such number is the first page. */
export function pageNumber(asked: unknown): number {
  return typeof asked === 'string' && /^[1-9]\d{0,3}$/.test(asked) ? Number(asked) : 1;
}
