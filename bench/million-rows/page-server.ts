import { createRandom, type Random, uuid } from '../../src/demo/prng.ts';
import { toJsonNumber, toNano } from '../../src/money.ts';
import { listen } from '../../src/server.ts';
import { endWithParent, tellParent } from '../support/child.ts';
import { END_MS, PAGE_ROWS, PAGES, START_MS } from './rows.ts';

const MODELS = [
  { id: 'fal-ai/gemini-3-pro-image-preview/edit', unitPrice: 0.15, units: () => 1 },
  { id: 'fal-ai/nano-banana/edit', unitPrice: 0.039, units: () => 1 },
  { id: 'fal-ai/flux/dev', unitPrice: 0.025, units: megapixels },
  { id: 'fal-ai/flux-pro/v1.1-ultra', unitPrice: 0.06, units: () => 1 },
  { id: 'fal-ai/fast-sdxl', unitPrice: 0.00111, units: computeSeconds },
  { id: 'fal-ai/kling-video/v2.1/standard', unitPrice: 0.056, units: () => 5 },
  { id: 'fal-ai/veo3/fast', unitPrice: 0.25, units: () => 8 },
  { id: 'fal-ai/esrgan', unitPrice: 0.00111, units: computeSeconds },
  { id: 'fal-ai/imageutils/rembg', unitPrice: 0.00111, units: computeSeconds },
  { id: 'fal-ai/whisper', unitPrice: 0.0005, units: computeSeconds },
  { id: 'fal-ai/face-swap', unitPrice: 0.02, units: () => 1 },
  { id: 'fal-ai/ideogram/v3', unitPrice: 0.06, units: () => 1 },
] as const;

function megapixels(random: Random): number {
  return Math.round(50 + random() * 350) / 100;
}

function computeSeconds(random: Random): number {
  return Math.round(random() * 9_000_000) / 1_000_000;
}

const KEYS = ['Cabina 1', 'Cabina 2', 'Tablet VIP', 'Pantalla'].map((detail, index) => ({
  detail,
  api_key_id: `5f0c2a7e-0000-4000-8000-00000000000${index}`,
}));

endWithParent();
const random = createRandom(20_260_112);
let totalNano = 0n;
const pages = Array.from({ length: PAGES }, (_, page) => Buffer.from(JSON.stringify(pageOf(page))));
const { url } = await listen(
  (req, res) => {
    const cursor = new URL(req.url ?? '/', 'http://localhost').searchParams.get('cursor');
    const page = pages[Number(cursor ?? 0)];
    if (!page) return void res.writeHead(404).end();
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': page.length });
    res.end(page);
  },
  { port: 0, host: '127.0.0.1' },
);
tellParent({
  url,
  bytes: pages.reduce((sum, page) => sum + page.length, 0),
  totalNano: String(totalNano),
});

/** Rows as fal's contract has them, newest first. */
function pageOf(page: number) {
  const last = page + 1 === PAGES;
  return {
    billing_events: Array.from({ length: PAGE_ROWS }, (_, row) => rowOf(page * PAGE_ROWS + row)),
    next_cursor: last ? null : String(page + 1),
    has_more: !last,
  };
}

function rowOf(index: number) {
  const model = MODELS[Math.floor(random() * MODELS.length)] ?? MODELS[0];
  const age = ((index + random()) / (PAGES * PAGE_ROWS)) * (END_MS - START_MS);
  const units = model.units(random);
  const costNano = toNano(units * model.unitPrice);
  totalNano += costNano;
  const cost = toJsonNumber(costNano);
  return {
    request_id: uuid(random),
    endpoint_id: model.id,
    timestamp: new Date(END_MS - age).toISOString(),
    output_units: units,
    unit_price: model.unitPrice,
    percent_discount: null,
    cost_subtotal: cost,
    cost_discount: 0,
    cost_total: cost,
    cost_estimate_nano_usd: Number(costNano),
    auth_method_structured: KEYS[Math.floor(random() * KEYS.length)],
  };
}
