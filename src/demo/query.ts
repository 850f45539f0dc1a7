import { Refusal } from './answer.ts';

const MAX_IDS = 50;

/** A list that may be repeated or comma-separated. */
function listOf(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/** A filter of 1-50 ids. @returns null when it is not there. @throws Refusal 400 */
export function idsOf(query: URLSearchParams, name: string): Set<string> | null {
  if (!query.has(name)) return null;
  const ids = listOf(query, name);
  if (ids.length === 0 || ids.length > MAX_IDS) {
    throw new Refusal(400, `${name}: expected 1-${MAX_IDS} values, got ${ids.length}`);
  }
  return new Set(ids);
}

/** @throws Refusal 400 when there is no id */
export function requiredIdsOf(query: URLSearchParams, name: string): Set<string> {
  const ids = idsOf(query, name);
  if (!ids) throw new Refusal(400, `${name}: Required`);
  return ids;
}

/** What is asked for beside the usual, or by default. */
export function expansionOf(query: URLSearchParams, byDefault: string[] = []): Set<string> {
  return new Set(query.has('expand') ? listOf(query, 'expand') : byDefault);
}

/** @returns the smaller of what is asked for and what is allowed. @throws Refusal 400 */
export function limitOf(query: URLSearchParams, byDefault: number, most: number): number {
  const text = query.get('limit');
  if (text === null) return Math.min(byDefault, most);
  if (!/^\d+$/.test(text) || Number(text) < 1) {
    throw new Refusal(400, 'limit: expected an integer of at least 1');
  }
  return Math.min(Number(text), most);
}

/** One of a few words. @returns null when it is not there. @throws Refusal 400 */
export function choiceOf<T extends string>(
  query: URLSearchParams,
  name: string,
  choices: readonly T[],
): T | null {
  const text = query.get(name);
  if (text === null) return null;
  const choice = choices.find((each) => each === text);
  if (!choice) throw new Refusal(400, `${name}: expected one of ${choices.join(', ')}`);
  return choice;
}
