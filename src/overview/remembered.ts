import { LRUCache } from 'lru-cache';

const REMEMBERED = 200;

/** `read` that gives the same question the same answer for `cacheMs`; 0: reads every time. */
export function remembered<Question, Answer>(
  read: (question: Question) => Promise<Answer>,
  nameOf: (question: Question) => string,
  cacheMs: number,
): (question: Question) => Promise<Answer> {
  const answers = new LRUCache<string, Promise<Answer>>({
    max: REMEMBERED,
    ttl: Math.max(1, cacheMs),
  });
  return (question) => {
    const name = nameOf(question);
    const known = cacheMs > 0 ? answers.get(name) : undefined;
    if (known) return known;
    const answer = read(question);
    answers.set(name, answer);
    // What failed is read again.
    answer.catch(() => answers.delete(name));
    return answer;
  };
}

/** What takes longer to read than somebody should wait for. */
interface Slow<Question, Answer> {
  /** While somebody waits. */
  read: (question: Question) => Promise<Answer>;
  /** While nobody does: it may take its time. */
  readAhead: (question: Question) => Promise<Answer>;
  nameOf: (question: Question) => string;
  now: () => Temporal.Instant;
  /** Why it could not be read while nobody waited. */
  failed: (error: unknown) => void;
}

/** Answers older than this are read while somebody waits: nobody has looked for long. */
const KEPT_MS = 10 * 60_000;

/**
 * Gives the same question the last answer at once; of one older than `cacheMs` the next is read
 * meanwhile. A page that comes back every minute so shows what was true a minute ago and never waits,
 * where an answer that is only kept for less would never be of use to it. 0: reads every time.
 */
export function readAhead<Question, Answer>(
  { read, readAhead, nameOf, now, failed }: Slow<Question, Answer>,
  cacheMs: number,
): (question: Question) => Promise<Answer> {
  interface Known {
    answer: Promise<Answer>;
    at: Temporal.Instant;
    isReadAgain: boolean;
  }
  const answers = new LRUCache<string, Known>({ max: REMEMBERED });
  function keep(name: string, answer: Promise<Answer>): void {
    answers.set(name, { answer, at: now(), isReadAgain: false });
  }
  async function readAgain(question: Question, known: Known): Promise<void> {
    known.isReadAgain = true;
    try {
      const answer = await readAhead(question);
      keep(nameOf(question), Promise.resolve(answer));
    } catch (error) {
      known.isReadAgain = false;
      failed(error);
    }
  }
  return (question) => {
    const name = nameOf(question);
    const known = cacheMs > 0 ? answers.get(name) : undefined;
    const age = known ? Math.abs(known.at.until(now()).total('milliseconds')) : Infinity;
    if (known && age < KEPT_MS) {
      if (age >= cacheMs && !known.isReadAgain) void readAgain(question, known);
      return known.answer;
    }
    const answer = read(question);
    keep(name, answer);
    // What failed is read again.
    answer.catch(() => {
      if (answers.get(name)?.answer === answer) answers.delete(name);
    });
    return answer;
  };
}
