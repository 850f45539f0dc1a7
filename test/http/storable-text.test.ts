import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startPanel } from '../support/panel.ts';

const PATH = '/api/config/falai-usage';

describe('text that no database keeps as it stands is refused, with the field it is in:', () => {
  test.each([
    ['a NUL in JSON', 'json', '{"api_key":"a\\u0000b:c"}', 'api_key'],
    ['a NUL in a form', 'form', 'api_key=a%00b:c', 'api_key'],
    ['a NUL in a list', 'json', '{"endpoint_id":["a","b\\u0000"]}', 'endpoint_id'],
    ['a NUL in a name', 'json', '{"timezone":{"a\\u0000":1}}', 'timezone'],
    ['half a surrogate pair', 'json', '{"timezone":"\\ud83d"}', 'timezone'],
    ['a NUL in a field that nobody asked for', 'form', 'x%00=1', 'body'],
    ['what is nested beyond reason', 'json', `{"page":${'['.repeat(50)}${']'.repeat(50)}}`, 'page'],
  ])('%s', async (_name, type, body, field) => {
    const panel = await startPanel();
    const response = await panel.http.post(PATH).type(type).send(body);
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ code: 'invalid_request', errors: [{ field }] });
  });

  test('an address with a NUL, of the API or of a page', async () => {
    const panel = await startPanel();
    const admin = await panel.as('admin');
    expect((await panel.http.get('/api/x?name=a%00b')).body.code).toBe('invalid_request');
    const page = await admin.get('/admin/config?name=a%00b');
    expect([page.status, page.type]).toEqual([400, 'text/html']);
    expect(page.text).toContain('data-problem="invalid_request"');
  });

  test('a form of a page', async () => {
    const panel = await startPanel();
    const admin = await panel.as('admin');
    const response = await admin.post('/admin/config/test', { api_key: 'a\0b:c' });
    expect([response.status, response.type]).toEqual([400, 'text/html']);
  });
});

test('any other text passes', async () => {
  const panel = await startPanel();
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0')),
      async (timezone) => {
        const { body } = await panel.http
          .post(PATH)
          .send({ api_key: 'a:b', timezone, note: timezone });
        expect(body.errors ?? []).not.toContainEqual(expect.objectContaining({ field: 'note' }));
      },
    ),
    { numRuns: 25 },
  );
});
