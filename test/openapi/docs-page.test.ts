import { describe, expect, test } from 'vitest';
import { en } from '../../src/i18n/en.ts';
import { es } from '../../src/i18n/es.ts';
import { docsView } from '../../src/openapi/docs-view.ts';
import { apiDocument } from '../../src/openapi/document.ts';
import { fieldRows, type Schema, typeOf } from '../../src/openapi/schema-rows.ts';
import { byTag, readHtml, seenText } from '../support/html.ts';
import { startPanel } from '../support/panel.ts';
import { operationsOf } from './operations.ts';

describe('GET /api/docs', () => {
  test.each([
    ['es', es],
    ['en', en],
  ])('shows everybody every operation and code of the document, in %s', async (lang, texts) => {
    const { http } = await startPanel({ BASE_PATH: '/futurelab_ai' });
    const { status, text, headers } = await http
      .get('/futurelab_ai/api/docs')
      .set('Accept-Language', lang);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    const page = readHtml(text);
    expect(byTag(page, 'h1').map(seenText)).toEqual([texts['api_docs.title']]);
    const articles = new Map(
      byTag(page, 'article').map((article) => [article.attributes.id, seenText(article)]),
    );
    const operations = operationsOf(apiDocument({ publicUrl: null, basePath: '' }));
    expect(articles.size).toBe(operations.length);
    for (const { method, path, operation } of operations) {
      const shown = articles.get(operation.operationId) ?? '';
      expect(shown).toContain(`${method} ${path}`);
      for (const { name } of operation.parameters ?? []) expect(shown).toContain(name);
      for (const { 'x-codes': codes = [] } of Object.values(operation.responses)) {
        for (const code of codes) expect(shown).toContain(code);
      }
    }
  });

  test('loads nothing from elsewhere and runs nothing', async () => {
    const { http } = await startPanel();
    const { text, headers } = await http.get('/api/docs');
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(text).not.toMatch(/<script|<style|style="|(?:src|href)="(?:https?:)?\/\//);
  });

  test('its commands go where people reach the panel', async () => {
    const { http } = await startPanel({
      ...{ PUBLIC_URL: 'https://panel.example.com', BASE_PATH: '/futurelab_ai' },
    });
    const { text } = await http.get('/api/docs');
    expect(text).toContain('curl &#34;https://panel.example.com/futurelab_ai/api/v1/usage?start=');
    const bare = await startPanel();
    const answer = await bare.http.get('/api/docs').set('Host', 'booth.local"><b>:3000');
    expect(answer.text).not.toContain('<b>');
  });

  test('whoever makes tokens is shown the way', async () => {
    const panel = await startPanel({ BASE_PATH: '/futurelab_ai' });
    const { text } = await (await panel.as('admin')).get('/futurelab_ai/admin/tokens');
    expect(text).toContain('href="/futurelab_ai/api/docs"');
  });
});

test('a field is listed with the way to it, its type and whether it may be missing', () => {
  const schemas: Record<string, Schema> = {
    Cost: { type: 'number', minimum: 0, description: 'What it cost.' },
  };
  const schema: Schema = {
    type: 'object',
    required: ['groups'],
    properties: {
      groups: {
        type: 'array',
        description: 'All of them.',
        items: {
          type: 'object',
          properties: {
            cost: { anyOf: [{ $ref: '#/components/schemas/Cost' }, { type: 'null' }] },
          },
        },
      },
      models: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          properties: { kind: { type: ['string', 'null'], enum: ['a', 'b', null] } },
        },
      },
    },
  };
  const rows = fieldRows(schema, schemas).map(({ name, type, required, text }) =>
    [name, type, required, text].join(' | '),
  );
  expect(rows).toEqual([
    'groups | list of object | true | All of them.',
    'groups[].cost | number (from 0) or null | false | What it cost.',
    'models | object | false | ',
    'models{}.kind | a | b or null | false | ',
  ]);
  expect(typeOf({ type: 'integer', minimum: 1, maximum: 9 }, {})).toBe('integer (1 to 9)');
});

test('a command quotes what the shell would take for its own', () => {
  const document = apiDocument({ publicUrl: null, basePath: '' });
  const operations = docsView(document).sections.flatMap((section) => section.operations);
  const check = operations.find(({ id }) => id === 'checkEvent');
  expect(`${check?.curl.before}http://x${check?.curl.after}`).toBe(
    [
      'curl -X POST "http://x/api/v1/planned-events/check" \\',
      '  -H "Authorization: Bearer fup_..." \\',
      '  -H "Content-Type: application/json" \\',
      `  -d '{"participants":450,"price_per_output":0.005,"credit_limit":10}'`,
    ].join('\n'),
  );
});

test('a command names what is to be put in, and keeps as a file only what is one', () => {
  const document = apiDocument({ publicUrl: null, basePath: '' });
  const operations = docsView(document).sections.flatMap((section) => section.operations);
  const lines = (id: string) => {
    const { before = '', after = '' } = operations.find((each) => each.id === id)?.curl ?? {};
    return `${before}http://x${after}`.split(' \\\n  ');
  };
  const token = '-H "Authorization: Bearer fup_..."';
  expect(lines('readReport')).toEqual(['curl "http://x/api/v1/reports/ID"', token]);
  expect(lines('readEmbedStatus')).toEqual(['curl "http://x/embed/TOKEN/status.json"']);
  expect(lines('readMetrics')).toEqual(['curl "http://x/metrics"', token]);
  expect(lines('readDailyReport')).not.toContain('-OJ');
  expect(lines('downloadCalendar')).toContain('-OJ');
});
