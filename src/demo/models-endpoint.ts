import { jsonAnswer, Refusal } from './answer.ts';
import { CATALOGUE, type CatalogueModel } from './models.ts';
import { answerPage, pageOfList } from './paging.ts';
import { choiceOf, idsOf, limitOf } from './query.ts';
import type { Ask } from './world.ts';

const MODELS_A_PAGE = 50;

/** `GET /models`: the models that can be called, all or the ones asked for. */
export function answerModels({ query, world: { quirks } }: Ask) {
  const ids = idsOf(query, 'endpoint_id');
  const words = (query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const category = query.get('category');
  // All of ours are active.
  const wanted = choiceOf(query, 'status', ['active', 'deprecated']) !== 'deprecated';
  const known = CATALOGUE.filter(({ endpointId }) => !ids || ids.has(endpointId));
  if (ids && known.length === 0) throw new Refusal(404);
  const models = known
    .filter((model) => wanted && (category === null || model.category === category))
    .filter((model) => words.every((word) => textOf(model).includes(word)))
    .map((model) => entryOf(model, quirks.extraFields));
  const limit = limitOf(query, MODELS_A_PAGE, MODELS_A_PAGE);
  const { items, paging } = answerPage(query.get('cursor'), quirks, pageOfList(models, limit));
  return jsonAnswer(200, { models: items, ...paging });
}

function textOf({ endpointId, displayName, description, category }: CatalogueModel): string {
  return [endpointId, displayName, description, category].join(' ').toLowerCase();
}

function entryOf(model: CatalogueModel, extraFields: boolean) {
  return {
    endpoint_id: model.endpointId,
    metadata: {
      display_name: model.displayName,
      category: model.category,
      description: model.description,
      status: 'active',
      tags: [],
      updated_at: '2026-01-15T12:00:00Z',
      is_favorited: null,
      thumbnail_url: 'https://example.com/thumbnail.jpg',
      model_url: `https://fal.run/${model.endpointId}`,
      date: '2025-08-01T00:00:00Z',
      highlighted: false,
      pinned: false,
    },
    ...(extraFields && { popularity: model.share }),
  };
}
