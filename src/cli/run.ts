import { type Config, readConfig } from '../config.ts';
import { createLogger, logFile } from '../log.ts';
import { startProblem } from '../server.ts';
import { createServices, type Parts, type Services } from '../services.ts';
import { isStoreError } from '../store/errors.ts';
import { type Command, CommandError, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';

export interface Terminal {
  env: Record<string, string | undefined>;
  /** A line of the result. */
  print(line: string): void;
  /** A line that is not the result. */
  complain(line: string): void;
  /** What a test puts in the place of the real thing. */
  parts?: Parts;
  commands?: readonly Command[];
}

/** Exit codes: done; understood, but it can't be done; not understood. */
const [DONE, FAILED, NOT_UNDERSTOOD] = [0, 1, 2];

/** Runs what was typed behind `npm run -s cli --`. @returns the exit code; throws nothing. */
export async function runCommandLine(words: string[], terminal: Terminal): Promise<number> {
  const { print, complain, commands = COMMANDS } = terminal;
  const command = commands.find(({ name }) => startsWith(words, name));
  if (words.includes('--help') || words.includes('-h')) {
    print(command ? command.usage : overview(commands));
    return DONE;
  }
  if (!command) {
    const typed = words.slice(0, 2).join(' ');
    complain(words.length === 0 ? 'Which command?' : `There is no command "${typed}".`);
    complain(overview(commands));
    return NOT_UNDERSTOOD;
  }
  const opened: Services[] = [];
  try {
    const config = readConfig(terminal.env);
    await command.run(words.slice(command.name.split(' ').length), {
      config,
      print,
      services: async () => {
        const services = await openServices(config, terminal.parts);
        opened.push(services);
        return services;
      },
    });
    return DONE;
  } catch (error) {
    if (isUsageError(error)) {
      complain(error.message.split('\n')[0] ?? '');
      complain(command.usage);
      return NOT_UNDERSTOOD;
    }
    complain(reason(error));
    return FAILED;
  } finally {
    for (const services of opened) await services.close();
  }
}

/** The result alone goes to standard output: what there is to log goes to the other one. */
function openServices(config: Config, parts: Parts = {}): Promise<Services> {
  const level = config.logLevel === 'silent' ? 'silent' : 'warn';
  return createServices(config, { log: createLogger(level, logFile(2)), ...parts });
}

function startsWith(words: string[], name: string): boolean {
  return name.split(' ').every((part, index) => words[index] === part);
}

function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Usage: npm run -s cli -- <command>',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Each command explains itself with --help.',
  ].join('\n');
}

/** Ours, or what `parseArgs` of node:util throws. */
function isUsageError(error: unknown): error is Error {
  const { code } = error as { code?: unknown };
  return error instanceof UsageError || String(code).startsWith('ERR_PARSE_ARGS_');
}

function reason(error: unknown): string {
  if (error instanceof CommandError) return error.message;
  if (isStoreError(error)) return `The database can't be used: ${(error as Error).message}`;
  return startProblem(error);
}
