import type { ApiDocument } from '../../src/openapi/document.ts';

export interface ApiOperation {
  operationId: string;
  tags: string[];
  'x-role'?: string;
  parameters?: { name: string; in: string; description?: string; schema?: Examples }[];
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content; 'x-codes'?: string[] }>;
}
interface Examples {
  examples?: unknown[];
}
export type Content = Record<string, { schema?: object; example?: unknown }>;

/** Every operation of the document with its method, such as `GET`, and its path. */
export function operationsOf({ paths = {} }: ApiDocument) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, ApiOperation>).map(([method, operation]) => ({
      ...{ method: method.toUpperCase(), path, operation },
    })),
  );
}
