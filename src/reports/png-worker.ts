import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { indexedPng } from './indexed-png.ts';
import type { Drawing } from './render-png.ts';

const read = (name: string) => readFileSync(new URL(import.meta.resolve(name)));

const { svg, width } = workerData as Drawing;
await initWasm(read('@resvg/resvg-wasm/index_bg.wasm'));
const drawn = new Resvg(svg, {
  fitTo: { mode: 'width', value: width },
  font: {
    // Not the machine's: the same drawing is the same image everywhere.
    fontBuffers: [read('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')],
    loadSystemFonts: false,
    defaultFontFamily: 'DejaVu Sans',
  },
}).render();
parentPort?.postMessage(indexedPng(drawn.pixels, drawn.width, drawn.height));
