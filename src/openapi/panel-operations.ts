import { z } from 'zod';
import { file, json, operation } from './operation.ts';

const TAG = 'The panel itself';

const readiness = z.object({ ok: z.boolean() });

export const panelPaths = {
  '/healthz': {
    get: operation({
      id: 'readHealth',
      tag: TAG,
      summary: 'Whether the process lives',
      access: 'public',
      answer: json(z.object({ ok: z.literal(true) }), 'It does.'),
    }),
  },
  '/readyz': {
    get: operation({
      id: 'readReadiness',
      tag: TAG,
      summary: 'Whether requests should be sent here',
      access: 'public',
      answer: json(readiness, 'They should.'),
      otherAnswers: { '503': json(readiness, 'The database is away, or the process stops.') },
    }),
  },
  '/metrics': {
    get: operation({
      id: 'readMetrics',
      tag: TAG,
      summary: 'The overview’s figures for Prometheus',
      description: 'From the local copy alone; what is not known has no sample.',
      access: 'viewer',
      answer: file('text/plain', 'Text exposition format, version 0.0.4.'),
    }),
  },
  '/api/openapi.json': {
    get: operation({
      id: 'readDocument',
      tag: TAG,
      summary: 'This document',
      description: 'Has an `ETag`: ask with `If-None-Match` and get 304 while it is the same.',
      access: 'public',
      answer: json(
        z.looseObject({
          openapi: z.string().describe('Version of OpenAPI.'),
          info: z
            .looseObject({
              title: z.string().describe('Whose API it is.'),
              version: z.string().describe('Of the panel.'),
            })
            .describe('What it is about.'),
          paths: z.looseObject({}).describe('By address.'),
        }),
        'OpenAPI 3.1.',
      ),
      otherAnswers: { '304': { description: 'It is the same as with that `ETag`.' } },
    }),
  },
  '/api/docs': {
    get: operation({
      id: 'readDocs',
      tag: TAG,
      summary: 'This document as a page, for people',
      access: 'public',
      query: z.object({
        lang: z.enum(['es', 'en']).optional().describe('Keeps the language in a cookie.'),
        theme: z
          .enum(['auto', 'light', 'dark'])
          .optional()
          .describe('Keeps the colours in a cookie.'),
      }),
      answer: file('text/html', 'The page.'),
      otherAnswers: { '303': { description: 'Kept what was chosen; the page is at `Location`.' } },
    }),
  },
};
