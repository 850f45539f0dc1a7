import { LRUCache } from 'lru-cache';

/** How long what fal said of a price stands, in ms; and that it could not be asked. */
const SAID_MS = 10 * 60_000;
const UNSAID_MS = 60_000;

/** What fal said of prices that the local copy lacks: pages of events ask for the same ones again and again. */
export interface AskedPrices {
  /**
   * The answers to `ids`, those of a while ago as they are and the others as `ask` finds them. What is
   * not among its answers has none; `null` from it: fal could not be asked.
   */
  of<Answer extends object | bigint>(
    kind: string,
    ids: readonly string[],
    ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, Answer> | null>,
  ): Promise<ReadonlyMap<string, Answer>>;
  /** Those of a while ago alone. */
  known<Answer extends object | bigint>(
    kind: string,
    ids: readonly string[],
  ): ReadonlyMap<string, Answer>;
}

/** @param isKept whether answers stand for a while at all. */
export function createAskedPrices(isKept: boolean): AskedPrices {
  const said = new LRUCache<string, { answer: unknown }>({ max: 2_000, ttl: SAID_MS });
  function known<Answer extends object | bigint>(
    kind: string,
    ids: readonly string[],
  ): Map<string, Answer> {
    const kept = ids.map((id) => [id, said.get(`${kind} ${id}`)?.answer ?? null] as const);
    return new Map(
      kept.flatMap(([id, answer]) => (answer === null ? [] : [[id, answer as Answer]])),
    );
  }
  return {
    known,
    async of<Answer extends object | bigint>(
      kind: string,
      ids: readonly string[],
      ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, Answer> | null>,
    ) {
      const answers = known<Answer>(kind, ids);
      const unknown = ids.filter((id) => !said.has(`${kind} ${id}`));
      if (unknown.length === 0) return answers;
      const fresh = await ask(unknown);
      for (const id of unknown) {
        const answer = fresh?.get(id) ?? null;
        if (answer !== null) answers.set(id, answer);
        if (isKept) said.set(`${kind} ${id}`, { answer }, { ttl: fresh ? SAID_MS : UNSAID_MS });
      }
      return answers;
    },
  };
}
