import compression from 'compression';
import { Router } from 'express';
import { allow, identifyCaller } from '../auth/access.ts';
import type { Services } from '../services.ts';
import { readFigures } from './account-figures.ts';
import { keepAnswer } from './kept-answer.ts';
import { panelMetrics, processMetrics } from './samples.ts';

/** `/metrics`: the overview's figures for Prometheus, with a token. From the local copy alone. */
export function metricsApi(services: Services): Router {
  // Loaded when somebody first asks: most panels are not scraped.
  const format = () => import('./exposition.ts');
  const figures = keepAnswer(async () => {
    const { expose } = await format();
    return expose(panelMetrics(await readFigures(services)));
  }, services.overviewSources.cacheMs);

  const router = Router();
  router.use(identifyCaller(services));
  router.get('/', allow('viewer'), compression(), async (_req, res) => {
    const { expose, CONTENT_TYPE } = await format();
    const text = (await figures()) + (await expose(processMetrics()));
    res.set('Content-Type', CONTENT_TYPE).send(text);
  });
  return router;
}
