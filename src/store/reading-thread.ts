import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { messageOf, StoreAwayError } from './errors.ts';

/** Which SQLite file is read, and how long a statement waits for somebody's lock on it, in ms. */
export interface ReadingPlace {
  path: string;
  patienceMs: number;
}

/** What the thread can be asked; `connection` is the asker's number, from its first `read` to `end`. */
export type Question = { connection: number } & (
  | { act: 'read'; sql: string; parameters: SQLInputValue[]; rows: number }
  | { act: 'go on'; rows: number }
  | { act: 'end' }
);

/** Rows of a statement, as one list of their values; `columns` come with its first ones. */
export interface Chunk {
  columns?: string[];
  values: SQLOutputValue[];
  isLast: boolean;
}

/** An error that is sent between threads would lose all but its message. */
export interface Failure {
  message: string;
  code: string | undefined;
  errcode: number | undefined;
}

export type Answer = { chunk: Chunk } | { failure: Failure };

/**
 * A thread that reads a SQLite file. It answers in the order it is asked, and keeps the process alive
 * while it is being asked only. V8's flags are the process's own.
 */
export class ReadingThread {
  readonly #worker: Worker;
  readonly #asked: PromiseWithResolvers<Answer>[] = [];
  /** Why it can't be asked any more. */
  #over: StoreAwayError | null = null;
  #hasExited = false;

  constructor(place: ReadingPlace) {
    const entry = new URL('./reading-worker.ts', import.meta.url);
    this.#worker = new Worker(entry, { workerData: place });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => this.#hear(answer));
    this.#worker.on('error', (cause) => this.#giveUp(messageOf(cause), cause));
    this.#worker.on('exit', (code) => {
      this.#hasExited = true;
      this.#giveUp(`it ended with ${code}`);
    });
  }

  get isOver(): boolean {
    return this.#over !== null;
  }

  /** Whether it has nothing open any more. */
  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** @throws the database's error with its `code` and `errcode`, or StoreAwayError. */
  async ask(question: Question): Promise<Chunk> {
    if (this.#over) throw this.#over;
    const asked = Promise.withResolvers<Answer>();
    this.#worker.postMessage(question);
    this.#worker.ref();
    this.#asked.push(asked);
    const answer = await asked.promise;
    // Made here the error knows who asked.
    if ('failure' in answer) throw errorFrom(answer.failure);
    return answer.chunk;
  }

  /** Fails what is being asked, at once; it is over when the statement that is running is. */
  async end(): Promise<void> {
    this.#giveUp('the database was closed or replaced');
    await this.#worker.terminate();
  }

  #hear(answer: Answer): void {
    const asked = this.#asked.shift();
    if (this.#asked.length === 0) this.#worker.unref();
    asked?.resolve(answer);
  }

  #giveUp(reason: string, cause?: unknown): void {
    this.#over ??= new StoreAwayError(`the thread that reads is over: ${reason}`, { cause });
    for (const { reject } of this.#asked.splice(0)) reject(this.#over);
  }
}

function errorFrom({ message, code, errcode }: Failure): Error {
  return Object.assign(new Error(message), code && { code }, errcode && { errcode });
}
