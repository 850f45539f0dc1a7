import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { AxiosResponse } from 'axios';
import { type Document, OpenAPIClientAxios } from 'openapi-client-axios';
import { expect } from 'vitest';
import { createToken } from '../../src/auth/tokens.ts';
import { ROLES, type Role } from '../../src/auth/viewer.ts';
import type { ApiDocument } from '../../src/openapi/document.ts';
import { boothToken } from '../embeds/embeds.ts';
import { syncOnce } from '../history/synced.ts';
import { listening } from '../support/listening.ts';
import { NOW, type Panel, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';
import { type ApiOperation, operationsOf } from './operations.ts';

export interface Call {
  parameters?: Record<string, unknown>;
  body?: unknown;
  role?: Role | 'nobody';
  headers?: Record<string, string>;
}

export interface Client {
  panel: Panel;
  /** Every operation of the document by its name. */
  operations: Map<string, ApiOperation>;
  /** What stands in an address in the place of a token. */
  embedToken: string;
  /** What the document gives as an example of an operation's question. */
  example(name: string): Required<Pick<Call, 'parameters' | 'body'>>;
  /** Asks, as who may do it where nothing is said, and holds the answer against the document. */
  call(name: string, call?: Call): Promise<AxiosResponse>;
}

/** A client made of nothing but the document that a panel serves. */
export async function startClient(env: Record<string, string> = {}): Promise<Client> {
  const panel = await startPanel({ BACKFILL_DAYS: '12', ...env });
  const { services, fal, app } = panel;
  await storeAccount(services, {
    ...{ slug: 'booth', name: 'Booth', key: fal.keys.admin, isDefault: true },
  });
  await syncOnce(panel, 'booth');

  const url = `http://127.0.0.1:${await listening(app)}`;
  const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as ApiDocument;
  const api = new OpenAPIClientAxios({
    definition: document as unknown as Document,
    withServer: { url },
    axiosConfigDefaults: { validateStatus: () => true, maxRedirects: 0 },
  });
  const client = await api.init();

  const tokens = new Map<string, string>();
  for (const role of ROLES) {
    const token = { name: `a ${role}`, role, createdBy: 'a test', expiresAt: null };
    tokens.set(role, (await createToken(services.store.db, NOW, token)) ?? '');
  }
  const checks = answerChecks(document);
  const operations = new Map(
    operationsOf(document).map(({ operation }) => [operation.operationId, operation]),
  );

  const embedToken = await boothToken(panel);

  return {
    panel,
    operations,
    embedToken,
    example(name) {
      const { parameters = [], requestBody } = operations.get(name) ?? {};
      const given = parameters.flatMap(({ name, schema }) =>
        schema?.examples ? [[name, schema.examples[0]]] : [],
      );
      const body = requestBody?.content['application/json']?.example;
      return { parameters: Object.fromEntries(given), body };
    },
    async call(name, { parameters = {}, body, role, headers = {} } = {}) {
      const ask = client[name];
      const told = operations.get(name);
      if (!ask || !told) throw new Error(`no operation ${name}`);
      const asker = role ?? (told['x-role'] === 'admin' ? 'admin' : 'operator');
      const identity = asker === 'nobody' ? {} : { Authorization: `Bearer ${tokens.get(asker)}` };
      const answer = await ask(parameters as never, body as never, {
        headers: { ...identity, ...headers },
      });
      expectTold(name, told, answer, checks);
      return answer;
    },
  };
}

/** Status, type, code and every field are what the document says. */
function expectTold(
  name: string,
  { responses }: ApiOperation,
  { status, headers, data }: AxiosResponse,
  checks: Map<string, ValidateFunction>,
): void {
  const said = `${name}: ${status} ${JSON.stringify(data)?.slice(0, 400)}`;
  const told = responses[String(status)];
  expect(told, said).toBeDefined();
  if (!told?.content) return;
  const [type = ''] = String(headers['content-type']).split(';');
  expect(Object.keys(told.content), said).toContain(type);
  if (told['x-codes']) expect(told['x-codes'], said).toContain(data.code);
  const check = checks.get(`${name} ${status}`);
  check?.(data);
  expect(check?.errors ?? null, said).toBe(null);
}

/** A validator for each answer: a field that the document does not have is a fault, too. */
function answerChecks(document: ApiDocument): Map<string, ValidateFunction> {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  // The package is CommonJS, and its types say otherwise.
  (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema(closed(document) as object, 'panel');
  const checks = operationsOf(document).flatMap(({ method, path, operation }) =>
    Object.entries(operation.responses).flatMap(([status, { content = {} }]) => {
      if (!content['application/json']?.schema) return [];
      const way = ['paths', path, method.toLowerCase(), 'responses', status, 'content'];
      const pointer = [...way, 'application/json', 'schema']
        .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
        .join('/');
      const check = ajv.compile({ $ref: `panel#/${pointer}` });
      return [[`${operation.operationId} ${status}`, check] as const];
    }),
  );
  return new Map(checks);
}

function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(part).map(([name, value]) => [name, closed(value)]),
  );
  if (copy.type === 'object' && copy.properties) copy.additionalProperties ??= false;
  return copy;
}
