import { type FalError, isFalError } from './errors.ts';

/** fal takes 1 to 50 ids a question. */
const MAX_IDS = 50;
/** fal answers 404 to very long query strings, so a batch also ends here, in characters. */
const MAX_IDS_LENGTH = 2_000;

/** Cuts a list of ids into batches that fit one question. */
export function batchIds(ids: readonly string[]): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let length = 0;
  for (const id of ids) {
    const added = encodeURIComponent(id).length + '&endpoint_id='.length;
    if (batch.length === MAX_IDS || (batch.length > 0 && length + added > MAX_IDS_LENGTH)) {
      batches.push(batch);
      batch = [];
      length = 0;
    }
    batch.push(id);
    length += added;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

export interface BatchAnswers<T> {
  answers: T[];
  /** Ids that fal refuses to answer for, each found on its own. */
  refused: { id: string; error: FalError }[];
}

/**
 * Asks for many ids at once; where fal refuses the whole batch because of one of them, halves it
 * until the culprit stands alone and the others are answered.
 * @param blames whether an error may come from a single id of the batch.
 */
export async function askInBatches<T>(
  ids: readonly string[],
  ask: (batch: string[]) => Promise<T>,
  blames: (error: FalError) => boolean,
): Promise<BatchAnswers<T>> {
  const parts = await Promise.all(batchIds(ids).map((batch) => askOrHalve(batch, ask, blames)));
  return {
    answers: parts.flatMap((part) => part.answers),
    refused: parts.flatMap((part) => part.refused),
  };
}

async function askOrHalve<T>(
  batch: string[],
  ask: (batch: string[]) => Promise<T>,
  blames: (error: FalError) => boolean,
): Promise<BatchAnswers<T>> {
  try {
    return { answers: [await ask(batch)], refused: [] };
  } catch (error) {
    if (!isFalError(error) || !blames(error)) throw error;
    const [only] = batch;
    if (only !== undefined && batch.length === 1) {
      return { answers: [], refused: [{ id: only, error }] };
    }
    const middle = Math.ceil(batch.length / 2);
    const halves = await Promise.all([
      askOrHalve(batch.slice(0, middle), ask, blames),
      askOrHalve(batch.slice(middle), ask, blames),
    ]);
    return {
      answers: halves.flatMap((half) => half.answers),
      refused: halves.flatMap((half) => half.refused),
    };
  }
}
