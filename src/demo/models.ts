import type { Random } from './prng.ts';

/** How a request is billed: an endpoint with several resolutions or classes has several. */
export interface Tier {
  share: number;
  unit: string;
  /** USD per unit, at most nine decimals. */
  unitPrice: number;
  quantity: (random: Random) => number;
}

export interface CatalogueModel {
  /** The id that is called. */
  endpointId: string;
  /** The id on the bill, where it differs. */
  billedId?: string;
  /** Share of the traffic; 0 is never called. */
  share: number;
  displayName: string;
  category: string;
  description: string;
  tiers: [Tier, ...Tier[]];
  /** A second charge of some requests, with its own billing event. */
  surcharge?: Tier;
  /** Percent off from the given UTC day of each month on. */
  discount?: { percent: number; fromDay: number };
  /** Fastest and slowest usual execution, in seconds. */
  seconds: [number, number];
}

const oneOf =
  (...choices: [number, ...number[]]) =>
  (random: Random) =>
    choices[Math.floor(random() * choices.length)] ?? choices[0];

const between = (least: number, most: number, decimals: number) => (random: Random) =>
  Number((least + random() * (most - least)).toFixed(decimals));

function tier(
  unit: string,
  unitPrice: number,
  quantity: Tier['quantity'] = oneOf(1),
  share = 1,
): Tier {
  return { unit, unitPrice, quantity, share };
}

/** A venue's dozen: photo edits, portraits, clips, voices; prices are near fal's, not fal's. */
export const CATALOGUE: readonly CatalogueModel[] = [
  {
    endpointId: 'fal-ai/gemini-3-pro-image-preview/edit',
    share: 24,
    displayName: 'Gemini 3 Pro Image Preview (edit)',
    category: 'image-to-image',
    description: 'Edits photos from a text instruction, keeping faces recognizable.',
    tiers: [tier('images', 0.15, oneOf(1, 1, 1, 1, 2), 9), tier('images', 0.3, oneOf(1), 1)],
    surcharge: tier('searches', 0.015, oneOf(1), 0.03),
    seconds: [12, 40],
  },
  {
    endpointId: 'fal-ai/fast-sdxl',
    share: 16,
    displayName: 'Stable Diffusion XL (fast)',
    category: 'text-to-image',
    description: 'Text to image in a couple of seconds.',
    tiers: [tier('compute seconds', 0.00111, between(1.2, 4.5, 6))],
    seconds: [1, 4],
  },
  {
    endpointId: 'fal-ai/imageutils/rembg',
    share: 14,
    displayName: 'Remove Background',
    category: 'image-to-image',
    description: 'Cuts the background out of a photo.',
    tiers: [tier('compute seconds', 0.000225, between(0.4, 2.8, 6))],
    seconds: [0.4, 3],
  },
  {
    endpointId: 'fal-ai/flux/dev',
    share: 10,
    displayName: 'FLUX.1 [dev]',
    category: 'text-to-image',
    description: 'A 12-billion-parameter text-to-image model.',
    tiers: [tier('megapixels', 0.025, oneOf(1, 1, 1, 2))],
    seconds: [1.5, 5],
  },
  {
    endpointId: 'fal-ai/flux-pro/kontext',
    share: 10,
    displayName: 'FLUX.1 Kontext [pro]',
    category: 'image-to-image',
    description: 'Local edits and whole-scene changes from text and a reference image.',
    tiers: [tier('images', 0.04, oneOf(1))],
    discount: { percent: 20, fromDay: 12 },
    seconds: [5, 12],
  },
  {
    endpointId: 'fal-ai/clarity-upscaler',
    share: 5,
    displayName: 'Clarity Upscaler',
    category: 'image-to-image',
    description: 'Upscales photos for print.',
    tiers: [tier('megapixels', 0.03, between(2, 8, 2))],
    seconds: [15, 45],
  },
  {
    endpointId: 'fal-ai/kling-video/v2.1/standard/image-to-video',
    billedId: 'fal-ai/kling-video/v2.1/standard',
    share: 5,
    displayName: 'Kling 2.1 Standard (image to video)',
    category: 'image-to-video',
    description: 'Clips of five or ten seconds from a photo.',
    tiers: [tier('seconds', 0.056, oneOf(5, 5, 5, 10))],
    seconds: [60, 180],
  },
  {
    endpointId: 'fal-ai/kling-video/v2.1/standard/text-to-video',
    billedId: 'fal-ai/kling-video/v2.1/standard',
    share: 1,
    displayName: 'Kling 2.1 Standard (text to video)',
    category: 'text-to-video',
    description: 'Clips of five or ten seconds from a text.',
    tiers: [tier('seconds', 0.056, oneOf(5, 5, 10))],
    seconds: [60, 180],
  },
  {
    endpointId: 'fal-ai/minimax/hailuo-02/standard/image-to-video',
    share: 2,
    displayName: 'MiniMax Hailuo 02 Standard',
    category: 'image-to-video',
    description: 'Clips of six or ten seconds at 768p.',
    tiers: [tier('seconds', 0.045, oneOf(6, 6, 10))],
    seconds: [90, 240],
  },
  {
    endpointId: 'fal-ai/wan/v2.2-a14b/image-to-video',
    share: 2,
    displayName: 'Wan 2.2 A14B',
    category: 'image-to-video',
    description: 'Clips from a photo, billed by second and resolution.',
    tiers: [
      tier('seconds', 0.08, oneOf(5.0625), 3),
      tier('seconds', 0.06, oneOf(5.0625), 1),
      tier('seconds', 0.04, oneOf(5.0625), 1),
    ],
    seconds: [40, 120],
  },
  {
    endpointId: 'fal-ai/elevenlabs/tts/multilingual-v2',
    share: 4,
    displayName: 'ElevenLabs TTS Multilingual v2',
    category: 'text-to-speech',
    description: 'Reads a text aloud.',
    tiers: [tier('1000 characters', 0.1, between(0.04, 0.45, 3))],
    seconds: [1, 6],
  },
  {
    endpointId: 'fal-ai/whisper',
    share: 2,
    displayName: 'Whisper',
    category: 'speech-to-text',
    description: 'Writes down what a recording says.',
    tiers: [tier('compute seconds', 0.000555556, between(1, 12, 9))],
    seconds: [1, 12],
  },
  {
    endpointId: 'fal-ai/any-llm',
    share: 5,
    displayName: 'Any LLM',
    category: 'llm',
    description: 'Chat and prompt rewriting with a large language model.',
    // 3e-7 USD: JSON writes such a price with an exponent.
    tiers: [tier('tokens', 0.0000003, between(300, 2400, 0))],
    seconds: [1, 8],
  },
  {
    endpointId: 'fal-ai/flux/schnell',
    share: 0,
    displayName: 'FLUX.1 [schnell]',
    category: 'text-to-image',
    description: 'Text to image in one to four steps.',
    tiers: [tier('megapixels', 0.003)],
    seconds: [0.5, 2],
  },
];

/** The model called or billed under an id. */
export function findModel(endpointId: string): CatalogueModel | undefined {
  return CATALOGUE.find(
    (model) => model.endpointId === endpointId || model.billedId === endpointId,
  );
}
