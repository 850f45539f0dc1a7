import type { Schema } from './schema-rows.ts';

interface Asked {
  security: object[];
  parameters?: { name: string; schema: Schema }[];
  requestBody?: { content: Record<string, { example?: unknown }> };
  responses: Record<string, { content?: object }>;
}

/**
 * A command that asks the operation with the document's examples, for a POSIX shell. The panel's
 * address goes between the two parts.
 */
export function curlLines(method: string, path: string, asked: Asked) {
  const query = (asked.parameters ?? []).flatMap(({ name, schema }) => {
    const [example] = schema.examples ?? [];
    return example === undefined ? [] : [`${name}=${encodeURIComponent(String(example))}`];
  });
  const address =
    path.replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase()) +
    (query.length > 0 ? `?${query.join('&')}` : '');
  const options: string[] = [];
  if (asked.security.length > 0) options.push('-H "Authorization: Bearer fup_..."');
  const example = asked.requestBody?.content['application/json']?.example;
  if (example !== undefined) {
    options.push('-H "Content-Type: application/json"');
    options.push(`-d '${JSON.stringify(example).replaceAll("'", "'\\''")}'`);
  }
  const types = Object.keys(asked.responses['200']?.content ?? {});
  if (types.some((type) => !/json|html|plain/.test(type))) options.push('-OJ');
  return {
    before: `curl ${method === 'GET' ? '' : `-X ${method} `}"`,
    after: `${[`${address}"`, ...options].join(' \\\n  ')}`,
  };
}
