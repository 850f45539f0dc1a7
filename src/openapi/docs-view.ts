import { curlLines } from './docs-curl.ts';
import type { ApiDocument } from './document.ts';
import { type FieldRow, fieldRows, type Schema, typeOf } from './schema-rows.ts';

/** The document as its page shows it: texts of the document itself, in English. */
export interface DocsView {
  title: string;
  version: string;
  /** Paragraphs. */
  about: string[];
  sections: { name: string; text: string; operations: OperationView[] }[];
  /** Of programs, where they say who they are. */
  tokenText: string;
}

export interface OperationView {
  id: string;
  method: string;
  path: string;
  summary: string;
  text: string;
  /** At least this one; `null`: everybody may ask. */
  role: string | null;
  /** Whether a fal key in the body stands in for all of that. */
  takesKey: boolean;
  parameters: FieldRow[];
  body: { types: string[]; fields: FieldRow[] } | null;
  answers: { status: string; text: string; types: string[]; fields: FieldRow[] }[];
  failures: { status: string; codes: { code: string; text: string }[] }[];
  /** The parts of a command; the address that the panel is reached at goes before `path`. */
  curl: { before: string; after: string };
}

/** What of an operation is read here: the document is our own, and a test validates it. */
interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: object[];
  'x-role'?: string;
  parameters?: { name: string; required?: boolean; schema: Schema; description?: string }[];
  requestBody?: { content: Content };
  responses: Record<string, { description: string; content?: Content; 'x-codes'?: string[] }>;
}
type Content = Record<string, { schema?: Schema; example?: unknown }>;

export function docsView({ info, tags = [], paths = {}, components = {} }: ApiDocument): DocsView {
  const schemas = (components.schemas ?? {}) as Record<string, Schema>;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      tag: operation.tags[0],
      shown: operationView(method, path, operation, schemas),
    })),
  );
  const token = components.securitySchemes?.token as { description?: string } | undefined;
  return {
    title: info.title,
    version: info.version,
    about: (info.description ?? '').split('\n\n'),
    tokenText: token?.description ?? '',
    sections: tags.map(({ name, description = '' }) => ({
      name,
      text: description,
      operations: operations.filter(({ tag }) => tag === name).map(({ shown }) => shown),
    })),
  };
}

function operationView(
  method: string,
  path: string,
  operation: Operation,
  schemas: Record<string, Schema>,
): OperationView {
  const { parameters = [], requestBody, responses, security } = operation;
  const all = Object.entries(responses);
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    summary: operation.summary,
    text: operation.description ?? '',
    role: operation['x-role'] ?? null,
    takesKey: security.some((way) => Object.keys(way).length === 0),
    parameters: parameters.map(({ name, required = false, schema, description = '' }) => ({
      name,
      type: typeOf(schema, schemas),
      required,
      usual: schema.default,
      text: description,
    })),
    body: requestBody
      ? {
          types: Object.keys(requestBody.content),
          fields: rowsOf(requestBody.content, schemas),
        }
      : null,
    answers: all
      .filter(([, answer]) => !answer['x-codes'])
      .map(([status, { description, content = {} }]) => ({
        status,
        text: description,
        types: Object.keys(content),
        fields: rowsOf(content, schemas),
      })),
    failures: all.flatMap(([status, { description, 'x-codes': codes }]) =>
      codes ? [{ status, codes: failureCodes(codes, description) }] : [],
    ),
    curl: curlLines(method.toUpperCase(), path, operation),
  };
}

function rowsOf(content: Content, schemas: Record<string, Schema>): FieldRow[] {
  const [media] = Object.values(content);
  return media?.schema ? fieldRows(media.schema, schemas) : [];
}

/** A paragraph of the description for each. */
function failureCodes(codes: readonly string[], description: string) {
  const paragraphs = description.split('\n\n');
  return codes.map((code, index) => ({
    code,
    text: (paragraphs[index] ?? '').replace(`\`${code}\`: `, ''),
  }));
}
