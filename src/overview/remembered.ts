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
