/** Numbers in [0, 1), always the same ones for the same seed. */
export type Random = () => number;

/** Mulberry32 by Tommy Ettinger (public domain): 32 bits of state, good enough to look like life. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One 32-bit seed out of two numbers (the finalizer of MurmurHash3 over both). */
export function mixSeeds(seed: number, salt: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Picks by weight. @throws RangeError when there is nothing to pick from. */
export function pick<T extends { share: number }>(random: Random, items: readonly T[]): T {
  let left = random() * items.reduce((sum, item) => sum + item.share, 0);
  for (const item of items) {
    left -= item.share;
    if (left < 0) return item;
  }
  throw new RangeError('nothing to pick from');
}

/** A version 4 UUID in shape, from the given numbers. */
export function uuid(random: Random): string {
  const [a, b, c, d] = [hex32(random), hex32(random), hex32(random), hex32(random)];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

function hex32(random: Random): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}
