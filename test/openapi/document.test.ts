import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { FAILURE_STATUS } from '../../src/http/failure.ts';
import { apiDocument } from '../../src/openapi/document.ts';
import { startPanel } from '../support/panel.ts';
import { listRoutes } from '../support/routes.ts';
import { type ApiOperation, operationsOf } from './operations.ts';

const document = apiDocument({ publicUrl: null, basePath: '' });
const operations = operationsOf(document);

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1, as another validator has it', async () => {
    const validator = new Validator();
    expect(await validator.validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  // A badge and a widget are for people; /mcp tells of itself by its own protocol.
  test('has every route of the API, and none that is not there', async () => {
    const { services } = await startPanel();
    const { routes } = listRoutes(() => createApp(services));
    const ofApi = routes.filter((route) =>
      /^\w+ \/(?:api\/|healthz|readyz|metrics|embed\/.*\.json$)/.test(route),
    );
    const told = operations.map(
      ({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/, ':$1')}`,
    );
    expect(told.toSorted()).toEqual(ofApi.toSorted());
  });

  test('has examples that its own schemas take', () => {
    const ajv = new Ajv2020({ strict: false }).addSchema(
      JSON.parse(JSON.stringify(document)),
      'panel',
    );
    const refused = operations.flatMap(({ operation: { operationId, requestBody } }) =>
      Object.values(requestBody?.content ?? {}).flatMap(({ schema, example }) => {
        const { $ref = '' } = schema as { $ref?: string };
        return $ref && ajv.validate(`panel${$ref}`, example) ? [] : [operationId];
      }),
    );
    expect(refused).toEqual([]);
  });

  test('gives every operation a name of its own', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  test('says of every field of an answer and of a question what it is', () => {
    expect(operations.flatMap(({ operation }) => untoldFields(operation))).toEqual([]);
  });

  test('has each code under the status it is answered with', () => {
    const misplaced = operations.flatMap(({ operation }) =>
      Object.entries(operation.responses).flatMap(([status, { 'x-codes': codes = [] }]) =>
        codes.filter(
          (code) => FAILURE_STATUS[code as keyof typeof FAILURE_STATUS] !== Number(status),
        ),
      ),
    );
    expect(misplaced).toEqual([]);
  });

  test.each([
    [null, '', '/'],
    [null, '/futurelab_ai', '/futurelab_ai'],
    ['https://panel.example.com', '', 'https://panel.example.com'],
    ['https://example.com', '/futurelab_ai', 'https://example.com/futurelab_ai'],
  ])('with PUBLIC_URL %s and BASE_PATH "%s" the server is %s', (publicUrl, basePath, url) => {
    expect(apiDocument({ publicUrl, basePath }).servers).toEqual([{ url }]);
  });

  /** Fields of their own names, of a schema or of what it refers to. */
  function untoldFields({ operationId, parameters = [], requestBody, responses }: ApiOperation) {
    const contents = [requestBody?.content, ...Object.values(responses).map((one) => one.content)];
    const schemas = contents.flatMap((content) =>
      Object.values(content ?? {}).flatMap(({ schema }) => schema ?? []),
    );
    const untold = schemas.flatMap((schema) => untoldWithin(schema, operationId));
    const plain = parameters.filter(({ description }) => !description);
    return [...untold, ...plain.map(({ name }) => `${operationId} ${name}`)];
  }

  function untoldWithin(schema: unknown, at: string): string[] {
    if (typeof schema !== 'object' || schema === null) return [];
    const {
      $ref,
      properties = {},
      ...rest
    } = schema as {
      $ref?: string;
      properties?: Record<string, { description?: string; $ref?: string }>;
    };
    if ($ref) {
      const name = $ref.replace('#/components/schemas/', '');
      return untoldWithin(document.components?.schemas?.[name], name);
    }
    // Fields of fields of a question are told with the field.
    const isQuestion = at.endsWith('Request');
    const fields = Object.entries(properties).flatMap(([name, field]) => [
      ...(field.description || field.$ref || name === 'ok' ? [] : [`${at}.${name}`]),
      ...(isQuestion ? [] : untoldWithin(field, `${at}.${name}`)),
    ]);
    return [...fields, ...Object.values(rest).flatMap((part) => untoldWithin(part, at))];
  }
});

describe('GET /api/openapi.json', () => {
  test('answers everybody with it, and whoever has it already with 304', async () => {
    const { http } = await startPanel({ BASE_PATH: '/futurelab_ai' });
    const { status, headers, body, type } = await http.get('/api/openapi.json');
    expect([status, type]).toEqual([200, 'application/json']);
    expect(body).toEqual(
      JSON.parse(JSON.stringify(apiDocument({ publicUrl: null, basePath: '/futurelab_ai' }))),
    );
    expect(headers['cache-control']).toBe('no-cache');
    const again = await http
      .get('/futurelab_ai/api/openapi.json')
      .set('If-None-Match', String(headers.etag));
    expect([again.status, again.text]).toEqual([304, '']);
  });
});
