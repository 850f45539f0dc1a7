import { runCommandLine, type Terminal } from '../../src/cli/run.ts';
import { NOW } from './panel.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface Ran {
  code: number;
  /** Lines of standard output. */
  out: string[];
  /** What stood on standard error. */
  err: string;
}

/** A command line on a store of its own, which stays from one command to the next. */
export function startTerminal(
  env: Record<string, string> = {},
  given: Partial<Terminal> = {},
): (...words: string[]) => Promise<Ran> {
  const settings = { DATA_DIR: temporaryFolder(), LOG_LEVEL: 'silent', ...env };
  return async (...words) => {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runCommandLine(words, {
      env: settings,
      print: (line) => void out.push(line),
      complain: (line) => void err.push(line),
      parts: { now: () => NOW },
      ...given,
    });
    return { code, out, err: err.join('\n') };
  };
}
