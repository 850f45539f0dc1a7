import type { Config } from '../config.ts';
import type { Services } from '../services.ts';

/** What a command is given. */
export interface CommandContext {
  config: Config;
  /** Opens the store and all that stands on it; closed when the command is over. */
  services(): Promise<Services>;
  /** Writes a line to standard output: a command's result and nothing else. */
  print(line: string): void;
}

/** One thing that the command line can do. */
export interface Command {
  /** As it is typed, such as `token create`. */
  name: string;
  /** In one line, for the list of commands. */
  summary: string;
  /** What `--help` prints. */
  usage: string;
  /**
   * @param args what stands behind the name.
   * @throws UsageError for words it can't use.
   */
  run(args: string[], context: CommandContext): Promise<void>;
}

/** The command was typed in a way that means nothing; the message says which words. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood and can't be done; the message says why, in one line. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
