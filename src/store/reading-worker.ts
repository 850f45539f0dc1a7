import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Chunk, Question, ReadingPlace } from './reading-thread.ts';

/** How many statements a connection keeps prepared. */
const STATEMENTS = 50;

/** Lent to one snapshot at a time. */
interface Connection {
  database: DatabaseSync;
  statements: Map<string, StatementSync>;
  /** Of the statement that is being read. */
  rows: Iterator<SQLOutputValue[]> | null;
}

const { path, patienceMs } = workerData as ReadingPlace;
const idle: Connection[] = [];
const lent = new Map<number, Connection>();

parentPort?.on('message', (question: Question) => parentPort?.postMessage(answer(question)));

function answer(question: Question): Answer {
  try {
    return { chunk: work(question) };
  } catch (error) {
    const { message, code, errcode } = error as Error & { code?: string; errcode?: number };
    return { failure: { message, code, errcode } };
  }
}

function work(question: Question): Chunk {
  switch (question.act) {
    case 'read':
      return read(lent.get(question.connection) ?? begin(question.connection), question);
    case 'go on':
      return take(connectionOf(question), question.rows);
    case 'end':
      return end(question.connection);
  }
}

/** With what is read first: each question by itself takes as long as a statement. */
function begin(number: number): Connection {
  const connection = idle.pop() ?? open();
  connection.database.exec('begin');
  lent.set(number, connection);
  return connection;
}

/** Waiting inside SQLite holds up nobody but other readers, which would wait for the same. */
function open(): Connection {
  const database = new DatabaseSync(path, { readOnly: true, timeout: patienceMs });
  return { database, statements: new Map(), rows: null };
}

function connectionOf({ connection }: { connection: number }): Connection {
  const found = lent.get(connection);
  if (!found) throw new Error(`connection ${connection} is not in use`);
  return found;
}

function read(connection: Connection, { sql, parameters, rows }: Question & { act: 'read' }) {
  connection.rows?.return?.();
  const statement = prepared(connection, sql);
  connection.rows = statement.iterate(...parameters) as Iterator<unknown> as Iterator<
    SQLOutputValue[]
  >;
  const columns = statement.columns().map(({ name }) => name);
  return { columns, ...take(connection, rows) };
}

function prepared({ database, statements }: Connection, sql: string): StatementSync {
  const statement = statements.get(sql) ?? database.prepare(sql);
  statement.setReturnArrays(true);
  // Whatever was asked last is last in the map, and what is first goes.
  statements.delete(sql);
  statements.set(sql, statement);
  const [oldest] = statements.keys();
  if (statements.size > STATEMENTS && oldest !== undefined) statements.delete(oldest);
  return statement;
}

/** One flat list is sent to the other thread in half the time of a list of objects. */
function take(connection: Connection, count: number): Chunk {
  const values: SQLOutputValue[] = [];
  for (let taken = 0; taken < count; taken += 1) {
    const next = connection.rows?.next();
    if (!next || next.done) {
      connection.rows = null;
      return { values, isLast: true };
    }
    for (const value of next.value) values.push(value);
  }
  return { values, isLast: false };
}

/** Of one that could not even be opened there is nothing to end. */
function end(number: number): Chunk {
  const connection = lent.get(number);
  if (connection) {
    lent.delete(number);
    connection.rows?.return?.();
    connection.rows = null;
    if (connection.database.isTransaction) connection.database.exec('rollback');
    idle.push(connection);
  }
  return { values: [], isLast: true };
}
