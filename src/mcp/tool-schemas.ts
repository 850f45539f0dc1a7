import type { ApiDocument } from '../openapi/document.ts';

/** A JSON schema of an object, as a tool has it. */
export interface ToolSchema {
  [keyword: string]: unknown;
  type: 'object';
  properties: Record<string, object>;
  required?: string[];
}

interface Operation {
  operationId: string;
  parameters?: { name: string; required?: boolean; description?: string; schema: object }[];
  requestBody?: { content: Content };
  responses: Record<string, { content: Content }>;
}
type Content = Record<string, { schema: object }>;

const REFERENCE = '#/components/schemas/';

/** What an operation of the API takes and answers, as schemas of a tool: they are the same. */
export function toolSchemas(
  document: ApiDocument,
  operationId: string,
): { input: ToolSchema; output: ToolSchema } {
  const operations = Object.values(document.paths ?? {}).flatMap(
    (item) => Object.values(item ?? {}) as unknown as Operation[],
  );
  const operation = operations.find((each) => each.operationId === operationId);
  if (!operation) throw new Error(`no operation ${operationId}`);
  const body = operation.requestBody?.content['application/json']?.schema;
  const answer = operation.responses['200']?.content['application/json']?.schema;
  return {
    input: standalone(document, body ?? ofParameters(operation)),
    output: standalone(document, answer ?? {}),
  };
}

function ofParameters({ parameters = [] }: Operation): object {
  const required = parameters.filter((each) => each.required).map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      parameters.map(({ name, description, schema }) => [name, { ...schema, description }]),
    ),
    ...(required.length > 0 && { required }),
  };
}

/** With all that it refers to in it. */
function standalone(document: ApiDocument, schema: object): ToolSchema {
  const { $ref } = schema as { $ref?: string };
  const all = (document.components?.schemas ?? {}) as Record<string, object>;
  const plain = $ref ? (all[$ref.slice(REFERENCE.length)] ?? {}) : schema;
  const used = new Set<string>();
  const collect = (part: object): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      collect(all[name] ?? {});
    }
  };
  collect(plain);
  const defs = Object.fromEntries([...used].map((name) => [name, all[name]]));
  const whole = used.size > 0 ? { ...plain, $defs: defs } : plain;
  return JSON.parse(JSON.stringify(whole).replaceAll(REFERENCE, '#/$defs/')) as ToolSchema;
}
