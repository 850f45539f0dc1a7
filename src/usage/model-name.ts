/** A model's id in two parts: what most ids begin with is shown muted. Together they are the id. */
export interface ModelName {
  prefix: string;
  name: string;
}

/** Splits off the owner most models share, so that what tells them apart comes first to the eye. */
export function modelName(endpointId: string): ModelName {
  const prefix = 'fal-ai/';
  return endpointId.startsWith(prefix)
    ? { prefix, name: endpointId.slice(prefix.length) }
    : { prefix: '', name: endpointId };
}
