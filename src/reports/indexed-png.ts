import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const MOST_COLORS = 256;

/**
 * An opaque picture as a PNG of 256 colours: a third of one with all of them, and mails carry it. What
 * has more, at the edges of letters, gets the nearest of those that are there most often.
 * @param pixels red, green, blue and alpha a byte each, row by row.
 */
export function indexedPng(pixels: Uint8Array, width: number, height: number): Buffer {
  const colorAt = (pixel: number) =>
    ((pixels[4 * pixel] ?? 0) << 16) |
    ((pixels[4 * pixel + 1] ?? 0) << 8) |
    (pixels[4 * pixel + 2] ?? 0);
  const counts = new Map<number, number>();
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const color = colorAt(pixel);
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  const palette = [...counts]
    .sort(([one, often], [other, oftener]) => oftener - often || one - other)
    .slice(0, MOST_COLORS)
    .map(([color]) => color);
  const places = new Map(palette.map((color, place) => [color, place]));

  // Each row begins with its filter: none.
  const rows = Buffer.alloc(height * (width + 1));
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const color = colorAt(pixel);
    const place = places.get(color) ?? nearest(palette, color);
    places.set(color, place);
    rows[pixel + Math.floor(pixel / width) + 1] = place;
  }
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header(width, height)),
    chunk('PLTE', Buffer.from(palette.flatMap(channels))),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function header(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits a pixel, which are places in the palette.
  head[8] = 8;
  head[9] = 3;
  return head;
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

function nearest(palette: readonly number[], color: number): number {
  const distance = (other: number) => {
    const [own, others] = [channels(color), channels(other)];
    return own.reduce((sum, value, index) => sum + (value - (others[index] ?? 0)) ** 2, 0);
  };
  let best = 0;
  for (let place = 1; place < palette.length; place += 1) {
    if (distance(palette[place] ?? 0) < distance(palette[best] ?? 0)) best = place;
  }
  return best;
}

function channels(color: number): number[] {
  return [color >> 16, (color >> 8) & 0xff, color & 0xff];
}
