import { readFileSync } from 'node:fs';
import { createDocument, type oas31, type ZodOpenApiOverride } from 'zod-openapi';
import type { Config } from '../config.ts';
import { alertPaths } from './alert-operations.ts';
import { creditsPaths } from './credits-operations.ts';
import { embedPaths } from './embed-operations.ts';
import { eventPaths } from './event-operations.ts';
import { historyPaths } from './history-operations.ts';
import { livePaths } from './live-operations.ts';
import { panelPaths } from './panel-operations.ts';
import { pricingPaths } from './pricing-operations.ts';
import { reportPaths } from './report-operations.ts';

export type ApiDocument = oas31.OpenAPIObject;

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };

const DESCRIPTION = `What fal.ai credits paid for, what is left, and whether it lasts through the next event.

Bodies are JSON or forms of at most 64 kB. Amounts are decimal numbers with up to nine decimals, in US dollars where nothing else is said. Times are ISO 8601 with the offset of the zone that stands beside them. What is not known is \`null\`, never 0. Answers may get further fields.

Messages are for people, in Spanish, or in English with \`Accept-Language: en\`; codes are for programs and never change.`;

/**
 * The API as OpenAPI 3.1, made from the schemas that validate requests and from those of the answers,
 * which tests hold against real ones.
 */
export function apiDocument(config: Pick<Config, 'publicUrl' | 'basePath'>): ApiDocument {
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'fal-usage-panel',
        version,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: serverUrl(config) }],
      tags: [
        {
          name: 'Live usage',
          description: 'Asked of fal now, with a fal key or a stored account.',
        },
        { name: 'Kept usage', description: 'What the panel keeps of stored accounts.' },
        { name: 'Credits', description: 'What is left, and how long it lasts.' },
        { name: 'Planned events', description: 'Whether credits last through them.' },
        { name: 'Alert rules', description: 'What is watched, and who is told.' },
        { name: 'Alerts', description: 'What rules found, and what became of it.' },
        { name: 'Reports', description: 'What a day, a week or a month came to.' },
        { name: 'Prices', description: 'What models cost.' },
        { name: 'The panel itself', description: 'For monitors, and for who reads this.' },
      ],
      paths: {
        ...livePaths,
        ...historyPaths,
        ...creditsPaths,
        ...eventPaths,
        ...alertPaths,
        ...reportPaths,
        ...pricingPaths,
        ...panelPaths,
        ...embedPaths,
      },
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A token of the panel, with a role: `viewer` reads, `operator` writes, too, `admin` changes alert rules as well. Made at `/admin/tokens` or by `npm run -s cli -- token create`.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'panel.session_token',
            description:
              "Whoever is signed in at the panel. Counts only for requests from the panel's own pages.",
          },
        },
      },
    },
    { override: withoutNoise },
  ) as ApiDocument;
}

/** Where the panel answers: as people reach it, else at the host that the document came from. */
function serverUrl({ publicUrl, basePath }: Pick<Config, 'publicUrl' | 'basePath'>): string {
  return `${publicUrl ?? ''}${basePath}` || '/';
}

/** Bounds that every whole number has, and a closed list of fields: answers may get further ones. */
const withoutNoise: ZodOpenApiOverride = ({ jsonSchema }) => {
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
};
