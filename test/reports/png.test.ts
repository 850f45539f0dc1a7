import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { indexedPng } from '../../src/reports/indexed-png.ts';
import { renderPng } from '../../src/reports/render-png.ts';

describe('a PNG', () => {
  test('has the drawing in the width that was asked for', async () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><rect width="20" height="10" fill="#4477c8"/></svg>';
    const { width, height, data } = PNG.sync.read(await renderPng({ svg, width: 40 }));
    expect([width, height]).toEqual([40, 20]);
    expect([...data.subarray(0, 4)]).toEqual([0x44, 0x77, 0xc8, 255]);
  });

  test('of a drawing that is none fails, and leaves no thread behind', async () => {
    await expect(renderPng({ svg: 'nothing', width: 10 })).rejects.toThrow();
    await expect(renderPng({ svg: '', width: 10 }, AbortSignal.abort())).rejects.toThrow('abort');
  });

  test('of up to 256 colours keeps every pixel', () => {
    const palette = fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)), {
      ...{ minLength: 1, maxLength: 256 },
    });
    fc.assert(
      fc.property(palette, fc.integer({ min: 1, max: 9 }), fc.nat(200), (colors, width, seed) => {
        const height = Math.ceil(colors.length / width);
        const pixels = Uint8Array.from({ length: 4 * width * height }, (_, place) => {
          const color = colors[(Math.floor(place / 4) + seed) % colors.length];
          return place % 4 === 3 ? 255 : (color?.[place % 4] ?? 0);
        });
        const { data } = PNG.sync.read(indexedPng(pixels, width, height));
        expect(data.equals(Buffer.from(pixels))).toBe(true);
      }),
    );
  });
});
