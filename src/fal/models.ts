import { type PageStop, readPages } from './pages.ts';
import { modelsPage, readAnswer } from './schemas.ts';
import type { FalTransport, Question } from './transport.ts';

const PATH = '/models';

export interface Model {
  endpointId: string;
  displayName: string | null;
  category: string | null;
}

export interface ModelsQuery {
  /** Free text: name, description or category. */
  text?: string;
  endpointIds?: readonly string[];
  /** With so many of them no further page is asked for. */
  enough?: number;
}

/** Callable models, by id or free text; any key may ask. */
export async function readModels(
  transport: FalTransport,
  question: Question,
  { text, endpointIds = [], enough = Infinity }: ModelsQuery,
): Promise<{ models: Model[]; stop: PageStop | null }> {
  const models: Model[] = [];
  const stop = await readPages(
    async (cursor) => {
      const query = new URLSearchParams(endpointIds.map((id) => ['endpoint_id', id]));
      if (text) query.set('q', text);
      if (cursor) query.set('cursor', cursor);
      return readAnswer(modelsPage, await transport.send(question, { path: PATH, query }), PATH);
    },
    (page) => {
      for (const { endpoint_id, metadata } of page.models) {
        models.push({
          endpointId: endpoint_id,
          displayName: metadata?.display_name ?? null,
          category: metadata?.category ?? null,
        });
      }
      return models.length >= enough ? 'enough' : page.models.length;
    },
  );
  return { models, stop };
}
