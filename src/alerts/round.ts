import type { AlertServices, Round } from './kind.ts';

/** A look at everything as it is now. What failed to be read is read again by whoever asks next. */
export function createRound(services: AlertServices, now = services.now()): Round {
  const answers = new Map<string, Promise<unknown>>();
  return {
    services,
    now,
    once<Answer>(name: string, read: () => Promise<Answer>): Promise<Answer> {
      const known = answers.get(name);
      if (known) return known as Promise<Answer>;
      const answer = read();
      answers.set(name, answer);
      answer.catch(() => answers.delete(name));
      return answer;
    },
  };
}
