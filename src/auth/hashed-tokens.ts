import type { DBAdapter, DBTransactionAdapter, Where } from 'better-auth';

type Row = Record<string, unknown>;

/**
 * An adapter of better-auth that keeps only a hash of each session's token: better-auth itself
 * stores the token as it is, so that whoever reads the database could go on as anybody signed in.
 * @param hash a keyed one-way function.
 */
export function withHashedTokens(adapter: DBAdapter, hash: (token: string) => string): DBAdapter {
  return {
    ...hashing(adapter, hash),
    transaction: (work) => adapter.transaction((trx) => work(hashing(trx, hash))),
  } as DBAdapter;
}

function hashing(
  adapter: DBTransactionAdapter,
  hash: (token: string) => string,
): DBTransactionAdapter {
  const isToken = (model: string, { field }: Where) => model === 'session' && field === 'token';

  /** The same question, with hashes in the place of tokens. */
  function asked<Question extends { model: string; where?: Where[] | undefined }>(
    question: Question,
  ): Question {
    const where = question.where?.map((clause) =>
      isToken(question.model, clause)
        ? { ...clause, value: hashAll(clause.value) as Where['value'] }
        : clause,
    );
    return where ? { ...question, where } : question;
  }

  function hashAll(value: unknown): unknown {
    return Array.isArray(value) ? value.map((each) => hash(String(each))) : hash(String(value));
  }

  /** Who asked by a token finds it in the row again: better-auth goes on to ask with it. */
  function answered<T>(question: { model: string; where?: Where[] | undefined }, row: T): T {
    const token = (row as Row | null)?.token;
    if (question.model !== 'session' || typeof token !== 'string') return row;
    const given = question.where
      ?.filter((clause) => isToken(question.model, clause))
      .flatMap(({ value }) => value)
      .find((value) => typeof value === 'string' && hash(value) === token);
    return given === undefined ? row : { ...row, token: given };
  }

  return {
    ...adapter,
    async create(question) {
      const { token } = question.data as Row;
      if (question.model !== 'session') return adapter.create(question);
      const data = { ...question.data, token: hash(String(token)) };
      const row: Row = await adapter.create({ ...question, data });
      return { ...row, token } as never;
    },
    async update(question) {
      const { token } = question.update;
      const update =
        question.model === 'session' && token
          ? { ...question.update, token: hash(String(token)) }
          : question.update;
      return answered(question, await adapter.update(asked({ ...question, update })));
    },
    findOne: async (question) => answered(question, await adapter.findOne(asked(question))),
    findMany: async (question) =>
      (await adapter.findMany(asked(question))).map((row) => answered(question, row)) as never,
    consumeOne: async (question) => answered(question, await adapter.consumeOne(asked(question))),
    incrementOne: async (question) =>
      answered(question, await adapter.incrementOne(asked(question))),
    updateMany: (question) => adapter.updateMany(asked(question)),
    delete: (question) => adapter.delete(asked(question)),
    deleteMany: (question) => adapter.deleteMany(asked(question)),
    count: (question) => adapter.count(asked(question)),
  };
}
