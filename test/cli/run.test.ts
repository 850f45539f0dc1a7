import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { CommandError, UsageError } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startTerminal } from '../support/terminal.ts';

/** The real process; resolves also when it fails. */
function spawned(words: string[], env: Record<string, string> = {}, file = 'node') {
  const args = file === 'node' ? ['src/cli/main.ts', ...words] : words;
  return promisify(execFile)(file, args, {
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      DATA_DIR: temporaryFolder(),
      ...env,
    },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

describe('the real process', () => {
  test('prints a token and nothing else, through npm', async () => {
    const words = 'run -s cli -- token create --name x --role viewer'.split(' ');
    const { code, stdout, stderr } = await spawned(words, { LOG_LEVEL: 'trace' }, 'npm');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^fup_[\w-]{43}\n$/);
  });

  test('says in one line and its usage what it did not understand', async () => {
    const { code, stdout, stderr } = await spawned(['tokens', 'make']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^There is no command "tokens make"\.\nUsage: npm run -s cli -- <command>/,
    );
  });

  test('says in one line why it can not be done', async () => {
    const { code, stdout, stderr } = await spawned(['user', 'reset-link', 'nobody@example.com']);
    expect([code, stdout, stderr.trim().split('\n').length]).toEqual([1, '', 1]);
  });

  test('says in one line that the store can not be opened', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'panel.sqlite'),
      'this is no database, but it is long enough'.repeat(9),
    );
    const { code, stdout, stderr } = await spawned(['user', 'list'], { DATA_DIR: folder });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^Can't start: the database can't be used: .*\n$/);
  });

  test('says what is wrong with the configuration', async () => {
    const { code, stderr } = await spawned(['user', 'list'], { PORT: 'web' });
    expect(code).toBe(1);
    expect(stderr).toContain('PORT must be a whole number');
  });
});

test('without words, and with unknown ones, the commands are listed on standard error', async () => {
  const run = startTerminal();
  const { code, out, err } = await run();
  expect([code, out]).toEqual([2, []]);
  for (const { name, summary } of COMMANDS) expect(err).toMatch(new RegExp(`${name} +${summary}`));
  expect((await run('token')).code).toBe(2);
  expect((await run('user', 'lists')).err).toContain('There is no command "user lists".');
});

test('--help lists the commands, and needs no store', async () => {
  const run = startTerminal({ DATA_DIR: '/dev/null/nowhere' });
  const { code, out, err } = await run('--help');
  expect([code, err]).toEqual([0, '']);
  expect(out.join('\n')).toContain('token create');
});

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  '%s explains itself with --help',
  async (name, { usage }) => {
    const run = startTerminal({ DATA_DIR: '/dev/null/nowhere' });
    expect(await run(...name.split(' '), '--help')).toEqual({ code: 0, out: [usage], err: '' });
    expect(usage).toMatch(new RegExp(`^Usage: npm run -s cli -- ${name}`));
  },
);

test.each([
  [['user', 'list', 'extra'], /^Unexpected argument 'extra'/],
  [['user', 'list', '--all'], /^Unknown option '--all'/],
  [['user', 'reset-link'], /^EMAIL is missing\./],
  [['user', 'reset-link', 'a@example.com', 'b@example.com'], /"b@example\.com" is too much/],
  [['user', 'reset-link', 'Ana'], /^EMAIL must be an e-mail address\./],
  [['token', 'revoke'], /^ID is missing\./],
  [['token', 'create', '--role', 'viewer'], /^--name must be/],
  [['token', 'create', '--name', 'x'], /^--role must be/],
  [['token', 'create', '--name', 'x', '--role', 'root'], /^--role must be/],
  [['token', 'create', '--name', 'x', '--role', 'viewer', '--expires', '0d'], /^--expires must/],
  [['token', 'create', '--name', 'x', '--role', 'viewer', '--expires', '3651d'], /^--expires must/],
  [['token', 'create', '--name', 'x', '--role', 'viewer', '--expires', 'soon'], /^--expires must/],
])('%j means nothing, and the usage says what would', async (words, complaint) => {
  const { code, out, err } = await startTerminal()(...words);
  expect([code, out]).toEqual([2, []]);
  expect(err).toMatch(complaint);
  expect(err.split('\n')[1]).toMatch(/^Usage: /);
});

test('a command is closed after, also when it failed', async () => {
  const closed: boolean[] = [];
  const failing = {
    name: 'fail',
    summary: '',
    usage: 'Usage: fail',
    run: async (args: string[], { services }: Parameters<(typeof COMMANDS)[0]['run']>[1]) => {
      const { store } = await services();
      const close = store.close;
      store.close = async () => {
        await close();
        closed.push(true);
      };
      throw args.length > 0 ? new UsageError('what?') : new CommandError('no');
    },
  };
  const run = startTerminal({}, { commands: [failing] });
  expect(await run('fail')).toEqual({ code: 1, out: [], err: 'no' });
  expect(await run('fail', 'x')).toEqual({ code: 2, out: [], err: 'what?\nUsage: fail' });
  expect(closed).toEqual([true, true]);
});
