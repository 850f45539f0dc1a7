import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { UsageError } from './command.ts';

/** For a command that takes no words at all. @throws what `parseArgs` does. */
export function noArguments(args: string[]): void {
  parseArgs({ args, options: {} });
}

/** For a command that takes one word. @throws UsageError, or what `parseArgs` does. */
export function oneArgument(args: string[], name: string): string {
  const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
  const [word, ...more] = positionals;
  if (word === undefined) throw new UsageError(`${name} is missing.`);
  if (more.length > 0) throw new UsageError(`One ${name} at a time: "${more[0]}" is too much.`);
  return word;
}

/** @throws UsageError saying what the word must be. */
export function readWord<T>(schema: z.ZodType<T>, word: unknown, mustBe: string): T {
  const result = schema.safeParse(word);
  if (!result.success) throw new UsageError(mustBe);
  return result.data;
}
