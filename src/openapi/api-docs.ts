import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Config } from '../config.ts';
import type { DocsView } from './docs-view.ts';

interface Made {
  /** The document as it is sent. */
  body: Buffer;
  /** Weak: the same document may be sent compressed. */
  etag: string;
  view: DocsView;
}

/**
 * `GET /api/openapi.json` and `GET /api/docs`. Most panels are never asked for either, so that what
 * makes them is loaded with the first question; then they are kept.
 */
export function openApiDocs(config: Pick<Config, 'publicUrl' | 'basePath'>): {
  sendDocument: RequestHandler;
  showPage: RequestHandler;
} {
  let made: Promise<Made> | undefined;

  async function make(): Promise<Made> {
    const [{ apiDocument }, { docsView }] = await Promise.all([
      import('./document.ts'),
      import('./docs-view.ts'),
    ]);
    const document = apiDocument(config);
    const body = Buffer.from(JSON.stringify(document));
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 22);
    return { body, etag: `W/"${hash}"`, view: docsView(document) };
  }

  function document() {
    made ??= make().catch((error: unknown) => {
      // What failed is made again.
      made = undefined;
      throw error;
    });
    return made;
  }

  return {
    async sendDocument(_req, res) {
      const { body, etag } = await document();
      res.set({ ETag: etag, 'Cache-Control': 'no-cache' }).type('application/json').send(body);
    },
    async showPage(req, res) {
      const { view } = await document();
      const { publicUrl, basePath } = config;
      const address = publicUrl
        ? publicUrl + basePath
        : `${req.protocol}://${req.host}${res.locals.basePath}`;
      res.render('api-docs/show', { ...view, address });
    },
  };
}
