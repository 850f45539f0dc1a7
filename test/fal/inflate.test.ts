import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createInflate } from '../../src/fal/inflate.ts';

const COMPRESS = { gzip: gzipSync, br: brotliCompressSync };
const LIMIT = 1_000_000;
/** Longer than what comes out at once, and no character is one byte. */
const TEXT = 'ñandú €'.repeat(20_000);

describe.each(['gzip', 'br'] as const)('what is compressed with %s', (encoding) => {
  const compress = (text: string) => COMPRESS[encoding](text);

  test('is read, again and again and several at once', async () => {
    const inflate = createInflate(encoding, LIMIT);
    for (let round = 0; round < 3; round += 1) {
      const texts = ['', 'short', `${TEXT} ${round}`, TEXT];
      const read = await Promise.all(texts.map((text) => inflate(compress(text))));
      expect(read).toEqual(texts);
    }
  });

  test('is read after what was none, too large, or cut off', async () => {
    const inflate = createInflate(encoding, LIMIT);
    const tooLarge = compress('a'.repeat(LIMIT + 1));
    const none = Buffer.from('not compressed, whatever was said');
    const [refused, broken, cut, good] = await Promise.allSettled([
      inflate(tooLarge),
      inflate(none),
      inflate(compress(TEXT).subarray(0, -20)),
      inflate(compress(TEXT)),
    ]);
    expect(refused).toMatchObject({ reason: { code: 'ERR_BUFFER_TOO_LARGE' } });
    expect(broken).toMatchObject({ reason: { code: expect.stringMatching(/^Z_|^ERR_/) } });
    expect(cut).not.toMatchObject({ value: TEXT });
    expect(good).toMatchObject({ value: TEXT });
  });

  test('is read without what follows it, and so is the next', async () => {
    const inflate = createInflate(encoding, LIMIT);
    const followed = Buffer.concat([compress(TEXT), Buffer.from('\0something else')]);
    expect(await inflate(followed)).toBe(TEXT);
    expect(await inflate(compress('next'))).toBe('next');
  });
});
